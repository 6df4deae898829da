"""What a silence says of itself in its status."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tocsin.api.v1alpha1.silencestatus import SilenceState
from tocsin.engine.conditions import Condition, merged
from tocsin.engine.silencing.entry import EndReason, Entry
from tocsin.engine.times import write_time


def state_of(entry: Entry, now: datetime) -> SilenceState:
    """How it is at `now`."""
    silence = entry.silence
    if silence is None:
        return SilenceState.INVALID
    if entry.ended_at:
        return SilenceState.EXPIRED
    if silence.suspended:
        return SilenceState.SUSPENDED
    return SilenceState.ACTIVE if silence.is_active(now) else SilenceState.PENDING


def compose(entry: Entry, before: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The status of `entry` after the one `before`; fields without a value are left out."""
    state, silence = state_of(entry, now), entry.silence
    end = (entry.ended_at or silence.ends_at) if silence else None
    known: dict[str, Any] = {
        "observedGeneration": entry.generation,
        "state": str(state),
        "matched": entry.matched if state is SilenceState.ACTIVE else 0,
        # As text: a column of dates shows nothing for what is still to come.
        "ends": f"{end:%Y-%m-%dT%H:%M:%SZ}" if end else None,
        "by": silence.by if silence else None,
        "conditions": _conditions(entry, state, before, now),
    }
    if entry.ended_at and entry.ended_reason != EndReason.EXPIRED:
        known |= {"endedAt": write_time(entry.ended_at), "endedReason": entry.ended_reason}
    return {name: value for name, value in known.items() if value not in (None, "")}


def day_and_time(at: datetime) -> str:
    """`at` for a person."""
    return f"{at:%Y-%m-%d %H:%MZ}"


def _conditions(
    entry: Entry, state: SilenceState, before: Mapping[str, Any], now: datetime
) -> list[dict[str, Any]]:
    was = {one.get("type"): one for one in before.get("conditions") or ()}
    if state is SilenceState.INVALID:
        said = [
            Condition("Ready", False, "InvalidSpec", entry.problem),
            Condition("Stalled", True, "InvalidSpec", entry.problem),
        ]
    else:
        said = [
            Condition("Ready", True, str(state), _MESSAGES[state]),
            Condition("Stalled", False, str(state), "the silence is understood"),
        ]
    return [merged(was.get(one.type), one, entry.generation, now) for one in said]


_MESSAGES = {
    SilenceState.PENDING: "it mutes nothing now, and will",
    SilenceState.ACTIVE: "alerts that it selects are told to nobody",
    SilenceState.EXPIRED: "it has ended",
    SilenceState.SUSPENDED: "suspended: it mutes nothing",
}
