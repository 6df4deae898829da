"""The Lease as this process writes it: who holds it, where, and until when it looked at alerts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tocsin.core.leadership import Sighting
from tocsin.core.lease import NEVER, Lease, lived_until, released, renewed
from tocsin.engine.troubles import outcome
from tocsin.ports import (
    Clock,
    ConflictError,
    GoneError,
    LeaseKeeper,
    NotLeaderError,
    UnavailableError,
)

#: An engine that does not answer for so long is stuck: a standby is to take over.
_STUCK: Final = timedelta(seconds=30)
#: So often a write is tried whose Lease was changed under it.
_CONFLICTS: Final = 3
_TICK: Final = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Standing:
    """What is to be said of the engine in the Lease.

    `unobserved`: an alert of a former process was not looked at yet. `unsettled`: since when
    something was looked at that does not stand in status.
    """

    unobserved: bool
    unsettled: datetime | None


class EngineStuckError(Exception):
    """The engine does not answer: it is better that the Lease runs out."""


class Tenure:
    """Of `me`, whose pages are at `address`, and who renews as often as `every` says.

    `standing` tells of the engine; None: it does not answer just now. `count` is told of each
    write that met another one's.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        keeper: LeaseKeeper,
        me: str,
        address: str,
        every: timedelta,
        standing: Callable[[], Awaitable[Standing | None]],
        count: Callable[[str], None],
    ) -> None:
        self._clock = clock
        self._keeper = keeper
        self.me = me
        self._address = address
        self._every = every
        self._standing = standing
        self._count = count
        self._lease: Lease | None = None
        self._unobserved_since: datetime | None = None
        self._heard_from_engine = clock.now()

    async def take(self, seen: Sighting) -> datetime | None:
        """Take the Lease as it was seen; until when its former holder looked at alerts, if known.

        Raises:
            WriteError: it is not taken.
        """
        until = lived_until(seen.lease, self._clock.now()) if seen.lease else None
        self._unobserved_since = until or NEVER
        self._heard_from_engine = self._clock.now()  # what it did as a standby does not count
        mine = self._renewed(seen.stored)
        self._lease = await self._keeper.write(replace(mine, unobserved_since=self._since(None)))
        return until

    async def renew(self) -> None:
        """Renew it.

        Raises:
            EngineStuckError: it is not to be renewed.
            NotLeaderError: somebody else holds it.
            WriteError: it is not renewed.
        """
        await self._write(self._renewed)

    async def give_back(self) -> None:
        """Have nobody hold it.

        Raises:
            EngineStuckError: nothing is known of the engine.
            NotLeaderError: somebody else holds it.
            WriteError: it is not given back.
        """
        await self._write(lambda held: released(held or self._renewed(held), self._clock.now()))

    async def _write(self, make: Callable[[Lease | None], Lease]) -> None:
        standing = await self._ask_engine()
        for _ in range(_CONFLICTS):
            lease = replace(make(self._lease), unobserved_since=self._since(standing))
            try:
                self._lease = await self._keeper.write(lease)
            except (ConflictError, GoneError) as error:  # somebody else has written or deleted it
                self._count(outcome(error))
                self._lease = await self._keeper.read()
                if self._lease and self._lease.holder not in (self.me, ""):
                    raise NotLeaderError(f"{self._lease.holder} leads now") from error
            else:
                return
        raise UnavailableError("the Lease is changed by others again and again")

    async def _ask_engine(self) -> Standing:
        standing = await self._standing()
        if standing is None and self._clock.now() - self._heard_from_engine > _STUCK:
            raise EngineStuckError(f"the engine has not answered for {_STUCK.seconds} s")
        if standing is None:  # it has written nothing since it answered last
            return Standing(unobserved=True, unsettled=self._heard_from_engine)
        self._heard_from_engine = self._clock.now()
        if not standing.unobserved and standing.unsettled is None:
            self._unobserved_since = None
        return standing

    def _renewed(self, lease: Lease | None) -> Lease:
        mine = renewed(lease, self.me, self._every, self._clock.now())
        return replace(mine, address=self._address)

    def _since(self, standing: Standing | None) -> datetime | None:
        """Until when alerts were looked at and what was seen stands in status; None: until now."""
        unsettled = standing and standing.unsettled
        times = (self._unobserved_since, unsettled and unsettled - _TICK)
        return min((time for time in times if time), default=None)
