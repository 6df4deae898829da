"""The operator's heartbeat: a Lease says until when it lived, also to the process after it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from tocsin.core.lease import NEVER, RENEWALS_ALLOWED_FOR, Lease, lived_until, renewed
from tocsin.engine.backoff import delay_after
from tocsin.engine.echo import Echo
from tocsin.ports import (
    Clock,
    ConflictError,
    GoneError,
    LeaseKeeper,
    RefusedError,
    UnavailableError,
    WriteError,
)

_log = structlog.get_logger(__name__)

#: The watch on the Lease is begun anew after so many seconds without a word, or three renewals.
_QUIET: Final = 15.0
#: A watch that failed is tried again at least so often, in seconds.
_LISTEN_AGAIN: Final = 5.0
#: Until the first renewal has come back, so many are a second apart: readiness waits for it.
_EAGER: Final = 5
#: Reading that is refused may mean that rights are not loaded yet: so often it is tried again.
_REFUSALS: Final = 5

_TICK: Final = timedelta(milliseconds=1)

_OUTCOMES: Final[dict[type[WriteError], str]] = {
    ConflictError: "conflict",
    GoneError: "gone",
    RefusedError: "refused",
    UnavailableError: "unavailable",
}


class Heartbeat:
    """Renews the Lease for `holder` as often as `every` says, and listens for the echo.

    `unobserved` says whether an alert of a former process was not looked at yet; `unsettled` since
    when something was looked at that does not stand in status; `count` is told how each renewal
    ended.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        keeper: LeaseKeeper,
        holder: str,
        every: timedelta,
        echo: Echo,
        unobserved: Callable[[], bool],
        unsettled: Callable[[], datetime | None],
        count: Callable[[str], None],
    ) -> None:
        self._clock = clock
        self._keeper = keeper
        self._holder = holder
        self._every = every
        self._echo = echo
        self._unobserved = unobserved
        self._unsettled = unsettled
        self._count = count
        self._lease: Lease | None = None
        self._unobserved_since: datetime | None = None
        self._logged: dict[str, str] = {}

    async def lived_until(self) -> datetime | None:
        """Until when the former process looked at alerts; None if nobody knows.

        Asks until the API server answers. If it keeps refusing, the answer is None: alerting does
        not hang on this one right.
        """
        attempts = refusals = 0
        while refusals < _REFUSALS:
            try:
                self._lease = await self._keeper.read()
                break
            except WriteError as error:
                self._failed("reading", error)
                attempts += 1
                refusals = refusals + 1 if isinstance(error, RefusedError) else 0
            await asyncio.sleep(delay_after(attempts).total_seconds())
        self._succeeded("reading")
        until = lived_until(self._lease, self._clock.now()) if self._lease else None
        self._unobserved_since = until or NEVER
        _log.info("lease read", lived_until=until.isoformat() if until else None)
        return until

    async def run(self) -> None:
        """Renew and listen until cancelled."""
        self._echo.begin()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._renew_for_ever(), name="renewals")
            tasks.create_task(self._listen_for_ever(), name="echo")

    async def renew(self) -> None:
        """Renew once; a failure is counted, logged if it is a new one, and stops nothing."""
        if not self._unobserved() and self._unsettled() is None:
            self._unobserved_since = None
        try:
            try:
                await self._write()
            except (ConflictError, GoneError) as error:  # somebody else has written or deleted it
                self._count(_outcome(error))
                await self._look_again()
                await self._write()
        except WriteError as error:
            self._count(_outcome(error))
            self._failed("renewing", error)
            return
        self._count("ok")
        self._succeeded("renewing")
        self._echo.answered()

    async def listen(self) -> bool:
        """Listen until the watch ends; whether it ended well."""
        quiet = max(_QUIET, RENEWALS_ALLOWED_FOR * self._every.total_seconds())
        try:
            async for lease in self._keeper.changes(quiet):
                self._succeeded("watching")
                if lease.holder == self._holder:
                    self._echo.heard()
        except WriteError as error:
            self._failed("watching", error)
            return False
        return True

    async def _write(self) -> None:
        lease = renewed(self._lease, self._holder, self._every, self._clock.now())
        self._lease = await self._keeper.write(replace(lease, unobserved_since=self._since()))

    def _since(self) -> datetime | None:
        """Until when alerts were looked at and what was seen stands in status; None: until now."""
        unsettled = self._unsettled()
        times = (self._unobserved_since, unsettled and unsettled - _TICK)
        return min((time for time in times if time), default=None)

    async def _look_again(self) -> None:
        self._lease = await self._keeper.read()
        if self._lease and self._lease.holder != self._holder:
            _log.warning("another operator holds the lease", holder=self._lease.holder)

    async def _renew_for_ever(self) -> None:
        eager = _EAGER
        while True:
            try:
                await self.renew()
            except Exception:  # noqa: BLE001  # a bug here must not stop the operator
                _log.exception("lease not renewed")
            if self._echo.age is None and eager:
                eager -= 1
                await asyncio.sleep(min(1.0, self._every.total_seconds()))
            else:
                await asyncio.sleep(self._every.total_seconds())

    async def _listen_for_ever(self) -> None:
        failures = 0
        while True:
            try:
                failures = 0 if await self.listen() else failures + 1
            except Exception:  # noqa: BLE001  # as above
                failures += 1
                _log.exception("lease not watched")
            await asyncio.sleep(min(_LISTEN_AGAIN, delay_after(failures).total_seconds()))

    def _failed(self, what: str, error: WriteError) -> None:
        """Keep what was said for readiness; log it once for each kind of failure."""
        self._echo.troubles[what] = f"{what} it failed: {error}"
        if self._logged.get(what) != _outcome(error):
            self._logged[what] = _outcome(error)
            _log.warning("lease in trouble", doing=what, error=str(error))

    def _succeeded(self, what: str) -> None:
        self._echo.troubles.pop(what, None)
        if self._logged.pop(what, None):
            _log.info("lease no longer in trouble", doing=what)


def _outcome(error: WriteError) -> str:
    return _OUTCOMES.get(type(error), "unavailable")
