"""One Lease, and processes that want it: each has its own monotonic clock; all are stepped."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.engine.fakes import START, SteppedClock
from tocsin.core.lease import Lease
from tocsin.engine.echo import Echo
from tocsin.engine.elector import Elector
from tocsin.engine.tenure import Standing, Tenure
from tocsin.ports import ConflictError, GoneError, RefusedError, UnavailableError, WriteError

ABSENT = UnavailableError("connection refused")
FORBIDDEN = RefusedError("403 Forbidden")
EVERY = timedelta(seconds=5)


@dataclass
class FakeLeases:
    """The API server, as far as one Lease goes: versions, and faults on demand."""

    stored: Lease | None = None
    faults: list[WriteError | None] = field(default_factory=list)  # of what is asked next
    fault: WriteError | None = None  # of everything
    asked: list[str] = field(default_factory=list)
    meanwhile: Callable[[], object] | None = None  # happens once, before a write is answered

    def write(self, lease: Lease) -> Lease:
        """Store it if it is still at its version."""
        if lease.version and self.stored is None:
            raise GoneError("not found")
        if lease.version != (self.stored.version if self.stored else ""):
            raise ConflictError("the object has been modified")
        self.stored = replace(lease, version=str(len(self.asked)))
        return self.stored

    def ask(self, who: str, what: str) -> None:
        """Note what was asked, and fail if that is planned."""
        self.asked.append(f"{who} {what}")
        if fault := self.faults.pop(0) if self.faults else self.fault:
            raise fault


class Process:
    """One that wants the Lease; what it is told, and what it tells."""

    def __init__(self, leases: FakeLeases, clock: SteppedClock, name: str = "me") -> None:
        self.clock = clock
        self.leases = leases
        self.name = name
        self.outcomes: Counter[str] = Counter()
        self.reconnected: list[float] = []
        self.standing: Standing | None = Standing(unobserved=False, unsettled=None)
        self.leading_since: list[datetime | None] = []
        self.lost: list[str] = []
        self.watch: list[Lease | WriteError | None] | None = None  # None: what is stored
        self.slow = 0.0  # seconds until a write is answered
        self.echo = Echo("tocsin", lambda: self.reconnected.append(self.seconds()), self.seconds)
        self.elector = Elector(
            keeper=self,
            tenure=Tenure(
                clock=clock,
                keeper=self,
                me=name,
                address=f"http://{name}:8080",
                every=EVERY,
                standing=self._standing,
                count=self._count,
            ),
            every=EVERY,
            echo=self.echo,
            on_lead=self.leading_since.append,
            on_lost=self.lost.append,
            count=self._count,
            monotonic=self.seconds,
            sleep=self._sleep,
        )

    def seconds(self) -> float:
        """The monotonic clock: it began at some other time for each process."""
        return (self.clock.now() - START).total_seconds() + len(self.name)

    async def read(self) -> Lease | None:
        """The port."""
        self.leases.ask(self.name, "read")
        return self.leases.stored

    async def write(self, lease: Lease) -> Lease:
        """The port."""
        self.leases.ask(self.name, "write")
        stored = self.leases.write(lease)
        self.clock.step(self.slow)
        if self.leases.meanwhile:
            happens, self.leases.meanwhile = self.leases.meanwhile, None
            happens()
        return stored

    async def changes(self, silence: float) -> AsyncIterator[Lease | None]:
        """The port: the list tells of nothing new, and then comes what the watch told."""
        self.leases.ask(self.name, f"watch, {silence:g} s")
        for one in [self.leases.stored] * 2 if self.watch is None else self.watch:
            if isinstance(one, WriteError):
                raise one
            yield one

    async def lead(self) -> None:
        """See that the Lease is free, and take it."""
        self.elector.be_warm()
        await self.elector.listen()
        await self.elector.step()
        assert self.elector.leads

    async def live(self, seconds: int, *, heard: bool = True) -> None:
        """So much time passes, second by second; with `heard` the watch tells of what is stored."""
        until = self.clock.now() + timedelta(seconds=seconds)
        while self.clock.now() < until:  # an attempt takes some of it
            self.clock.step(1)
            await self.turn(heard=heard)

    async def turn(self, *, heard: bool = True) -> None:
        """Do what is due now."""
        await self.elector.step()
        if heard:
            await self.elector.listen()

    def _count(self, outcome: str) -> None:
        self.outcomes[outcome] += 1

    async def _standing(self) -> Standing | None:
        return self.standing

    async def _sleep(self, seconds: float) -> None:
        self.clock.step(seconds)


def lease(holder: str = "other", renewed: float = -60, version: str = "v") -> Lease:
    """One that was renewed so many seconds after the beginning."""
    then = START + timedelta(seconds=renewed)
    return Lease(holder, then, then, timedelta(seconds=15), version=version)
