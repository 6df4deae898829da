"""Takes the Lease when it may, renews it, and knows at each moment whether this process may act."""

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from tocsin.core import leadership
from tocsin.core.leadership import Attempt, Sighting, Term
from tocsin.core.lease import RENEWALS_ALLOWED_FOR, Lease
from tocsin.engine.backoff import delay_after
from tocsin.engine.echo import Echo
from tocsin.engine.tenure import EngineStuckError, Tenure
from tocsin.engine.troubles import Troubles, outcome
from tocsin.ports import LeaseKeeper, NotLeaderError, RefusedError, UnavailableError, WriteError

_log = structlog.get_logger(__name__)

#: A watch without a word for longer than a dead holder is waited for is begun anew, in seconds.
_QUIET: Final = 15.0
_QUIET_BEYOND: Final = 5.0
#: A watch that failed, and a Lease that could not be taken, are tried again so soon, in seconds.
_AGAIN: Final = 5.0
#: Until the first renewal has come back, so many are a second apart: readiness waits for it.
_EAGER: Final = 5
#: Within one attempt that decides, what failed is tried again after so many seconds.
_PAUSE: Final = 1.0


class Elector:
    """For the process that `tenure` names, which renews as often as `every` says.

    `on_lead` is told once, with the time until which the former holder looked at alerts. `on_lost`
    is told why it is over: from then on nothing may be done. `count` is told how each attempt
    ended. `leads`, `holder`, `may_act` and `is_sure` may be asked by any thread.
    """

    def __init__(  # noqa: PLR0913  # what it decides by, and whom it tells
        self,
        *,
        keeper: LeaseKeeper,
        tenure: Tenure,
        every: timedelta,
        echo: Echo,
        on_lead: Callable[[datetime | None], None],
        on_lost: Callable[[str], None],
        count: Callable[[str], None],
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._keeper = keeper
        self._tenure = tenure
        self._every = every
        self._echo = echo
        self._on_lead = on_lead
        self._on_lost = on_lost
        self._count = count
        self._monotonic = monotonic
        self._sleep = sleep
        self._troubles = Troubles(echo.troubles)
        self._lock = asyncio.Lock()
        self._wake = asyncio.Event()
        self._warm = False
        self._seen: Sighting | None = None
        self._term: Term | None = None
        self._over: str | None = None
        self._renew_at = 0.0
        self._eager = _EAGER

    @property
    def leads(self) -> bool:
        """Whether this process holds the Lease, as far as it knows."""
        return self._term is not None

    @property
    def holder(self) -> Lease | None:
        """The Lease as somebody holds it, if anybody does."""
        stored = self._seen and self._seen.stored
        return stored if stored and stored.holder else None

    def may_act(self) -> bool:
        """Whether this process may act without asking."""
        term = self._term
        return term is not None and leadership.may_act(term, self._every, self._monotonic())

    def is_sure(self) -> bool:
        """Whether nobody else can hold the Lease now."""
        return bool((t := self._term) and leadership.is_sure(t, self._every, self._monotonic()))

    async def run(self) -> None:
        """Take, renew and listen until cancelled, or until it is over."""
        self._echo.begin()
        listening = asyncio.create_task(self._listen_for_ever(), name="echo")
        try:
            while self._over is None:
                await self._rest(await self._step_safely())
        finally:
            listening.cancel()
            await asyncio.wait([listening])

    def be_warm(self) -> None:
        """From now on the Lease may be taken: all that a leader has to know is known."""
        self._warm = True
        self._wake.set()

    def stand_down(self) -> None:
        """From now on the Lease is not taken any more: this process is about to end."""
        self._warm = False

    async def step(self) -> float:
        """Do what is due; in how many seconds the next thing is, if nothing happens until then."""
        self._wake.clear()
        now = self._monotonic()
        if self.leads:
            if now >= self._renew_at:
                await self.renew()
            return max(0.0, self._renew_at - self._monotonic())
        if not self._warm or self._seen is None:
            return math.inf
        due = leadership.takeable_at(self._seen, self._tenure.me, self._every)
        if now < due:
            return due - now
        return 0.0 if await self._take(self._seen) else _AGAIN

    async def renew(self) -> None:
        """Make one attempt to renew, if this process leads."""
        async with self._lock:
            await self._renew()

    async def decide(self) -> None:
        """Find out whether this process may act, if it is not sure.

        Raises:
            NotLeaderError: it may not.
        """
        async with self._lock:
            while not self.may_act():
                if self._term is None:
                    raise NotLeaderError(self._over or "this process is a standby")
                await self._renew()

    async def release(self) -> None:
        """Give the Lease back, so that nobody has to wait for it; nothing may be done after."""
        async with self._lock:
            held, self._term, self._over = self.leads, None, "the Lease was given back"
            self._wake.set()
            if not held:
                return
            try:
                await self._tenure.give_back()
            except (WriteError, EngineStuckError) as error:
                _log.warning("lease not given back", error=str(error))
            else:
                _log.info("lease given back")

    async def listen(self) -> bool:
        """Listen until the watch ends; whether it ended well."""
        quiet = max(_QUIET, RENEWALS_ALLOWED_FOR * self._every.total_seconds()) + _QUIET_BEYOND
        through_watch = False
        try:
            async for lease in self._keeper.changes(quiet):
                self._troubles.over("watching")
                self._echo.answered()
                self._saw(lease)
                if through_watch and lease and self._is_renewal(lease):
                    self._echo.heard()
                through_watch = True
        except WriteError as error:
            self._troubles.begun("watching", error)
            self._seen = leadership.out_of_sight(self._seen)
            return False
        return True

    def _is_renewal(self, lease: Lease) -> bool:
        """Whether it is one of this process; for a standby, one of whoever leads."""
        return lease.holder == self._tenure.me or (not self.leads and bool(lease.holder))

    def _saw(self, lease: Lease | None) -> None:
        self._seen = leadership.sighted(self._seen, lease, self._monotonic())
        if self._term and (lease is None or lease.holder != self._tenure.me):
            if lease and lease.holder:  # perhaps from before our time: the API server knows
                self._term = leadership.in_doubt(self._term)
            self._renew_at = self._monotonic()
        self._wake.set()

    async def _take(self, seen: Sighting) -> bool:
        """Take the Lease as it was seen; whether that worked."""
        async with self._lock:
            begun = self._monotonic()
            try:
                until = await self._tenure.take(seen)
            except WriteError as error:  # a conflict: somebody was faster, and the watch tells who
                self._count(outcome(error))
                if isinstance(error, RefusedError | UnavailableError):
                    self._troubles.begun("taking", error)
                if isinstance(error, UnavailableError):
                    self._seen = leadership.out_of_sight(seen)
                return False
            self._troubles.over("taking")
            self._count("ok")
            self._term, self._renew_at = Term(begun), begun + self._pause()
        _log.info("leading", former=seen.lease.holder if seen.lease else None,
                  lived_until=until.isoformat() if until else None)  # fmt: skip
        self._on_lead(until)
        return True

    async def _renew(self) -> None:
        term = self._term
        if term is None:
            return
        begun = self._monotonic()
        try:
            attempt, said = await self._attempt(not leadership.is_sure(term, self._every, begun))
        except EngineStuckError as error:  # a standby is to take over
            self._renew_at = begun + self._pause()
            _log.error("lease not renewed", error=str(error))
            if self.holder and self.holder.holder != self._tenure.me:
                self._end(f"{self.holder.holder} leads now")
            return
        ended = self._monotonic()
        self._renew_at = begun + self._pause()
        doubted = self._term is not term  # by what was seen meanwhile: it may be the newer
        self._term = leadership.after(term, attempt, self._every, begun=begun, ended=ended)
        if self._term and doubted:
            self._term, self._renew_at = leadership.in_doubt(self._term), ended
        if self._term is None:
            self._end(said)
        else:
            self._troubles.without_lease(not leadership.is_sure(self._term, self._every, ended))

    def _end(self, why: str) -> None:
        self._term, self._over = None, why
        self._wake.set()
        self._on_lost(why)

    async def _attempt(self, decides: bool) -> tuple[Attempt, str]:
        """Try to renew; where that `decides`, again and again while an attempt may last."""
        deadline = self._monotonic() + leadership.attempt_lasts(self._every)
        while True:
            try:
                async with asyncio.timeout(max(0.0, deadline - self._monotonic())):
                    await self._tenure.renew()
            except TimeoutError:
                failed: WriteError = UnavailableError("the API server does not answer in time")
            except WriteError as error:
                failed = error
            else:
                self._troubles.over("renewing")
                self._count("ok")
                self._echo.answered()
                return Attempt.RENEWED, ""
            self._count(outcome(failed))
            self._troubles.begun("renewing", failed)
            last = self._monotonic() + _PAUSE >= deadline
            if last or not decides or isinstance(failed, NotLeaderError):
                break
            await self._sleep(_PAUSE)
        match failed:
            case NotLeaderError():
                return Attempt.TAKEN, str(failed)
            case RefusedError():
                return Attempt.REFUSED, f"the API server refuses to renew the Lease: {failed}"
            case _:
                return Attempt.UNREACHABLE, str(failed)

    def _pause(self) -> float:
        """How long after the beginning of a renewal the next one begins, in seconds."""
        every = self._every.total_seconds()
        if self._echo.age is None and self._eager:
            self._eager -= 1
            return min(1.0, every)
        return every

    async def _step_safely(self) -> float:
        try:
            return await self.step()
        except Exception:  # noqa: BLE001  # a bug here must not end it in silence
            _log.exception("lease not renewed")
            return 1.0

    async def _rest(self, seconds: float) -> None:
        """Wait so long, or until something happens that `step` has to know."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if seconds == math.inf else seconds):
                await self._wake.wait()

    async def _listen_for_ever(self) -> None:
        failures = 0
        while True:
            try:
                failures = 0 if await self.listen() else failures + 1
            except Exception:  # noqa: BLE001  # as above
                failures += 1
                _log.exception("lease not watched")
            await asyncio.sleep(min(_AGAIN, delay_after(failures).total_seconds()))
