"""Rules that compare with the past: what is asked for it, what is kept, and what it decides."""

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.engine.fakes import FakeSource
from tests.engine.world import NAMESPACE, World, rule
from tocsin.core.metrics import Question, Span
from tocsin.core.samples import Answer, Failure, FailureKind, Sample, Samples
from tocsin.engine.times import write_time

LABELS = {"namespace": NAMESPACE, "deployment": "scorer"}
DOWN = Failure(FailureKind.UNREACHABLE, "no route to host")


class Historical(FakeSource):
    """A source with a past: a value is a function of the time, in seconds."""

    def __init__(self, world: Callable[[], World], course: Callable[[float], float]) -> None:
        super().__init__()
        self.world = world
        self.course = course
        self.now: float | None = None
        self.spans: list[Span] = []
        self.broken: Answer | None = None

    async def ask(self, question: Question) -> Answer:
        span = question.span
        if span is None:
            now = self.world().clock.now().timestamp()
            value = self.course(now) if self.now is None else self.now
            return Samples((Sample(LABELS, value),))
        self.spans.append(span)
        if self.broken:
            return self.broken
        steps = int((span.end - span.start) / span.step) + 1
        times = [span.start + n * span.step for n in range(steps)]
        points = tuple((time, self.course(time)) for time in times)
        return Samples((Sample(LABELS, math.nan, points=points),))


def steady(time: float) -> float:
    """Around 100, by up to 10."""
    return 100 + 10 * math.sin(time / 60)


def anomaly(**fields: Any) -> dict[str, Any]:
    """A rule that compares with two hours that end ten minutes ago."""
    baseline = {"window": "2h", "endingBefore": "10m"}
    criterion = {"metric": {"prometheus": {"query": "q"}}, "baseline": baseline, **fields}
    return rule(criterion={"anomaly": criterion}, **{"for": "0s"})


def made(course: Callable[[float], float] = steady) -> tuple[World, Historical]:
    """A world with one model, whose values follow `course`."""
    worlds: list[World] = []
    source = Historical(lambda: worlds[0], course)
    worlds.append(World(sources={"default": source}))
    worlds[0].deploy("scorer")
    worlds[0].list_all()
    return worlds[0], source


async def test_the_past_is_read_piece_by_piece_and_then_only_gone_on_with() -> None:
    world, source = made()
    world.apply(anomaly())
    await world.tick(5, by=5)
    assert len(source.spans) == 6  # of 1,440 points, 240 at a time
    assert all(
        one.start > other.end for one, other in zip(source.spans[1:], source.spans, strict=False)
    )
    await world.tick(10, by=5)
    assert world.status()["state"] == "Inactive"
    asked, end = len(source.spans), source.spans[-1].end
    await world.tick(600, by=5)
    later = source.spans[asked:]
    assert later
    assert later[0].start == end + 5
    assert sum(one.end - one.start for one in later) < 700


async def test_a_value_far_from_the_usual_fires_with_what_is_usual() -> None:
    world, source = made()
    world.apply(anomaly())
    await world.tick(15, by=5)
    source.now = 200.0
    await world.tick(5, by=5)
    [alert] = world.status()["alerts"]
    assert alert["state"] == "Firing"
    assert 99 < float(alert["baseline"]) < 101
    assert "deviations above the usual" in alert["reason"]


async def test_until_the_past_is_read_nothing_is_known() -> None:
    world, source = made()
    source.broken = DOWN
    world.apply(anomaly())
    source.now = 200.0
    await world.tick(20, by=5)
    status = world.status()
    assert status["state"] == "Unknown"
    assert "its past cannot be read: no route to host" in status["message"]


async def test_a_source_that_loses_its_past_for_a_while_changes_nothing() -> None:
    world, source = made()
    world.apply(anomaly())
    await world.tick(15, by=5)
    source.broken = DOWN
    source.now = 200.0
    await world.tick(600, by=5)
    assert world.status()["state"] == "Firing"


async def test_after_a_restart_the_past_is_read_again_and_the_alert_goes_on() -> None:
    world, source = made()
    world.apply(anomaly())
    await world.tick(15, by=5)
    source.now = 200.0
    await world.tick(10, by=5)
    fired_at = world.status()["alerts"][0]["firedAt"]
    world.restart()
    await world.tick(30, by=5)
    [alert] = world.status()["alerts"]
    assert (alert["state"], alert["firedAt"]) == ("Firing", fired_at)


async def test_a_level_that_stays_is_usual_in_the_end() -> None:
    world, source = made()
    world.apply(anomaly())
    await world.tick(15, by=5)
    source.course = lambda time: steady(time) + 100
    await world.tick(10, by=5)
    assert world.status()["state"] == "Firing"
    await world.tick(4 * 3600, by=5)
    assert world.status()["state"] == "Inactive"


@pytest.mark.parametrize(
    ("selector", "usual"), [({"rules": ["latency"]}, 100), ({"rules": ["another"]}, 115)]
)
async def test_times_in_which_the_alert_was_silenced_are_not_usual(
    selector: dict[str, Any], usual: float
) -> None:
    world, source = made()
    begin = world.clock.now().timestamp()
    source.course = lambda time: steady(time) + (0 if time < begin - 2400 else 60)
    since, until = (
        write_time(world.clock.now() + timedelta(minutes=minutes)) for minutes in (-40, 20)
    )
    spec = {"selector": selector, "startsAt": since, "endsAt": until, "comment": "load test"}
    world.put("AlertSilence", "load", spec=spec)
    world.apply(anomaly(deviations=100))
    await world.tick(20, by=5)
    source.now = 5000.0
    await world.tick(5, by=5)
    [alert] = world.status()["alerts"]
    assert float(alert["baseline"]) == pytest.approx(usual, abs=3)


async def test_an_edit_that_asks_something_else_begins_anew() -> None:
    world, source = made()
    world.apply(anomaly())
    await world.tick(15, by=5)
    asked = len(source.spans)
    world.apply(anomaly(deviations=4))
    await world.tick(10, by=5)
    assert len(source.spans) > asked


async def test_a_past_that_makes_no_sense_shows_on_its_rule_and_stops_nothing() -> None:
    world, source = made()
    nonsense = Sample(LABELS, math.nan, points=((1.0, "2"),))  # type: ignore[arg-type]  # on purpose
    source.broken = Samples((nonsense,))
    world.apply(anomaly())
    await world.tick(20, by=5)
    assert "its past cannot be read: a bug in Tocsin" in world.status()["message"]
