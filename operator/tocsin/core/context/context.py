"""What surrounds an alert, as one value, and the sentence that is said of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tocsin.core.context.changes import short
from tocsin.core.context.onset import Onset
from tocsin.core.context.pods import PodFacts, earliest_start, trouble, troubled
from tocsin.core.context.rollouts import ROOM, Replicas, Rollout, last_rollout, tell_rollout
from tocsin.core.context.templates import Revision

#: Characters of the sentence; status has a place of that size for it.
SENTENCE_LIMIT: Final = 256
_PODS_SHOWN: Final = 10
#: Characters of a rollout without its changes, about.
_ROLLOUT_BARE: Final = 60


@dataclass(frozen=True, slots=True)
class Context:
    """A workload around the onset of an alert; what could not be found is empty or None.

    `pods` has at most ten, those in trouble first; `pod_count` counts all. `started_at` is when
    the first of the current pods started.
    """

    onset: Onset
    sentence: str = ""
    replicas: Replicas | None = None
    version: str = ""
    revision: int | None = None
    image: str = ""
    model_uri: str = ""
    started_at: datetime | None = None
    rollout: Rollout | None = None
    pods: tuple[PodFacts, ...] = ()
    pod_count: int = 0


def surround(
    replicas: Replicas | None,
    revisions: Iterable[Revision],
    pods: Iterable[PodFacts],
    onset: Onset,
) -> Context:
    """The context of an alert with that onset, of what is known of its workload now."""
    there = sorted(pods, key=lambda pod: pod.name)
    known = tuple(revisions)
    current = max(known, key=lambda one: one.number, default=None)
    template = current.template if current else None
    rollout = last_rollout(known, there)
    bad = troubled(there, onset)
    names = {pod.name for pod in bad}
    shown = [*bad, *(pod for pod in there if pod.name not in names)]
    present = [p for p in there if current and p.revision == current.name and not p.ending]
    return Context(
        onset=onset,
        sentence=_sentence(replicas, rollout, there, onset),
        replicas=replicas,
        version=template.model_version if template else "",
        revision=current.number if current else None,
        image=template.image if template else "",
        model_uri=template.model_uri if template else "",
        started_at=earliest_start(present),
        rollout=rollout,
        pods=tuple(shown[:_PODS_SHOWN]),
        pod_count=len(there),
    )


def _sentence(
    replicas: Replicas | None, rollout: Rollout | None, pods: list[PodFacts], onset: Onset
) -> str:
    parts = []
    if replicas and replicas.ready < replicas.wanted:
        parts.append(f"{replicas.ready} of {replicas.wanted} ready")
    if bad := trouble(pods, onset):
        parts.append(bad)
    if rollout:  # told first; the list of its changes gives way to what is wrong with pods
        room = SENTENCE_LIMIT - len("; ".join(parts)) - _ROLLOUT_BARE
        if told := tell_rollout(rollout, replicas, onset, min(ROOM, room)):
            parts.insert(0, told)
    return short("; ".join(parts), SENTENCE_LIMIT)
