"""Who may act: what one process concludes from the Lease, by its own monotonic clock.

Times are in seconds of that clock. The clocks of two machines are never compared: how long a Lease
has not changed is what this process has seen itself, as client-go has it.
"""

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tocsin.core.lease import RENEWALS_ALLOWED_FOR, Lease

#: Its holder counts on a Lease for one renewal less than others have to wait: what it has begun
#: then is over before another one may begin.
_COUNTED_ON: Final = RENEWALS_ALLOWED_FOR - 1
#: One attempt to renew lasts at most so long, in seconds, and no longer than until the next.
_ATTEMPT: Final = 5.0
#: A Lease with a longer duration was edited by hand: nobody waits longer, in seconds.
_LONGEST: Final = 60.0


@dataclass(frozen=True)
class Sighting:
    """What a candidate knows of the Lease, and since when that has not changed.

    `lease` is None where there never was one. `gone`: it was deleted, which is no word of its
    holder's: it makes the Lease again at its next renewal.
    """

    lease: Lease | None
    since: float
    gone: bool = False

    @property
    def stored(self) -> Lease | None:
        """The Lease as it is to be overwritten; None: one has to be made."""
        return None if self.gone else self.lease


def sighted(prior: Sighting | None, lease: Lease | None, now: float) -> Sighting:
    """What is known once `lease` was seen at `now`; None: there is none."""
    known, gone = lease, False
    if lease is None and prior and prior.lease:
        known, gone = prior.lease, True
    since = prior.since if prior and _is_same(prior, known, gone) else now
    return Sighting(known, min(since, now), gone)  # what was out of sight counts from now on


def out_of_sight(prior: Sighting | None) -> Sighting | None:
    """What is known once the API server cannot be reached: no time of that counts.

    The holder cannot renew either; once the Lease is seen again, it has the whole time for it.
    """
    return prior and replace(prior, since=math.inf)


def _is_same(prior: Sighting, lease: Lease | None, gone: bool) -> bool:
    was, now_is = prior.lease and prior.lease.version, lease and lease.version
    return (was, prior.gone) == (now_is, gone)


def takeable_at(seen: Sighting, me: str, every: timedelta) -> float:
    """From when on `me`, who would renew as often as `every` says, may take the Lease.

    It is at once, where it is free, and where it is held by a former process of the same pod.
    """
    if seen.lease is None or seen.lease.holder in ("", me):
        return seen.since
    own = RENEWALS_ALLOWED_FOR * every.total_seconds()
    return seen.since + max(own, min(seen.lease.duration.total_seconds(), _LONGEST))


class Attempt(StrEnum):
    """How an attempt to renew ended."""

    RENEWED = "renewed"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    TAKEN = "taken"


@dataclass(frozen=True)
class Term:
    """How long its holder may act without asking.

    `renewed` is when the last renewal that succeeded was begun. Until `excused` it goes on without
    one, because the API server answers nobody: then people are told all the same.
    """

    renewed: float
    excused: float = -math.inf


def attempt_lasts(every: timedelta) -> float:
    """For how long one attempt to renew is made, in seconds."""
    return min(_ATTEMPT, every.total_seconds())


def is_sure(term: Term, every: timedelta, now: float) -> bool:
    """Whether nobody else can hold the Lease at `now`."""
    return now < term.renewed + _COUNTED_ON * every.total_seconds()


def may_act(term: Term, every: timedelta, now: float) -> bool:
    """Whether the holder may act at `now` without asking."""
    return now < term.excused or is_sure(term, every, now)


def after(
    term: Term, attempt: Attempt, every: timedelta, *, begun: float, ended: float
) -> Term | None:
    """The term after an attempt that lasted from `begun` to `ended`; None: it is over.

    An attempt that lasted much longer than it may says nothing of an API server that does not
    answer: this process stood still meanwhile, and another one may have taken over.
    """
    match attempt:
        case Attempt.RENEWED:
            return Term(begun)
        case Attempt.TAKEN:
            return None
        case Attempt.REFUSED:
            return term if is_sure(term, every, ended) else None
        case Attempt.UNREACHABLE:
            stood_still = ended - begun > _COUNTED_ON * every.total_seconds()
            until = ended + _COUNTED_ON * every.total_seconds()
            return term if stood_still else replace(term, excused=max(term.excused, until))


def in_doubt(term: Term) -> Term:
    """The term once another holder may have been seen: nothing is done before it is asked."""
    return replace(term, renewed=-math.inf, excused=-math.inf)
