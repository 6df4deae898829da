"""What an incident that is open for weeks need not remember."""

from dataclasses import replace
from typing import Final

from tocsin.core.notify.incidents import Incident, Member

#: Alerts beyond which those are forgotten that are over, and that everybody knows to be.
KEPT: Final = 2000


def without_settled(incident: Incident, kept: int = KEPT) -> Incident:
    """`incident` with at most `kept` alerts, as far as those beyond are over and nobody who was
    told takes them for firing: those that ended first go."""
    too_many = len(incident.members) - kept
    if too_many <= 0:
        return incident
    heard = {number for one in incident.told for number in (one.heard, one.upto)}
    settled = sorted(
        (one.end.at, one.id)
        for one in incident.members.values()
        if one.end and not _believed(one, heard)
    )
    gone = {id_ for _, id_ in settled[:too_many]}
    if not gone:
        return incident
    members = {id_: one for id_, one in incident.members.items() if id_ not in gone}
    return replace(incident, members=members)


def _believed(member: Member, heard: set[int]) -> bool:
    return any(member.known_at(number) for number in heard)
