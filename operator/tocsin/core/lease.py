"""The operator's Lease: who renews it, and what it says of the time when nobody looked."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

#: What the holder of a Lease allows itself to be silent, in renewals: as client-go has it.
RENEWALS_ALLOWED_FOR: Final = 3
#: Where nobody knows until when alerts were looked at.
NEVER: Final = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Lease:
    """What a Lease says.

    `unobserved_since` is until when alerts were looked at, where that is earlier than the last
    renewal: a process that has restored alerts renews before it has observed them. `address` is
    where the holder's pages are, empty if nobody can reach them. `version` is that of the stored
    object, empty for one that is not stored yet.
    """

    holder: str
    acquired_at: datetime
    renewed_at: datetime
    duration: timedelta
    transitions: int = 0
    unobserved_since: datetime | None = None
    address: str = ""
    version: str = ""


def renewed(prior: Lease | None, holder: str, every: timedelta, now: datetime) -> Lease:
    """The Lease after `holder` has renewed it, which it does as often as `every` says.

    The same holder goes on with its own; another one takes it over, which is counted.
    """
    duration = RENEWALS_ALLOWED_FOR * every
    if prior is None:
        return Lease(holder, acquired_at=now, renewed_at=now, duration=duration)
    if prior.holder == holder:
        return replace(prior, renewed_at=now, duration=duration)
    return replace(
        prior,
        holder=holder,
        acquired_at=now,
        renewed_at=now,
        duration=duration,
        transitions=prior.transitions + 1,
    )


def released(held: Lease, now: datetime) -> Lease:
    """The Lease after its holder has given it back at `now`: anybody may take it at once."""
    return replace(held, holder="", renewed_at=now, address="")


def lived_until(lease: Lease, now: datetime) -> datetime | None:
    """Until when alerts were looked at, None if nobody knows.

    Clocks that differ do not make it later than `now`.
    """
    until = lease.unobserved_since or lease.renewed_at
    return None if until == NEVER else min(until, now)
