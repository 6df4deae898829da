"""An incident for people: its state, what it is about, and what comes next."""

from datetime import UTC, datetime

from tocsin.api.v1alpha1.mlincident import IncidentState
from tocsin.core.notify.incidents import Incident


def state_of(incident: Incident) -> IncidentState:
    """The incident in one word."""
    firing = list(incident.firing())
    if incident.closed_at:
        return IncidentState.CLOSED
    if not firing:
        return IncidentState.RESOLVING
    if all(member.silenced_by for member in firing):
        return IncidentState.SILENCED
    return IncidentState.ACKNOWLEDGED if incident.acknowledgement else IncidentState.FIRING


def subject_of(incident: Incident) -> str | None:
    """What it is about: a workload and how many others, else a rule; None: nothing is known."""
    members = list(incident.firing()) or list(incident.members.values())
    names = dict.fromkeys(
        (member.workload.kind, member.workload.name)
        if member.workload
        else ("rule", member.rule.name)
        for member in members
    )
    if not names:
        return None
    (_, first), *others = names
    return f"{first} +{len(others)}" if others else first


def what_is_next(incident: Incident, due: datetime | None) -> str | None:
    """What comes next, and when, in a few words; None: nothing."""
    failing = [one for one in incident.told if one.attempts and one.next_at]
    if failing:
        first = min(failing, key=lambda one: one.next_at or datetime.max.replace(tzinfo=UTC))
        others = f" +{len(failing) - 1}" if len(failing) > 1 else ""
        return f"retry {first.receiver.name}{others} {_shown(first.next_at)}"
    if due is None:
        return None
    if not any(one.sent for one in incident.told):
        return f"tell {_shown(due)}"
    if not any(incident.firing()):
        return f"tell of the end {_shown(due)}"
    return f"again {_shown(due)}"


def _shown(time: datetime | None) -> str:
    """Day and time, as somebody reads it at night; a column of ages cannot show the future."""
    return f"{time.astimezone(UTC):%a %H:%M:%SZ}" if time else ""
