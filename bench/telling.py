"""Routes and silences for a cluster in which nothing fires."""

from typing import Any

ROUTES = 10
SILENCES = 100

Json = dict[str, Any]


def routes() -> list[Json]:
    """Each takes every alert of its namespace, and has a receiver that nobody will tell."""
    chat = {"name": "chat", "webhook": {"url": "https://chat.invalid/in"}}
    spec = {"selector": {"all": True}, "receivers": [chat]}
    return [_object("NotificationRoute", f"team-{number}", spec) for number in range(ROUTES)]


def silences() -> list[Json]:
    """Each mutes one model for longer than is measured."""
    return [
        _object(
            "AlertSilence",
            f"quiet-{number}",
            {
                "selector": {"workloads": [{"kind": "Deployment", "name": f"model-{number}"}]},
                "comment": "bench",
                "duration": "8h",
            },
        )
        for number in range(SILENCES)
    ]


def settled(found: list[Json]) -> bool:
    """Whether every route and every silence has said how it is."""
    states = [one.get("status", {}) for one in found]
    ready = sum("conditions" in one for one in states)
    active = sum(one.get("state") == "Active" for one in states)
    return ready == ROUTES + SILENCES and active == SILENCES


def _object(kind: str, name: str, spec: Json) -> Json:
    metadata = {"name": name}
    return {"apiVersion": "tocsin.dev/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}
