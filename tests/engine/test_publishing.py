"""Statuses reach the API server: late if need be, seldom, and the latest one."""

from datetime import timedelta
from itertools import pairwise

from tests.engine.world import World, rule_named, started
from tocsin.core.samples import Sample, Samples
from tocsin.ports import ConflictError, GoneError, RefusedError, UnavailableError, WriteError


def times(world: World) -> list[int]:
    """Seconds between attempts to write."""
    at = [when for _, when in world.api.attempts]
    return [round((b - a).total_seconds()) for a, b in pairwise(at)]


async def failing(*faults: WriteError) -> World:
    """A world whose next writes fail, and a status that has to be written."""
    world = await started()
    world.api.attempts.clear()
    world.api.writes.clear()
    world.api.faults = list(faults)
    world.value(scorer=12)
    await world.tick(5)
    assert world.status()["state"] == "Inactive"
    return world


async def test_an_api_server_that_does_not_answer_is_asked_again_ever_more_seldom() -> None:
    world = await failing(*[UnavailableError("503")] * 8)
    await world.tick(200)
    assert times(world)[:7] == [1, 2, 4, 8, 16, 30, 30]
    assert world.status()["state"] == "Firing"


async def test_the_status_that_is_written_at_last_is_the_latest() -> None:
    world = await failing(*[UnavailableError("503")] * 6)
    await world.tick(30)
    assert world.status()["state"] == "Inactive"
    world.value(scorer=3)
    await world.tick(60)
    assert [one["reason"] for one in world.status()["history"]] == ["Recovered"]
    assert len(world.api.writes) == 1
    assert [one.reason for one in world.take_told()] == [
        "AlertFiring",
        "AlertFiring",
        "AlertResolved",
        "AlertResolved",
    ]


async def test_after_a_success_the_waits_are_short_again() -> None:
    world = await failing(*[UnavailableError("503")] * 3)
    await world.tick(30)
    world.api.attempts.clear()
    world.api.faults = [UnavailableError("503")]
    world.value(scorer=3)
    await world.tick(6)
    assert times(world) == [1]
    assert world.status()["state"] == "Inactive"


async def test_a_conflict_is_over_once_the_watch_has_told_of_the_newer_version() -> None:
    world = await started()
    (key,) = world.api.rules
    world.api.attempts.clear()
    world.api.touch(key)
    world.value(scorer=12)
    await world.tick(7)
    assert world.status()["state"] == "Inactive"
    assert len(world.api.attempts) == 2
    world.engine.saw("MLAlertRule", world.api.rules[key])
    await world.tick(2)
    assert world.status()["state"] == "Pending"


async def test_conflicts_are_tried_again_within_seconds() -> None:
    world = await failing(ConflictError("409"), ConflictError("409"))
    await world.tick(3)
    assert times(world) == [1, 2]
    assert world.status()["state"] == "Pending"


async def test_a_refused_write_is_tried_again_after_a_minute() -> None:
    world = await failing(RefusedError("403"))
    await world.tick(59)
    assert len(world.api.attempts) == 1
    await world.tick(1)
    assert world.status()["state"] == "Firing"


async def test_an_object_that_is_gone_is_left_alone_until_the_next_evaluation() -> None:
    world = await failing(UnavailableError("503"), GoneError("404"))
    await world.tick(3)
    assert len(world.api.attempts) == 2
    await world.tick(2)
    assert world.status()["state"] == "Pending"


async def test_a_status_that_came_and_went_unwritten_holds_up_no_later_one() -> None:
    world = await started()
    mine = Sample({"namespace": "fraud", "deployment": "scorer"}, 3)
    world.api.faults = [UnavailableError("503")] * 2
    for unattributed in (1, 0):
        stray = [Sample({"a": "b"}, 1)] * unattributed
        world.source.answers["q"] = Samples((mine, *stray))
        world.engine._evaluator.plan(next(iter(world.book)))
        world.clock.step(5)
        world.engine.start_due()
        await world.engine.settle()
    world.api.faults = []
    await world.tick(10)
    world.value(scorer=12)
    await world.tick(15)
    assert world.status()["state"] == "Firing"


async def test_one_object_is_written_at_most_once_a_second() -> None:
    world = await started(interval="1s", for_="0s")
    for second in range(30):
        for _ in range(2):
            world.value(scorer=12 if second % 2 else 3)
            await world.work()
            world.clock.time += timedelta(milliseconds=500)
    at = [when for _, when in world.api.writes]
    assert len(at) > 20
    assert all(b - a >= timedelta(seconds=1) for a, b in pairwise(at))


async def test_one_objects_trouble_does_not_delay_anothers_status() -> None:
    world = await started()
    world.api.faults = [RefusedError("403")]
    world.apply(rule_named("other"))
    world.value(scorer=12)
    await world.tick(5)
    states = {world.api.rules[key]["status"].get("state") for key in world.api.rules}
    assert "Pending" in states


async def test_a_rule_made_again_during_a_write_that_fails_is_not_delayed_by_it() -> None:
    world = await started()

    def make_again() -> None:
        world.api.rules.clear()
        world.apply()

    world.api.meanwhile = make_again
    world.api.faults = [RefusedError("403")]
    world.value(scorer=12)
    await world.tick(7)
    assert world.status()["message"] == "waiting for the next evaluation, within 5s"


async def test_what_changes_during_a_second_attempt_is_written_next() -> None:
    world = await failing(UnavailableError("503"))
    (body,) = world.api.rules.values()

    def suspend() -> None:
        body["spec"]["suspend"] = True
        body["metadata"]["generation"] += 1
        world.engine.saw("MLAlertRule", body)

    world.api.meanwhile = suspend
    await world.tick(3)
    assert world.status()["state"] == "Suspended"


async def test_what_changes_during_a_write_is_written_next() -> None:
    world = await started()
    world.api.meanwhile = lambda: world.apply(rule_named("latency", suspend=True))
    world.value(scorer=12)
    await world.tick(7)
    assert world.status()["state"] == "Suspended"
