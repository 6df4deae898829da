"""The last rollout of a workload: from its revisions and pods to what changed, and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from tocsin.core.context.changes import changes, short
from tocsin.core.context.onset import Onset
from tocsin.core.context.pods import PodFacts, earliest_start
from tocsin.core.context.templates import Revision, Template

#: Characters for what changed, if there is nothing else to say.
ROOM: Final = 150


@dataclass(frozen=True, slots=True)
class Replicas:
    """A workload's pods as it counts them itself; `total` has those of former revisions too.

    `unavailable_since` is since when its controller says that too few are there; `stalled` that it
    says its rollout makes no progress.
    """

    wanted: int
    total: int
    ready: int
    updated: int
    unavailable_since: datetime | None = None
    stalled: bool = False

    @property
    def are_rolling(self) -> bool:
        """Whether pods of a former revision are still there."""
        return self.total > self.updated


def together(whole: Replicas, parts: Sequence[Replicas]) -> Replicas:
    """The counts of all `parts`; since when too few are there, and whether it makes progress, says
    the `whole`, too."""
    times = [one.unavailable_since for one in (whole, *parts) if one.unavailable_since]
    return Replicas(
        wanted=sum(part.wanted for part in parts),
        total=sum(part.total for part in parts),
        ready=sum(part.ready for part in parts),
        updated=sum(part.updated for part in parts),
        unavailable_since=min(times, default=None),
        stalled=any(one.stalled for one in (whole, *parts)),
    )


@dataclass(frozen=True, slots=True)
class Rollout:
    """How the current revision came to be.

    `before` and `after` name the versions, `after` by its revision where both have the same name.
    `again` says that this revision was current before, as after a rollback; `first` that there was
    none before it. `changes` are against the revision before.
    """

    before: str
    after: str
    revision: int
    started_at: datetime
    again: bool = False
    first: bool = False
    changes: tuple[str, ...] = ()


def last_rollout(revisions: Iterable[Revision], pods: Sequence[PodFacts]) -> Rollout | None:
    """How the latest of `revisions` came to be; None if that cannot be told.

    A revision that is used again keeps the time of its first creation: then the rollout began when
    the first of its present pods started. `pods` may have those of other revisions, too.
    """
    ordered = sorted(revisions, key=lambda one: one.number)
    if not ordered or ordered[-1].template is None:
        return None
    current, template = ordered[-1], ordered[-1].template
    started = None if current.reused else current.created_at
    if started is None:
        started = earliest_start(p for p in pods if p.revision == current.name and not p.ending)
    if started is None:
        return None
    former = ordered[-2].template if len(ordered) > 1 else None
    return Rollout(
        before=former.model_version if former else "",
        after=_name(current, template, former),
        revision=current.number,
        started_at=started,
        again=current.reused,
        first=len(ordered) == 1 and current.number == 1,
        changes=changes(former, template) if former else (),
    )


def of_stateful_set(revisions: Iterable[Revision]) -> list[Revision]:
    """ControllerRevisions with what their order tells: they do not say themselves whether they
    are used again.

    One that is gets the next number, and leaves a gap in the numbers. Where there is a gap, the
    creation of the latest may be long before its rollout.
    """
    ordered = sorted(revisions, key=lambda one: one.number)
    created_at = ordered[-1].created_at if ordered else None
    if created_at is None:
        return ordered
    *former, latest = ordered
    reused = any(one.created_at and one.created_at > created_at for one in former)
    told = created_at if latest.number == len(ordered) else None
    return [*former, replace(latest, reused=reused, created_at=told)]


def tell_rollout(
    rollout: Rollout, replicas: Replicas | None, onset: Onset, room: int = ROOM
) -> str:
    """Like "v18 rolled out 6m before the onset: image a:v17 → a:v18"; empty if it was long ago.

    Of what changed, as much is told as `room` has characters for, and one thing at least.
    """
    rolling = replicas is not None and replicas.are_rolling
    if not rolling and not onset.is_near(rollout.started_at):
        return ""
    when = onset.distance(rollout.started_at)
    name = short(rollout.after)
    changed = _enumerate(rollout.changes, room)
    if replicas and rolling:
        updated = f"{replicas.updated} of {replicas.wanted} updated"
        told = f"{name} is rolling out: {updated}, begun {when}"
        return f"{told} ({changed})" if changed else told
    verb = "first deployed" if rollout.first else "rolled out"
    again = " again" if rollout.again else ""
    return f"{name} {verb}{again} {when}" + (f": {changed}" if changed else "")


def _name(revision: Revision, template: Template, former: Template | None) -> str:
    version = template.model_version
    unchanged = former is not None and former.model_version == version
    return f"revision {revision.number}" if unchanged or not version else version


def _enumerate(texts: Sequence[str], room: int) -> str:
    """As many of `texts` as fit into `room`, and how many more there are."""
    shown = ""
    for index, text in enumerate(texts):
        longer = f"{shown}, {text}" if shown else text
        if index and len(longer) > room:
            return f"{shown}, and {len(texts) - index} more"
        shown = longer
    return shown
