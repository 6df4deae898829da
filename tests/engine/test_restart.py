"""A restart at any moment delays, and changes nothing else."""

from typing import Any

import pytest

from tests.engine.world import World, asking, rule, started
from tocsin.core.samples import Failure, FailureKind, Sample, Samples
from tocsin.engine.times import read_time

DOWN = Failure(FailureKind.UNREACHABLE, "connection refused")
REJECTED = Failure(FailureKind.QUERY_REJECTED, "parse error")


async def restarted(world: World, seconds: int = 10) -> tuple[dict[str, Any], int, list[Any]]:
    """The status, number of writes and Events after a restart and some time."""
    writes = len(world.api.writes)
    world.take_told()
    world.clock.step(100)
    world.restart()
    await world.tick(seconds)
    return world.status(), len(world.api.writes) - writes, world.take_told()


async def test_while_firing_it_changes_nothing_in_status_and_writes_nothing() -> None:
    world = await started(firing=True)
    before = world.status()
    assert await restarted(world) == (before, 0, [])


async def test_while_firing_unseen_it_changes_nothing_either() -> None:
    world = await started(firing=True)
    world.source.answers["q"] = DOWN
    await world.tick(5)
    before = world.status()
    assert before["alerts"][0]["unobservedSince"]
    assert await restarted(world) == (before, 0, [])


@pytest.mark.parametrize(
    "answer",
    [
        Samples((Sample({"namespace": "fraud", "deployment": "scorer"}, 3),)),
        Samples((Sample({"nobody": "x"}, 3),)),
        Samples(()),
        DOWN,
        REJECTED,
    ],
)
async def test_while_quiet_it_changes_nothing(answer: Samples | Failure) -> None:
    world = await started()
    world.source.answers["q"] = answer
    await world.tick(5)
    before = world.status()
    assert await restarted(world) == (before, 0, [])


async def test_while_firing_with_a_query_that_is_refused_it_changes_nothing() -> None:
    world = await started(firing=True)
    world.source.answers["q"] = REJECTED
    await world.tick(5)
    before = world.status()
    assert (before["state"], before["firing"]) == ("Invalid", 1)
    assert await restarted(world) == (before, 0, [])


@pytest.mark.parametrize("spec", [{"suspend": True}, {"severity": "nonsense"}])
async def test_a_rule_that_is_not_evaluated_stays_as_it_is(spec: dict[str, Any]) -> None:
    world = await started(firing=True)
    world.apply(rule(**spec))
    await world.tick(5)
    before = world.status()
    assert await restarted(world) == (before, 0, [])


async def test_while_pending_only_the_beginning_moves_and_forward() -> None:
    world = await started(for_="60s")
    world.value(scorer=12)
    await world.tick(15)
    before = world.status()
    after, writes, told = await restarted(world, 5)
    moved = after["alerts"][0].pop("activeAt")
    assert read_time(moved) == world.clock.now()
    assert read_time(moved) > read_time(before["alerts"][0].pop("activeAt"))
    assert (after, writes, told) == (before, 1, [])
    await world.tick(55)
    assert world.status()["state"] == "Pending"
    await world.tick(5)
    assert world.status()["state"] == "Firing"


async def test_what_recovered_meanwhile_is_resolved_by_the_first_good_value() -> None:
    world = await started(firing=True)
    fired = read_time(world.status()["alerts"][0]["firedAt"])
    world.value(scorer=3)
    _, writes, told = await restarted(world, 5)
    assert writes == 1
    assert [one.reason for one in told] == ["AlertResolved"] * 2
    (entry,) = world.status()["history"]
    assert read_time(entry["firedAt"]) == fired


async def test_a_rule_edited_in_meaning_meanwhile_ends_what_it_had_firing() -> None:
    world = await started(firing=True)
    world.api.store(rule(criterion=asking("other")))
    status, _, told = await restarted(world, 5)
    assert [one["reason"] for one in status["history"]] == ["RuleChanged"]
    assert told[0].reason == "AlertResolved"


async def test_a_rule_edited_in_its_texts_meanwhile_goes_on() -> None:
    world = await started(firing=True)
    before = world.status()["alerts"]
    world.api.store(rule(summary="slow"))
    status, _, told = await restarted(world, 5)
    assert (status["alerts"], status["message"], told) == (before, "slow", [])


async def test_a_broken_rule_keeps_its_alerts_over_a_restart_until_it_is_mended() -> None:
    world = await started(firing=True)
    alerts = world.status()["alerts"]
    world.apply(rule(severity="nonsense"))
    await world.tick(5)
    status, *_ = await restarted(world)
    assert (status["alerts"], status["firing"]) == (alerts, 1)
    world.apply(rule())
    await world.tick(10)
    assert world.status()["alerts"] == alerts
    assert world.take_told() == []


async def test_an_entry_that_was_edited_by_hand_is_left_out() -> None:
    world = await started(firing=True)
    (body,) = world.api.rules.values()
    body["status"]["alerts"] += [{"id": "x"}, None, {"state": "Resolved"}]
    await restarted(world)
    assert len(world.status()["alerts"]) == 1
