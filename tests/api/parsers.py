"""How each kind that users write is parsed, and where its examples stand below fixtures/."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tocsin.api.problems import Problem
from tocsin.api.v1alpha1 import parse_rule
from tocsin.api.v1alpha1.parseroute import parse_route
from tocsin.api.v1alpha1.parsesilence import parse_silence
from tocsin.core.notify.routes import Timing

TIMING = Timing(timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=4))


@dataclass(frozen=True)
class Parser:
    """What is made of an object in the operator's own namespace, and the folder of examples."""

    folder: str
    parse: Callable[[Mapping[str, Any], bool], object]


PARSERS = {
    "MLAlertRule": Parser(
        "",
        lambda body, strict: parse_rule(
            body, default_interval=timedelta(seconds=30), strict=strict
        ),
    ),
    "NotificationRoute": Parser(
        "routes",
        lambda body, strict: parse_route(
            body, default=TIMING, own_namespace="fraud", strict=strict
        ),
    ),
    "AlertSilence": Parser(
        "silences",
        lambda body, strict: parse_silence(body, own_namespace="fraud", strict=strict),
    ),
}


def problems_in(kind: str, body: Mapping[str, Any], *, strict: bool = False) -> tuple[Problem, ...]:
    """What is wrong with `body`; an AssertionError if nothing is."""
    parsed = PARSERS[kind].parse(body, strict)
    assert isinstance(parsed, tuple), parsed
    return parsed
