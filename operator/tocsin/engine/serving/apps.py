"""Deployments and StatefulSets, and Argo's Rollouts, whose status has the same counts."""

from collections.abc import Mapping
from typing import Any

from tocsin.core.context.rollouts import Replicas
from tocsin.engine.serving.conditions import condition, since_not

Body = Mapping[str, Any]


def wanted(body: Body) -> int:
    """As the spec says; one where it does not."""
    said = (body.get("spec") or {}).get("replicas")
    return 1 if said is None else said


def replicas(body: Body) -> Replicas | None:
    """The counts; a Rollout that is degraded makes no progress."""
    status = body.get("status") or {}
    if "observedGeneration" not in status:
        return None
    available, progressing = condition(status, "Available"), condition(status, "Progressing")
    return Replicas(
        wanted=wanted(body),
        total=status.get("replicas") or 0,
        ready=status.get("readyReplicas") or 0,
        updated=status.get("updatedReplicas") or 0,
        unavailable_since=since_not(available) if available.get("status") == "False" else None,
        stalled=progressing.get("reason") == "ProgressDeadlineExceeded"
        or status.get("phase") == "Degraded",
    )
