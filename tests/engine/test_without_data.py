"""A firing alert without data is held for as long as that takes, and is told of once."""

import pytest

from tests.engine.world import ON_BOTH, World, rule, started
from tocsin.core.samples import Failure, FailureKind, Samples
from tocsin.engine.times import read_time

NOTHING = Samples(())
DOWN = Failure(FailureKind.UNREACHABLE, "connection refused")
MINUTE, HOUR = 60, 3600


async def silent(seconds: int) -> World:
    """A world whose firing alert has gone without data for so long."""
    world = await started(firing=True)
    world.apply(rule(interval="60s"))
    world.source.answers["q"] = NOTHING
    await world.tick(MINUTE, by=20)
    assert world.status()["alerts"][0]["unobservedSince"]
    await world.tick(seconds, by=20)
    return world


def told(world: World) -> list[str]:
    return [one.reason for one in world.take_told()]


async def test_after_an_hour_one_event_on_rule_and_workload_says_so_and_what_to_do() -> None:
    world = await silent(HOUR - 2 * MINUTE)
    assert told(world) == []
    await world.tick(3 * MINUTE, by=20)
    notices = world.take_told()
    assert [(one.reason, one.on) for one in notices] == [("AlertWithoutData", on) for on in ON_BOTH]
    (alert,) = world.status()["alerts"]
    since = read_time(alert["unobservedSince"])
    assert f"no data of scorer since {since:%Y-%m-%d %H:%M:%S}Z" in notices[0].note
    assert f"tocsin.dev/resolve={alert['id']}" in notices[0].note
    assert (alert["state"], alert["toldWithoutData"]) == ("Firing", True)


async def test_it_is_told_once_however_long_it_lasts_and_over_restarts() -> None:
    world = await silent(HOUR + MINUTE)
    assert told(world) == ["AlertWithoutData"] * 2
    await world.tick(HOUR, by=20)
    for _ in range(3):
        world.restart()
        await world.tick(3 * MINUTE, by=20)
    world.clock.step(2 * HOUR)
    world.restart()
    await world.tick(3 * MINUTE, by=20)
    assert told(world) == []


async def test_it_is_told_if_the_hour_passed_while_the_operator_was_away() -> None:
    world = await silent(MINUTE)
    world.clock.step(2 * HOUR)
    world.restart()
    await world.tick(3 * MINUTE, by=20)
    assert told(world) == ["AlertWithoutData"] * 2


async def test_it_is_told_if_the_source_failed_when_the_hour_passed() -> None:
    world = await silent(MINUTE)
    world.source.answers["q"] = DOWN
    await world.tick(2 * HOUR, by=20)
    assert told(world) == ["SourceFailed"]
    world.source.answers["q"] = NOTHING
    await world.tick(3 * MINUTE, by=20)
    assert told(world) == ["AlertWithoutData"] * 2


async def test_it_is_told_anew_once_data_were_seen_again() -> None:
    world = await silent(HOUR + MINUTE)
    assert told(world) == ["AlertWithoutData"] * 2
    world.value(scorer=12)
    await world.tick(MINUTE, by=20)
    (alert,) = world.status()["alerts"]
    assert not {"unobservedSince", "toldWithoutData"} & alert.keys()
    world.source.answers["q"] = NOTHING
    await world.tick(HOUR + 2 * MINUTE, by=20)
    assert told(world) == ["AlertWithoutData"] * 2


async def test_the_first_good_value_after_it_resolves_the_alert() -> None:
    world = await silent(HOUR + MINUTE)
    world.take_told()
    world.value(scorer=3)
    await world.tick(MINUTE, by=20)
    assert told(world) == ["AlertResolved"] * 2
    assert "toldWithoutData" not in world.status()["history"][0]


@pytest.mark.parametrize("spec", [{"for": "2h"}, {"mode": "Shadow", "for": "0s"}])
async def test_of_what_nobody_was_told_nothing_is_told_now(spec: dict[str, str]) -> None:
    world = World()
    world.deploy()
    world.apply(rule(interval="60s", **spec))
    world.list_all()
    world.value(scorer=12)
    await world.tick(2 * MINUTE, by=20)
    world.source.answers["q"] = NOTHING
    await world.tick(2 * HOUR, by=20)
    assert told(world) == []
    assert len(world.status()["alerts"]) == 1


async def test_a_source_that_fails_for_a_day_is_told_as_that_and_holds() -> None:
    world = await started(firing=True)
    world.apply(rule(interval="1h"))
    world.source.answers["q"] = DOWN
    await world.tick(24 * HOUR, by=HOUR)
    assert told(world) == ["SourceFailed"]
    assert world.status()["alerts"][0]["state"] == "Firing"
