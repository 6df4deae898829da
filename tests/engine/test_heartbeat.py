"""The Lease is renewed whatever happens, and tells the next process until when this one looked."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from tests.engine.fakes import START, SteppedClock
from tocsin.core.lease import Lease, lived_until
from tocsin.engine import heartbeat
from tocsin.engine.echo import SILENCE, Echo
from tocsin.engine.heartbeat import Heartbeat
from tocsin.ports import ConflictError, GoneError, RefusedError, UnavailableError, WriteError

ABSENT = UnavailableError("connection refused")
FORBIDDEN = RefusedError("403 Forbidden")


@dataclass
class FakeLeases:
    """The API server, as far as one Lease goes: versions, and faults on demand."""

    stored: Lease | None = None
    faults: list[WriteError | None] = field(default_factory=list)  # of what is asked next
    watch: list[Lease | WriteError] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def read(self) -> Lease | None:
        self._ask("read")
        return self.stored

    async def write(self, lease: Lease) -> Lease:
        self._ask("write")
        if lease.version and self.stored is None:
            raise GoneError("not found")
        if lease.version != (self.stored.version if self.stored else ""):
            raise ConflictError("the object has been modified")
        self.stored = replace(lease, version=str(len(self.asked)))
        return self.stored

    async def changes(self, silence: float) -> AsyncIterator[Lease]:
        self.asked.append(f"watch, {silence:g} s")
        for one in self.watch:
            if isinstance(one, WriteError):
                raise one
            yield one

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.faults and (fault := self.faults.pop(0)):
            raise fault


class Heart:
    """A heartbeat, its clock, and what came of it."""

    def __init__(self, stored: Lease | None = None) -> None:
        self.clock = SteppedClock()
        self.leases = FakeLeases(stored)
        self.outcomes: Counter[str] = Counter()
        self.reconnected: list[float] = []
        self.unobserved = False
        self.unsettled: datetime | None = None
        self.echo = Echo("tocsin", self._reconnect, self.seconds)
        self.beat = Heartbeat(
            clock=self.clock,
            keeper=self.leases,
            holder="me",
            every=timedelta(seconds=5),
            echo=self.echo,
            unobserved=lambda: self.unobserved,
            unsettled=lambda: self.unsettled,
            count=self._count,
        )

    def seconds(self) -> float:
        return (self.clock.now() - START).total_seconds()

    def _reconnect(self) -> None:
        self.reconnected.append(self.seconds())

    def _count(self, outcome: str) -> None:
        self.outcomes[outcome] += 1

    async def live(self, seconds: int, *, heard: bool = True) -> None:
        """Renew every five seconds; with `heard` the watch tells of it."""
        for _ in range(seconds // 5):
            self.clock.step(5)
            await self.beat.renew()
            self.leases.watch = [self.leases.stored] if heard and self.leases.stored else []
            await self.beat.listen()


def lease(holder: str = "other", renewed: float = -60, version: str = "v") -> Lease:
    then = START + timedelta(seconds=renewed)
    return Lease(holder, then, then, timedelta(seconds=15), version=version)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "delay_after", lambda _: timedelta())


async def test_the_renewal_of_the_former_process_says_until_when_it_lived() -> None:
    assert await Heart(lease()).beat.lived_until() == START - timedelta(seconds=60)


async def test_without_a_lease_nobody_knows_until_when_an_operator_lived() -> None:
    assert await Heart().beat.lived_until() is None


async def test_an_absent_api_server_is_waited_for() -> None:
    heart = Heart(lease())
    heart.leases.faults = [ABSENT] * 50
    assert await heart.beat.lived_until() == START - timedelta(seconds=60)
    assert heart.leases.asked == ["read"] * 51


async def test_a_right_that_comes_late_is_waited_for_and_one_that_does_not_come_is_not() -> None:
    heart = Heart(lease())
    heart.leases.faults = [FORBIDDEN] * 4
    assert await heart.beat.lived_until() == START - timedelta(seconds=60)
    heart = Heart(lease())
    heart.leases.faults = [FORBIDDEN] * 100
    assert await heart.beat.lived_until() is None


async def test_the_lease_is_taken_over_and_renewed() -> None:
    heart = Heart(lease())
    await heart.beat.lived_until()
    await heart.live(10)
    stored = heart.leases.stored
    assert stored
    assert (stored.holder, stored.transitions) == ("me", 1)
    assert stored.acquired_at == START + timedelta(seconds=5)
    assert stored.renewed_at == START + timedelta(seconds=10)
    assert heart.outcomes == {"ok": 2}


async def test_a_lease_that_was_deleted_is_made_again_at_once() -> None:
    heart = Heart(lease("me"))
    await heart.beat.lived_until()
    heart.leases.stored = None
    await heart.live(5)
    assert heart.leases.stored
    assert heart.outcomes == {"gone": 1, "ok": 1}


async def test_a_lease_that_somebody_else_has_written_is_taken_over_at_once() -> None:
    heart = Heart(lease("me"))
    await heart.beat.lived_until()
    heart.leases.stored = lease("other", 0, version="theirs")
    await heart.live(5)
    assert heart.leases.stored.holder == "me"
    assert heart.outcomes == {"conflict": 1, "ok": 1}


@pytest.mark.parametrize(("fault", "outcome"), [(ABSENT, "unavailable"), (FORBIDDEN, "refused")])
async def test_a_renewal_that_fails_is_counted_and_stops_nothing(
    fault: WriteError, outcome: str
) -> None:
    heart = Heart(lease("me"))
    await heart.beat.lived_until()
    heart.leases.faults = [fault, fault]
    await heart.live(15)
    assert heart.outcomes == {outcome: 2, "ok": 1}


async def test_trouble_is_logged_once_for_each_cause_and_once_when_it_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logged: list[str] = []

    def note(message: str, **rest: str) -> None:
        logged.append(f"{message}: {rest.get('error', '')}")

    heart = Heart(lease("me"))
    await heart.beat.lived_until()
    monkeypatch.setattr(heartbeat._log, "warning", note, raising=False)
    monkeypatch.setattr(heartbeat._log, "info", note, raising=False)
    heart.leases.faults = [ABSENT, UnavailableError("timeout"), FORBIDDEN, FORBIDDEN]
    await heart.live(25)
    assert logged == [
        "lease in trouble: connection refused",
        "lease in trouble: 403 Forbidden",
        "lease no longer in trouble: ",
    ]


async def test_a_lease_says_until_when_all_that_was_seen_stood_in_status() -> None:
    heart = Heart()
    await heart.beat.lived_until()
    await heart.live(5)
    heart.unsettled = heart.clock.now()
    await heart.live(30)
    assert heart.leases.stored
    until = lived_until(heart.leases.stored, heart.clock.now())
    assert until == heart.unsettled - timedelta(milliseconds=1)
    heart.unsettled = None
    await heart.live(5)
    assert lived_until(heart.leases.stored, heart.clock.now()) == heart.clock.now()


async def test_while_restored_alerts_are_unobserved_the_next_process_is_told_so() -> None:
    heart = Heart(lease())
    former = await heart.beat.lived_until()
    heart.unobserved = True
    await heart.live(20)
    assert heart.leases.stored
    assert lived_until(heart.leases.stored, heart.clock.now()) == former
    heart.unobserved = False
    await heart.live(5)
    assert lived_until(heart.leases.stored, heart.clock.now()) == heart.clock.now()


async def test_where_nobody_knew_the_next_process_knows_no_more() -> None:
    heart = Heart()
    await heart.beat.lived_until()
    heart.unobserved = True
    await heart.live(5)
    assert heart.leases.stored
    assert lived_until(heart.leases.stored, heart.clock.now()) is None


async def test_what_comes_back_by_the_watch_keeps_the_operator_ready() -> None:
    heart = Heart(lease())
    await heart.beat.lived_until()
    assert "has told of no renewal yet" in str(heart.echo.problem())
    await heart.live(300)
    assert heart.echo.problem() is None
    assert heart.reconnected == []


async def test_a_renewal_of_somebody_else_is_no_echo() -> None:
    heart = Heart()
    heart.leases.watch = [lease("other")]
    await heart.beat.listen()
    assert heart.echo.age is None


async def test_a_watch_that_tells_of_nothing_is_a_problem_after_thirty_seconds() -> None:
    heart = Heart()
    await heart.live(5)
    await heart.live(int(SILENCE), heard=False)
    assert heart.echo.problem() is None
    await heart.live(5, heard=False)
    assert heart.echo.problem() == (
        "the watch on Lease tocsin has not told of a renewal for 35 s: "
        "the API server takes renewals, but its watch tells of none"
    )


async def test_what_the_renewals_and_the_watch_were_told_is_part_of_the_problem() -> None:
    heart = Heart()
    await heart.live(5)
    heart.clock.step(34)
    heart.leases.faults = [ABSENT]
    heart.leases.watch = [FORBIDDEN]
    await heart.beat.renew()
    await heart.beat.listen()
    assert heart.echo.problem() == (
        "the watch on Lease tocsin has not told of a renewal for 34 s: "
        "renewing it failed: connection refused; watching it failed: 403 Forbidden"
    )


async def test_watches_begin_anew_once_the_api_server_answers_after_a_silence() -> None:
    heart = Heart()
    await heart.live(5)
    heart.leases.faults = [ABSENT] * 20
    await heart.live(100, heard=False)
    assert heart.reconnected == []  # there is nobody to connect to
    await heart.live(5)
    assert heart.reconnected == [110]
    await heart.live(60)
    assert heart.reconnected == [110]


async def test_watches_begin_anew_while_only_the_watch_is_dead_but_not_all_the_time() -> None:
    heart = Heart()
    await heart.live(5)
    await heart.live(100, heard=False)
    assert heart.reconnected == [40, 75]


async def test_a_short_silence_is_left_to_the_connections() -> None:
    heart = Heart()
    await heart.live(5)
    heart.leases.faults = [ABSENT] * 4
    await heart.live(20, heard=False)
    await heart.live(60)
    assert heart.reconnected == []


async def test_the_watch_is_given_up_after_three_renewals_but_not_before_fifteen_seconds() -> None:
    heart = Heart()
    await heart.beat.listen()
    assert heart.leases.asked == ["watch, 15 s"]


async def test_a_bug_in_renewing_or_listening_does_not_end_the_heartbeat(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heart = Heart()
    tried: Counter[str] = Counter()
    again = asyncio.Event()

    async def fail(what: str) -> bool:
        tried[what] += 1
        if min(tried["renew"], tried["listen"]) > 2:
            again.set()
        raise KeyError(what)

    monkeypatch.setattr(heart.beat, "_every", timedelta())
    monkeypatch.setattr(heartbeat, "delay_after", lambda _: timedelta())
    monkeypatch.setattr(heart.beat, "renew", lambda: fail("renew"))
    monkeypatch.setattr(heart.beat, "listen", lambda: fail("listen"))
    running = asyncio.create_task(heart.beat.run())
    async with asyncio.timeout(30):
        await again.wait()
    running.cancel()
    await asyncio.wait([running])
