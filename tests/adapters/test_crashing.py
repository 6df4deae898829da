"""Crash points: before and after each side effect, and nowhere unless somebody asks."""

import os
import signal
import subprocess
import sys

import pytest

from tests.engine.fakes import FakeSource
from tocsin.adapters.crashing import EFFECTS, POINTS, crashing, dying_at, points_around
from tocsin.core.metrics import Question
from tocsin.core.samples import Samples
from tocsin.ports import (
    EventRecorder,
    LeaseKeeper,
    ObjectWriter,
    Receivers,
    Source,
    StatusWriter,
    UnavailableError,
)

DIES = """
import asyncio
from tocsin.adapters.crashing import points_around

class Writer:
    async def write(self):
        print("written", flush=True)

writer = points_around({"TOCSIN_CRASH_AT": "after-status:2"})(Writer(), "status")
for _ in range(5):
    asyncio.run(writer.write())
"""


class Failing(FakeSource):
    async def ask(self, question: Question) -> Samples:
        raise UnavailableError("away")


PORTS = {
    "query": Source,
    "status": StatusWriter,
    "event": EventRecorder,
    "lease": LeaseKeeper,
    "create": ObjectWriter,
    "incident": ObjectWriter,
    "send": Receivers,
}


def test_each_effect_is_a_method_of_its_port_and_has_two_points() -> None:
    assert all(hasattr(PORTS[effect], method) for effect, method in EFFECTS.items())
    assert len(POINTS) == 2 * len(EFFECTS)


async def test_a_side_effect_passes_the_point_before_it_and_the_point_after_it() -> None:
    passed: list[str] = []
    source = FakeSource()
    wrapped = crashing(source, "query", passed.append)
    assert await wrapped.ask(Question("default", "q")) == Samples(())
    assert passed == ["before-query", "after-query"]
    assert source.asked == ["q"]


async def test_what_failed_passes_no_point_after_it() -> None:
    passed: list[str] = []
    with pytest.raises(UnavailableError):
        await crashing(Failing(), "query", passed.append).ask(Question("default", "q"))
    assert passed == ["before-query"]


def test_it_dies_at_the_point_that_is_named_and_the_time_that_is_named() -> None:
    deaths: list[None] = []
    passing = dying_at("before-event:2", lambda: deaths.append(None))
    seen = []
    for point in ("before-event", "after-event", "before-event", "before-event"):
        passing(point)
        seen.append(len(deaths))
    assert seen == [0, 0, 1, 1]


def test_nothing_is_wrapped_unless_somebody_asks() -> None:
    source = FakeSource()
    assert points_around({})(source, "query") is source
    assert points_around({"TOCSIN_CRASH_AT": ""})(source, "query") is source


@pytest.mark.parametrize("text", ["nowhere", "after-status:", "after-status:0", "after-status:x"])
def test_a_point_that_there_is_not_is_refused_with_all_that_there_are(text: str) -> None:
    with pytest.raises(ValueError, match="before-query, after-query") as error:
        points_around({"TOCSIN_CRASH_AT": text})
    assert repr(text) in str(error.value)


def test_the_process_is_killed_as_by_kill_9() -> None:
    died = subprocess.run(  # noqa: S603  # our own words, to our own interpreter
        [sys.executable, "-c", DIES],
        env={**os.environ, "PYTHONPATH": "operator"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert died.stdout.splitlines() == ["written", "written"]
