"""The context of an alert as JSON: for the annotation of Events and for what explains alerts."""

from typing import Any

from tocsin.core.context.context import Context
from tocsin.core.context.pods import ContainerFacts, PodFacts, Termination
from tocsin.core.context.rollouts import Replicas, Rollout
from tocsin.engine.times import write_time


def as_json(context: Context) -> dict[str, Any]:
    """What JSON can hold of `context`; what is not known is not in it."""
    hidden = context.pod_count - len(context.pods)
    return _known(
        {
            "sentence": context.sentence,
            "onset": None if context.onset.is_now else write_time(context.onset.at),
            "replicas": _replicas(context.replicas) if context.replicas else None,
            "version": context.version,
            "revision": context.revision,
            "image": context.image,
            "modelUri": context.model_uri,
            "podsStartedAt": write_time(context.started_at) if context.started_at else None,
            "rollout": _rollout(context.rollout) if context.rollout else None,
            "pods": [_pod(pod) for pod in context.pods],
            "morePods": hidden or None,
        }
    )


def _replicas(replicas: Replicas) -> dict[str, int]:
    return {"wanted": replicas.wanted, "ready": replicas.ready, "updated": replicas.updated}


def _rollout(rollout: Rollout) -> dict[str, Any]:
    return _known(
        {
            "from": rollout.before,
            "to": rollout.after,
            "revision": rollout.revision,
            "startedAt": write_time(rollout.started_at),
            "again": rollout.again or None,
            "first": rollout.first or None,
            "changes": list(rollout.changes),
        }
    )


def _pod(pod: PodFacts) -> dict[str, Any]:
    return _known(
        {
            "name": pod.name,
            "revision": pod.revision,
            "phase": pod.phase,
            "ready": pod.ready,
            "startedAt": write_time(pod.started_at),
            "node": pod.node,
            "restarts": pod.restarts,
            "ending": pod.ending or None,
            "reason": pod.reason,
            "message": pod.message,
            "containers": [_container(one) for one in pod.containers],
        }
    )


def _container(container: ContainerFacts) -> dict[str, Any]:
    ended = container.termination
    return _known(
        {
            "name": container.name,
            "image": container.image,
            "memoryLimit": container.memory_limit,
            "restarts": container.restarts,
            "waiting": container.waiting,
            "message": container.message,
            "lastTermination": _termination(ended) if ended else None,
        }
    )


def _termination(ended: Termination) -> dict[str, Any]:
    finished = write_time(ended.finished_at) if ended.finished_at else None
    return _known({"reason": ended.reason, "exitCode": ended.exit_code, "finishedAt": finished})


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [])}
