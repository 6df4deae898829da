"""What can be wrong with one NotificationRoute, or one AlertSilence."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.api.v1alpha1 import parse_route, parse_silence
from tocsin.cli.checks.remarks import (
    Remark,
    namespace_of,
    of_problems,
    of_template,
    with_namespace,
)
from tocsin.core.notify.routes import Route, Timing
from tocsin.core.notify.silences import Silence
from tocsin.ports import Renderer


@dataclass(frozen=True)
class RouteCheck:
    """Checks routes; `renderer` knows what templates of receivers may name."""

    renderer: Renderer
    default: Timing

    def remarks(self, body: Mapping[str, Any]) -> Iterator[Remark]:
        """All that is wrong with the route `body`, each field's first mistake first."""
        placed = with_namespace(body)
        parsed = parse_route(
            placed, default=self.default, own_namespace=namespace_of(placed), strict=True
        )
        yield from of_problems(() if isinstance(parsed, Route) else parsed, body)
        for field, template in _templates(body.get("spec"), "spec"):
            yield from of_template(self.renderer, field, template)


@dataclass(frozen=True)
class SilenceCheck:
    """Checks silences."""

    def remarks(self, body: Mapping[str, Any]) -> Iterator[Remark]:
        """All that is wrong with the silence `body`, each field's first mistake first."""
        placed = with_namespace(body)
        parsed = parse_silence(placed, own_namespace=namespace_of(placed), strict=True)
        yield from of_problems(() if isinstance(parsed, Silence) else parsed, body)


def _templates(value: object, field: str) -> Iterator[tuple[str, str]]:
    """The texts below each `template`, wherever in the spec it stands."""
    if isinstance(value, Mapping):
        for name, child in value.items():
            if name == "template" and isinstance(child, Mapping):
                texts = ((key, text) for key, text in child.items() if isinstance(text, str))
                yield from ((f"{field}.{name}.{key}", text) for key, text in texts)
            else:
                yield from _templates(child, f"{field}.{name}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _templates(child, f"{field}[{index}]")
