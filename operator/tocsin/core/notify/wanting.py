"""What one receiver should be told of an incident, why, and from when on.

Group times are Alertmanager's, but for one thing: a group is not looked at on a grid of
groupInterval, but as soon as that time has passed since the receiver was last told; and where some
of it is over, groupWait gives the rest a chance to be over too (docs/design/group-times.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.core.notify.incidents import Incident, Member, Told
from tocsin.core.notify.notification import Reason
from tocsin.core.notify.routes import Route, Timing


@dataclass(frozen=True)
class Want:
    """A reason to tell a receiver, and when to."""

    reason: Reason
    due: datetime


@dataclass(frozen=True)
class Knowledge:
    """An incident's alerts, by what the receiver knows of them.

    `new` fire and it does not know it, or was told before that a silence mutes them, or that they
    are less urgent; `gone` were resolved without its knowledge; `still` fire, as it knows.
    """

    new: tuple[Member, ...]
    gone: tuple[Member, ...]
    still: tuple[Member, ...]


def knowledge(incident: Incident, heard: int) -> Knowledge:
    """What somebody knows who has heard of all until the number `heard`."""
    new, gone, still = [], [], []
    for member in incident.members.values():
        known, visible = member.known_at(heard), member.fires and not member.silenced_by
        if visible and (not known or max(member.unsilenced, member.raised) > heard):
            new.append(member)
        elif known and not member.fires:
            gone.append(member)
        elif known:
            still.append(member)
    return Knowledge(tuple(new), tuple(gone), tuple(still))


def want(
    incident: Incident, told: Told, route: Route | None, default: Timing, now: datetime
) -> Want | None:
    """What the receiver should be told next, if anything.

    `route` None: there is no such route any more, or it no longer has this receiver; then only
    what was resolved is told, at the `default` times. Where a time of an alert is still to come at
    `now`, the clock was set back: nobody waits for it.
    """
    timing = route.timing if route else default
    known = knowledge(incident, told.heard)
    after = told.at + timing.group_interval if told.at else min(incident.opened_at, now)
    if known.new and route:
        since = incident.opened_at
        if told.at:
            since = min(_visible_since(member) for member in known.new)
        due = max(_later(since, timing.group_wait, now), after)
        return Want(_of_new(incident, told, known), due)
    if known.gone and known.still:
        since = min(member.end.at for member in known.gone if member.end)
        return Want(Reason.SOME_RESOLVED, max(after, _later(since, timing.group_wait, now)))
    if known.gone or (_never_taken(incident, told) and not known.still):
        return Want(Reason.ALL_RESOLVED, after)
    if not route or not known.still:
        return None
    return _reminder(incident, told, known.still, timing, after)


def _of_new(incident: Incident, told: Told, known: Knowledge) -> Reason:
    if all(member.unsilenced > told.upto for member in known.new):
        return Reason.SILENCE_ENDED
    if told.sent == 0:
        return Reason.STORM if incident.storm else Reason.FIRST
    return Reason.NEW_ALERTS


def _later(since: datetime, wait: timedelta, now: datetime) -> datetime:
    return since + wait if since <= now else now


def _visible_since(member: Member) -> datetime:
    return max(member.fired_at, member.unsilenced_at or member.fired_at)


def _never_taken(incident: Incident, told: Told) -> bool:
    """Whether all is over of which an attempt to tell has failed: that it was is told late."""
    return bool(told.intent and told.attempts and not any(incident.firing()))


def _reminder(
    incident: Incident, told: Told, still: Sequence[Member], timing: Timing, after: datetime
) -> Want | None:
    acknowledgement = incident.acknowledgement
    shown = acknowledgement.at if acknowledgement else None
    if told.receiver.acknowledges and told.acknowledged != shown and acknowledgement:
        return Want(Reason.ACKNOWLEDGED, acknowledgement.at)
    audible = [member for member in still if not member.silenced_by]
    heard = told.upto
    if audible and all(member.missing for member in audible):
        lately = any(member.missing > heard for member in audible)
        return Want(Reason.NO_DATA, after) if lately else None
    if not audible or acknowledgement or told.at is None:
        return None
    return Want(Reason.REPEAT, told.at + _rounded(timing))


def _rounded(timing: Timing) -> timedelta:
    """repeatInterval, rounded up to a multiple of groupInterval."""
    times = -(-timing.repeat_interval // timing.group_interval)
    return times * timing.group_interval
