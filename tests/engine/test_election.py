"""The elector's thread: asked from the engine's, and busy with nothing but the Lease."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.engine.electing import ABSENT, FakeLeases, Process, lease
from tests.engine.fakes import SteppedClock
from tocsin.electing import Candidate
from tocsin.engine.election import Election, asked_on
from tocsin.engine.elector import Elector
from tocsin.engine.tenure import Standing
from tocsin.ports import NotLeaderError, UnavailableError


class Campaign:
    """An election with a Lease in memory; `opened` is made on its thread."""

    def __init__(self) -> None:
        self.process = Process(FakeLeases(), SteppedClock())
        self.threads: list[str] = []
        self.failures: list[str] = []
        self.election = Election(self._opened, self.failures.append)

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Elector]:
        self.threads.append(threading.current_thread().name)
        yield self.process.elector
        self.threads.append("closed")

    async def until(self, what: str, seconds: float = 10) -> None:
        """Wait until the election says so."""
        deadline = time.monotonic() + seconds
        while not getattr(self.election, what):  # another thread sets it
            assert time.monotonic() < deadline, what
            await asyncio.sleep(0.01)


async def test_it_leads_from_a_thread_of_its_own_and_gives_the_lease_back_at_the_end() -> None:
    campaign = Campaign()
    election = campaign.election
    assert (election.leads, election.holder) == (False, None)
    with pytest.raises(NotLeaderError):
        await election.check()
    await election.start()
    with pytest.raises(NotLeaderError, match="standby"):
        await election.check()
    election.be_warm()
    await campaign.until("leads")
    await election.check()
    await election.end(5)
    assert campaign.process.leases.stored
    assert campaign.process.leases.stored.holder == ""
    with pytest.raises(NotLeaderError):
        await election.check()
    assert campaign.threads[0] == "elector"
    assert campaign.failures == []


async def test_while_the_lease_is_valid_a_check_asks_nobody_and_after_that_the_api_server() -> None:
    campaign = Campaign()
    election, leases = campaign.election, campaign.process.leases
    await election.start()
    election.be_warm()
    await campaign.until("leads")
    asked = [one for one in leases.asked if "write" in one]
    for _ in range(100):
        await election.check()
    assert [one for one in leases.asked if "write" in one] == asked
    campaign.process.clock.step(20)
    leases.stored = lease("other", 20, "theirs")
    with pytest.raises(NotLeaderError, match="other leads now"):
        await election.check()
    assert campaign.process.lost == ["other leads now"]
    await election.end(5)
    assert leases.stored.holder == "other"


async def test_an_elector_that_cannot_be_made_is_an_error_at_the_start() -> None:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Elector]:
        raise OSError("no kubeconfig")
        yield

    with pytest.raises(OSError, match="no kubeconfig"):
        await Election(opened, lambda _: None).start()


async def test_an_elector_that_ends_by_itself_is_told() -> None:
    failed = asyncio.get_running_loop().create_future()
    loop = asyncio.get_running_loop()

    @asynccontextmanager
    async def opened() -> AsyncIterator[Elector]:
        elector = Process(FakeLeases(), SteppedClock()).elector

        async def fail() -> None:
            raise KeyError("bug")

        elector.run = fail  # type: ignore[method-assign]  # a bug is planted
        yield elector

    await Election(opened, lambda why: loop.call_soon_threadsafe(failed.set_result, why)).start()
    async with asyncio.timeout(10):
        assert await failed == "the elector failed: KeyError('bug')"


async def test_an_engine_that_is_busy_is_not_waited_for() -> None:
    engine = asyncio.new_event_loop()
    ask = asked_on(engine, lambda: Standing(unobserved=True, unsettled=None), patience=0.1)
    assert await ask() is None  # its loop does not go round
    thread = threading.Thread(target=engine.run_forever)
    thread.start()
    assert await ask() == Standing(unobserved=True, unsettled=None)
    engine.call_soon_threadsafe(engine.stop)
    thread.join(10)
    engine.close()


def test_a_pod_is_known_by_its_name_and_its_pages_by_its_address() -> None:
    pod = {"POD_NAME": "tocsin-a", "POD_IP": "10.0.0.7"}
    assert Candidate.of(pod, 8080) == Candidate("tocsin-a", "http://10.0.0.7:8080")
    six = Candidate.of({**pod, "POD_IP": "fd00::7"}, 8080)
    assert six.address == "http://[fd00::7]:8080"


def test_processes_of_one_machine_are_not_taken_for_each_other() -> None:
    one, other = Candidate.of({}, 8080), Candidate.of({}, 8080)
    assert one.name != other.name
    assert one.address == ""


async def test_who_goes_on_as_the_api_server_does_not_answer_tells_people_and_writes_nothing() -> (
    None
):
    campaign = Campaign()
    election, leases = campaign.election, campaign.process.leases
    await election.start()
    election.be_warm()
    await campaign.until("leads")
    await election.check_write()
    leases.fault = ABSENT
    campaign.process.clock.step(20)
    await election.check()
    with pytest.raises(UnavailableError, match="another may lead"):
        await election.check_write()
    await election.end(5)
