"""What happens to an incident's alerts: each of it that somebody must hear gets a number."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from tocsin.core.notify.alarms import RANK, Alarm, AlarmEnd
from tocsin.core.notify.incidents import Incident, Member, Told
from tocsin.core.notify.notification import Acknowledgement

#: Characters of what a person says.
COMMENT_LIMIT: Final = 500
#: Characters of who said it.
_NAME_LIMIT: Final = 253
#: Lines of an incident's timeline, the oldest go first; and characters of each.
TIMELINE: Final = 50
_LINE: Final = 400
#: Characters of a summary, labels, and characters of a label's value that are kept of an alert.
_SUMMARY: Final = 1024
_LABELS: Final = 32
_VALUE: Final = 256
#: Turns that are kept of an alert that comes and goes.
TURNS: Final = 64


def fires(
    incident: Incident, alarm: Alarm, now: datetime, *, summary: str = "", silenced_by: str = ""
) -> Incident:
    """`incident` once `alarm`, which it holds or takes in, is as it is now."""
    before = incident.members.get(alarm.id)
    member = before or Member(
        alarm.id, alarm.rule, alarm.workload, alarm.namespace, alarm.severity, alarm.fired_at
    )
    number = incident.sequence
    changes: dict[str, Any] = {
        "silenced_by": silenced_by,
        "severity": alarm.severity,
        "summary": summary[:_SUMMARY] or member.summary,
        "labels": _kept(alarm.labels),
    }
    if member.end:  # the same alert again
        changes |= {"end": None, "fired_at": alarm.fired_at}
    if member.silenced_by and not silenced_by:
        number += 1
        changes |= {"unsilenced": number, "unsilenced_at": now,
                    "unsilenced_from": member.silenced_by}  # fmt: skip
    member = replace(member, **changes)
    if silenced_by and member.known_at(number) and not _may_be_known(incident, member):
        member = replace(member, turns=member.turns[:-1])
    if not silenced_by and not member.known_at(number):
        number = max(number, incident.sequence + 1)
        member = replace(member, turns=_turned(incident, member, number))
    if alarm.missing != bool(member.missing):
        number = max(number, incident.sequence + 1)
        member = replace(member, missing=number if alarm.missing else 0)
    raised = before is not None and before.fires and RANK[member.severity] < RANK[before.severity]
    if raised and not silenced_by:
        number = max(number, incident.sequence + 1)
        member = replace(member, raised=number)
    if member == before:
        return incident
    if before is None or before.end or raised:
        incident = _outranked(incident, member, now)
    members = {**incident.members, alarm.id: member}
    timeline = _with_lines(incident.timeline, now, _said(before, member))
    return replace(incident, members=members, sequence=number, timeline=timeline)


def ends(incident: Incident, id_: str, end: AlarmEnd) -> Incident:
    """`incident` once its alert `id_` is over; one that nobody could hear of leaves no trace."""
    member = incident.members.get(id_)
    if member is None or member.end:
        return incident
    members = dict(incident.members)
    number = incident.sequence
    if member.known_at(number):
        number += 1
        turns = _turned(incident, member, number)
        members[id_] = replace(member, end=end, missing=0, turns=turns)
    elif member.turns:
        members[id_] = replace(member, end=end, missing=0)
    else:
        del members[id_]
    reason = f" ({end.reason})" if end.reason else ""
    over = replace(incident, members=members, sequence=number)
    return noted(over, end.at, [f"{subject_of(member)} is over{reason}"])


def requested(incident: Incident, comment: str, by: str, now: datetime) -> Incident:
    """`incident` once a person asks to acknowledge it, or, with no `comment`, no longer does.

    The same request is acted on once: what undid the acknowledgement since then stands.
    """
    comment, by = _plain(comment, COMMENT_LIMIT), _plain(by, _NAME_LIMIT)
    if comment == incident.requested:
        return incident
    acknowledgement = Acknowledgement(now, by, comment) if comment else None
    said = f"acknowledged by {by or 'somebody'}: {comment}" if comment else "no longer acknowledged"
    after = replace(incident, requested=comment, acknowledgement=acknowledgement)
    return noted(after, now, [said])


def subject_of(member: Member) -> str:
    """A member in a few words: its rule, and its workload if it has one."""
    return f"{member.rule.name} of {member.workload.name}" if member.workload else member.rule.name


def _turned(incident: Incident, member: Member, number: int) -> tuple[int, ...]:
    """The turns of `member` once it turns at `number`: of many, two go that nobody is between."""
    turns = (*member.turns, number)
    if len(turns) <= TURNS:
        return turns
    heard = {upto for one in incident.told for upto in (one.upto, _intended(one))}
    free = (
        place
        for place in range(len(turns) - 3)
        if not any(turns[place] <= upto < turns[place + 1] for upto in heard)
    )
    place = next(free, len(turns))
    return turns[:place] + turns[place + 2 :]


def _intended(one: Told) -> int:
    return one.intent.upto if one.intent else one.upto


def _plain(text: str, limit: int) -> str:
    """`text` as one line without control characters, which columns and terminals would obey."""
    begin = text[: 16 * limit]
    return " ".join("".join(c if c.isprintable() else " " for c in begin).split())[:limit]


def _kept(labels: Mapping[str, str]) -> dict[str, str]:
    return {name: labels[name][:_VALUE] for name in sorted(labels)[:_LABELS]}


def _said(before: Member | None, member: Member) -> Iterator[str]:
    """What has happened to a member, for the timeline."""
    subject = subject_of(member)
    if before is None or before.end:
        yield f"{subject} fires" + (f": {member.summary}" if member.summary else "")
    elif before.severity is not member.severity:
        yield f"{subject} is {member.severity} now"
    was = before.silenced_by if before else ""
    if member.silenced_by and not was:
        yield f"{subject} is silenced by {member.silenced_by}"
    elif was and not member.silenced_by:
        yield f"{subject} is no longer silenced by {was}"
    if member.missing and not (before and before.missing):
        yield f"{subject} has been without data for long"


def noted(incident: Incident, at: datetime, lines: Iterable[str]) -> Incident:
    """`incident` with further lines of its timeline."""
    return replace(incident, timeline=_with_lines(incident.timeline, at, lines))


def _with_lines(timeline: tuple[str, ...], at: datetime, lines: Iterable[str]) -> tuple[str, ...]:
    added = tuple(f"{at:%Y-%m-%d %H:%M:%SZ} {line}"[:_LINE] for line in lines)
    return (*timeline, *added)[-TIMELINE:]


def _may_be_known(incident: Incident, member: Member) -> bool:
    """Whether somebody takes it for firing, or will once what is under way has arrived."""
    return any(member.known_at(max(one.upto, _intended(one))) for one in incident.told)


def _outranked(incident: Incident, joining: Member, now: datetime) -> Incident:
    """An acknowledgement is of what was there: something more urgent undoes it, and so does
    whatever fires once all of that is over."""
    if incident.acknowledgement is None:
        return incident
    ranks = [RANK[one.severity] for one in incident.firing()]
    if ranks and RANK[joining.severity] >= min(ranks):
        return incident
    why = "is more urgent" if ranks else "fires after all was over"
    line = f"{subject_of(joining)} {why}: no longer acknowledged"
    return noted(replace(incident, acknowledgement=None), now, [line])
