"""Seldon's Model: loaded so and so often into servers that it shares with others."""

from collections.abc import Mapping
from typing import Any

from tocsin.core.context.rollouts import Replicas
from tocsin.engine.serving.conditions import condition, since_not

Body = Mapping[str, Any]


def wanted(body: Body) -> int:
    """As the spec says; where it does not, the least that it may be scaled to, or one."""
    spec = body.get("spec") or {}
    said = spec.get("replicas", spec.get("minReplicas"))
    return 1 if said is None else said


def replicas(body: Body) -> Replicas | None:
    """The servers that have loaded it; none where it is not ready and says not how many have."""
    status = body.get("status") or {}
    ready = condition(status, "ModelReady") or condition(status, "Ready")
    if not ready:
        return None
    count, good = wanted(body), ready.get("status") == "True"
    there = status.get("availableReplicas", status.get("replicas") if good else 0) or 0
    return Replicas(
        wanted=count,
        total=there,
        ready=there,
        updated=there,
        unavailable_since=since_not(ready),
        stalled=ready.get("reason") in ("ModelFailed", "ScheduleFailed"),
    )
