"""Objects of the cluster as watches tell them: workloads, their revisions, pods."""

from datetime import timedelta
from typing import Any

from tests.engine.fakes import START

Body = dict[str, Any]
NAMESPACE = "fraud"


def when(minutes: float) -> str:
    """So many minutes after the start, as the API server writes times."""
    return (START + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def metadata(name: str, owner: str = "", *, created: float = -600, **rest: Any) -> Body:
    """Metadata of an object that `owner`, like "ReplicaSet/scorer-1", controls."""
    kind, _, owners_name = owner.partition("/")
    reference = {"apiVersion": "apps/v1", "kind": kind, "name": owners_name, "controller": True}
    owners = {"ownerReferences": [reference]} if owner else {}
    there = {"name": name, "namespace": NAMESPACE, "uid": f"uid-{name}"}
    return there | {"creationTimestamp": when(created)} | owners | rest


def container(image: str = "ml/scorer:v17", **rest: Any) -> Body:
    """The container of a model."""
    return {"name": "server", "image": image} | rest


def template(*containers: Body, labels: Body | None = None,
             annotations: Body | None = None) -> Body:  # fmt: skip
    """A pod template."""
    return {
        "metadata": {"labels": labels or {}, "annotations": annotations or {}},
        "spec": {"containers": list(containers)},
    }


def workload(name: str = "scorer", *, wanted: int = 1, total: int | None = None,
             ready: int | None = None, updated: int | None = None) -> Body:  # fmt: skip
    """A Deployment or StatefulSet that its controller has counted the pods of."""
    return {
        "metadata": metadata(name, labels={"tocsin.dev/model": "m"}),
        "spec": {"replicas": wanted},
        "status": {
            "observedGeneration": 1,
            "replicas": wanted if total is None else total,
            "readyReplicas": wanted if ready is None else ready,
            "updatedReplicas": wanted if updated is None else updated,
        },
    }


def replica_set(
    revision: int, runs: Body, *, created: float, before: str = "", of: str = "scorer"
) -> Body:
    """A ReplicaSet of a Deployment, named by the revision; `before` lists former revisions."""
    annotations = {"deployment.kubernetes.io/revision": str(revision)}
    if before:
        annotations["deployment.kubernetes.io/revision-history"] = before
    name = f"{of}-{runs['spec']['containers'][0]['image'].rpartition(':')[2]}"
    owned = metadata(name, f"Deployment/{of}", created=created, annotations=annotations)
    return {"metadata": owned, "spec": {"template": runs}}


def controller_revision(number: int, runs: Body, *, created: float, of: str = "scorer") -> Body:
    """A ControllerRevision of a StatefulSet, named by the tag of its image."""
    name = f"{of}-{runs['spec']['containers'][0]['image'].rpartition(':')[2]}"
    data = {"spec": {"template": runs | {"$patch": "replace"}}}
    owned = metadata(name, f"StatefulSet/{of}", created=created)
    return {"metadata": owned, "revision": number, "data": data}


def pod(name: str, owner: str, *, started: float, ready: bool = True, phase: str = "Running",
        limit: str = "64Mi", labels: Body | None = None, **status: Any) -> Body:  # fmt: skip
    """A pod with one container; `status` is that of the container."""
    one = {"name": "server", "restartCount": 0, "ready": ready} | status
    spec = container(resources={"limits": {"memory": limit}})
    return {
        "metadata": metadata(name, owner, created=started, labels=labels or {}),
        "spec": {"nodeName": "node-1", "containers": [spec]},
        "status": {
            "phase": phase,
            "startTime": when(started),
            "conditions": [{"type": "Ready", "status": str(ready)}],
            "containerStatuses": [one],
        },
    }


def oom_killed(minutes: float) -> Body:
    """How a container ended that took more memory than it may."""
    return {"reason": "OOMKilled", "exitCode": 137, "finishedAt": when(minutes)}
