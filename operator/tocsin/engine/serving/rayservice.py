"""KubeRay's RayService: the workers of the cluster that serves for it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tocsin.core.context.rollouts import Replicas
from tocsin.engine.serving.conditions import condition, since_not

Body = Mapping[str, Any]

#: The kind of what owns its pods; the operator does not watch it.
RAY_CLUSTER: Final = "RayCluster"

_WANTED: Final = "desiredWorkerReplicas"


def wanted(body: Body) -> int:
    """The workers of all groups, and one at least: the head serves, too. 0 while suspended."""
    cluster = (body.get("spec") or {}).get("rayClusterConfig") or {}
    if cluster.get("suspend"):
        return 0
    groups = cluster.get("workerGroupSpecs") or ()
    return max(1, sum(_of_group(group) for group in groups))


def replicas(body: Body) -> Replicas | None:
    """The workers that are ready, none while nothing is served; those of a cluster that is to take
    over are not there yet."""
    status = body.get("status") or {}
    active = (status.get("activeServiceStatus") or {}).get("rayClusterStatus") or {}
    ready = condition(status, "Ready")
    if not ready and not status.get("serviceStatus"):
        return None
    serves = ready.get("status") == "True" if ready else status["serviceStatus"] == "Running"
    count = active.get(_WANTED) or wanted(body)
    there = _ready_workers(active, counted=bool(ready)) if _WANTED in active else count
    upgrading = bool((status.get("pendingServiceStatus") or {}).get("rayClusterName"))
    return Replicas(
        wanted=count,
        total=there,
        ready=min(count, there) if serves else 0,
        updated=0 if upgrading else there,
        unavailable_since=since_not(ready),
        stalled=ready.get("reason") == "InitializingTimeout",
    )


def _ready_workers(cluster: Body, *, counted: bool) -> int:
    """KubeRay leaves out a count that is 0, and older ones, which have no condition Ready of a
    RayService either, count no ready workers but only those that run."""
    ready = cluster.get("readyWorkerReplicas")
    if ready is None and not counted:
        ready = cluster.get("availableWorkerReplicas")
    return ready or 0


def clusters(body: Body) -> Iterator[str]:
    """The names of the RayClusters that serve, or are to serve, for it."""
    status = body.get("status") or {}
    for which in ("activeServiceStatus", "pendingServiceStatus"):
        if name := (status.get(which) or {}).get("rayClusterName"):
            yield name


def _of_group(group: Body) -> int:
    count = group.get("replicas")
    return group.get("minReplicas") or 0 if count is None else count
