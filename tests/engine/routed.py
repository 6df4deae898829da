"""Routes, silences and receivers for tests of who is told."""

from collections.abc import Mapping
from typing import Any

from tests.engine.world import NAMESPACE

_SLACK = {"channel": "#ml-alerts", "tokenSecretRef": {"name": "slack", "key": "token"}}


def receiver(name: str = "chat", **kind: Any) -> dict[str, Any]:
    """A receiver, in Slack if nothing else is said."""
    return {"name": name, **(kind or {"slack": _SLACK})}


def route(
    name: str = "oncall", namespace: str = NAMESPACE, generation: int = 1, **spec: Any
) -> dict[str, Any]:
    """A NotificationRoute for everything, with other fields in its spec."""
    usual = {"selector": {"all": True}, "receivers": [receiver()], "groupWait": "10s"}
    return _stored(name, namespace, generation, {**usual, **spec})


def silence(name: str = "deploy", **spec: Any) -> dict[str, Any]:
    """An AlertSilence of everything, for an hour from 12:00 on."""
    times = {"startsAt": "2026-01-31T12:00:00Z", "endsAt": "2026-01-31T13:00:00Z"}
    usual = {"selector": {"all": True}, "comment": "deploy of v18", **times}
    return _stored(name, NAMESPACE, 1, {**usual, **spec})


def _stored(name: str, namespace: str, generation: int, spec: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {
        "name": name,
        "namespace": namespace,
        "uid": f"uid-{name}",
        "generation": generation,
        "resourceVersion": str(generation),
        "creationTimestamp": "2026-01-31T12:00:00Z",
        "annotations": {"tocsin.dev/by": "alice"},
    }
    return {"metadata": metadata, "spec": spec}
