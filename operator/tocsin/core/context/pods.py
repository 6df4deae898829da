"""Pods as far as they explain an alert, and what is wrong with them in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tocsin.core.context.changes import short
from tocsin.core.context.onset import Onset

#: Waiting for these is how every pod starts.
_STARTING: Final = frozenset(("ContainerCreating", "PodInitializing", ""))


@dataclass(frozen=True, slots=True)
class Termination:
    """How a container ended last."""

    reason: str
    exit_code: int
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class ContainerFacts:
    """A container of a pod: why it waits, if it does, and how it ended last, if it ever did."""

    name: str
    image: str = ""
    memory_limit: str = ""
    restarts: int = 0
    waiting: str = ""
    message: str = ""
    termination: Termination | None = None


@dataclass(frozen=True, slots=True)
class PodFacts:
    """A pod; `revision` is the name of the ReplicaSet or ControllerRevision that it was made from.

    `reason` and `message` are the pod's own: that it was evicted, that no node takes it.
    `unready_since` is since when it is not ready.
    """

    name: str
    revision: str
    phase: str
    ready: bool
    started_at: datetime
    node: str = ""
    ending: bool = False
    reason: str = ""
    message: str = ""
    containers: tuple[ContainerFacts, ...] = ()
    unready_since: datetime | None = None

    @property
    def restarts(self) -> int:
        """Of all its containers together."""
        return sum(one.restarts for one in self.containers)


def troubled(pods: Iterable[PodFacts], onset: Onset) -> list[PodFacts]:
    """The pods that something is wrong with, the worst first."""
    found = [pod for pod in pods if not pod.ending and _severity(pod, onset)]
    return sorted(
        found, key=lambda pod: (-_severity(pod, onset), pod.ready, -pod.restarts, pod.name)
    )


def trouble(pods: Sequence[PodFacts], onset: Onset) -> str:
    """Like "scorer-abc: CrashLoopBackOff, 5 restarts, last OOMKilled (limit 64Mi) 40s before the
    onset"; empty if there is nothing but pods that are not ready yet."""
    bad = [pod for pod in troubled(pods, onset) if _severity(pod, onset) > 1]
    if not bad:
        return ""
    others = len(bad) - 1
    more = f"; {others} more {'pod' if others == 1 else 'pods'} in trouble" if others else ""
    return f"{short(bad[0].name)}: {', '.join(_complaints(bad[0], onset))}{more}"


def worst_container(pod: PodFacts, onset: Onset) -> ContainerFacts | None:
    """The container that says most about what is wrong."""
    return max(pod.containers, key=lambda one: _weight(one, onset), default=None)


def _severity(pod: PodFacts, onset: Onset) -> int:
    """0 if nothing is wrong, 1 if the pod is only not ready, 2 if there is a reason to tell."""
    worst = worst_container(pod, onset)
    if pod.phase == "Succeeded" or (pod.phase == "Failed" and not _failed_lately(pod, onset)):
        return 0
    if pod.reason or (worst and _weight(worst, onset) > (False, False, 0)):
        return 2
    return 0 if pod.ready else 1


def _failed_lately(pod: PodFacts, onset: Onset) -> bool:
    """An evicted pod lies about for days; one of which nothing ended is judged by its start."""
    if any(one.termination for one in pod.containers):
        return any(_ended_lately(one, onset) for one in pod.containers)
    return onset.is_recent(pod.started_at)


def _weight(container: ContainerFacts, onset: Onset) -> tuple[bool, bool, int]:
    lately = _ended_lately(container, onset)
    restarts = container.restarts if lately else 0
    return container.waiting not in _STARTING, lately, restarts


def _ended_lately(container: ContainerFacts, onset: Onset) -> bool:
    """Within the window before the onset, or since: an old end explains nothing."""
    termination = container.termination
    if termination is None:
        return False
    return termination.finished_at is None or onset.is_recent(termination.finished_at)


def _complaints(pod: PodFacts, onset: Onset) -> list[str]:
    said = [_with_message(pod.reason, pod.message)] if pod.reason else []
    worst = worst_container(pod, onset)
    if worst and _weight(worst, onset) > (False, False, 0):
        said += _of_container(worst, onset)
    return said


def _of_container(container: ContainerFacts, onset: Onset) -> list[str]:
    said = []
    if container.waiting not in _STARTING:
        said.append(_with_message(container.waiting, container.message))
    if container.restarts:
        said.append(f"{container.restarts} restart" + ("s" if container.restarts > 1 else ""))
    if container.termination and _ended_lately(container, onset):
        said.append(_ending(container, container.termination, onset))
    return said


def _ending(container: ContainerFacts, termination: Termination, onset: Onset) -> str:
    reason = short(termination.reason) or "ended"
    if reason == "OOMKilled" and container.memory_limit:
        detail = f" (limit {container.memory_limit})"
    else:
        detail = "" if reason == "OOMKilled" else f" (exit code {termination.exit_code})"
    finished = termination.finished_at
    return f"last {reason}{detail}" + (f" {onset.distance(finished)}" if finished else "")


def _with_message(reason: str, message: str) -> str:
    return f"{short(reason)} ({short(message, 100)})" if message else short(reason)


def earliest_start(pods: Iterable[PodFacts]) -> datetime | None:
    """When the first of those that are still there started."""
    return min((pod.started_at for pod in pods), default=None)
