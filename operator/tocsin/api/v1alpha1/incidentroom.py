"""Which alerts of an incident are stored, and how much of each: an object has to fit into 1.5 MiB.

What somebody takes for firing comes first: of it, "resolved" is to be told.
"""

import itertools
import json
import re
from collections.abc import Iterator
from typing import Final

from tocsin.api.v1alpha1.incidentmembers import MemberStatus
from tocsin.core.notify.alarms import RANK
from tocsin.core.notify.incidents import Incident, Member

#: Alerts that are stored; those beyond are counted.
MEMBERS: Final = 2000
#: Beyond so many alerts their summaries are left out, and their labels.
SUMMARIES: Final = 500
#: Bytes of JSON for the alerts, and for their labels alone.
_ROOM: Final = 1000 * 1024
_ROOM_OF_LABELS: Final = 250 * 1024
#: Bytes of what each alert has beside its texts: names of fields, times, numbers.
_FRAME: Final = 200
_FRAME_OF_END: Final = 100
#: The API server writes these as six bytes.
_ESCAPED: Final = re.compile("[<>&\u2028\u2029]")


def stored_members(incident: Incident) -> list[MemberStatus]:
    """The alerts of `incident` as they are stored, in its order; those that matter least may be
    left out."""
    members = list(incident.members.values())
    if len(members) > MEMBERS:
        matter = {one.id for one in _as_they_matter(incident, members)[:MEMBERS]}
        members = [one for one in members if one.id in matter]
    few = len(members) <= SUMMARIES
    labels = sum(map(_size_of_labels, members)) if few else 0
    labelled = few and labels <= _ROOM_OF_LABELS
    left = _ROOM - labelled * labels - sum(map(_size, members))
    summarized = few and sum(_bytes(one.summary) for one in members) <= left
    if left < 0:
        within = set(_within(_as_they_matter(incident, members)))
        members = [one for one in members if one.id in within]
    return [MemberStatus.of(one, with_summary=summarized, with_labels=labelled) for one in members]


def _as_they_matter(incident: Incident, members: list[Member]) -> list[Member]:
    """What somebody takes for firing, then what fires, then what ended last."""
    heard = {number for one in incident.told for number in (one.heard, one.upto)}

    def place(member: Member) -> tuple[int, int, float, str]:
        known = any(member.known_at(number) for number in heard)
        since = -member.end.at.timestamp() if member.end else member.fired_at.timestamp()
        return 0 if known else 1 if member.fires else 2, RANK[member.severity], since, member.id

    return sorted(members, key=place)


def _within(members: list[Member]) -> Iterator[str]:
    room = _ROOM
    for member in members:
        room -= _size(member)
        if room < 0:
            return
        yield member.id


def _size(member: Member) -> int:
    """About how many bytes an alert takes, without summary and labels."""
    end = member.end.message if member.end else ""
    texts = (str(member.rule), str(member.workload or ""), member.namespace, member.silenced_by,
             member.unsilenced_from, end)  # fmt: skip
    frame = _FRAME + bool(member.end) * _FRAME_OF_END + bool(member.unsilenced) * _FRAME_OF_END
    return frame + 8 * len(member.turns) + _bytes("".join(texts))


def _size_of_labels(member: Member) -> int:
    return 6 * len(member.labels) + _bytes("".join(itertools.chain(*member.labels.items())))


def _bytes(text: str) -> int:
    written = json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return len(written) + 5 * len(_ESCAPED.findall(text))
