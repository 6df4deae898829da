"""A restart at any moment delays, and changes nothing else."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.engine.world import World, asking, rule, started
from tocsin.core.samples import Failure, FailureKind, Sample, Samples
from tocsin.engine.times import read_time
from tocsin.ports import UnavailableError

DOWN = Failure(FailureKind.UNREACHABLE, "connection refused")
REJECTED = Failure(FailureKind.QUERY_REJECTED, "parse error")


async def restarted(
    world: World, seconds: int = 10, *, lease: bool = True
) -> tuple[dict[str, Any], int, list[Any]]:
    """The status, number of writes and Events after a restart and some time."""
    writes, lived_until = len(world.api.writes), world.clock.now() if lease else None
    world.take_told()
    world.clock.step(100)
    world.restart(lived_until)
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


async def test_while_pending_without_a_lease_only_the_beginning_moves_and_forward() -> None:
    world = await started(for_="60s")
    world.value(scorer=12)
    await world.tick(15)
    before = world.status()
    after, writes, told = await restarted(world, 5, lease=False)
    moved = after["alerts"][0].pop("activeAt")
    assert read_time(moved) == world.clock.now()
    assert read_time(moved) > read_time(before["alerts"][0].pop("activeAt"))
    assert (after, writes, told) == (before, 1, [])
    await world.tick(55)
    assert world.status()["state"] == "Pending"
    await world.tick(5)
    assert world.status()["state"] == "Firing"


async def pending(seconds: int, for_: str = "60s") -> World:
    """A world with a rule that has been pending for so long."""
    world = await started(for_=for_)
    world.value(scorer=12)
    await world.tick(seconds)
    assert world.status()["state"] == "Pending"
    return world


def active_at(world: World) -> datetime:
    """When the only alert began."""
    return read_time(world.status()["alerts"][0]["activeAt"])


async def test_an_operator_that_is_back_within_two_intervals_goes_on_counting() -> None:
    world = await pending(30)
    before, lived_until = world.status(), world.clock.now()
    world.clock.step(5)
    world.restart(lived_until)
    await world.tick(5)
    assert world.status() == before
    left = active_at(world) + timedelta(seconds=60) - world.clock.now()
    await world.tick(int(left.total_seconds()) - 1)
    assert world.status()["state"] == "Pending"
    await world.tick(1)
    assert world.status()["state"] == "Firing"


async def test_the_time_in_which_no_operator_lived_is_left_out_and_nothing_fires_at_once() -> None:
    world = await pending(30)
    before, lived_until = active_at(world), world.clock.now()
    world.clock.step(100)
    world.restart(lived_until)
    await world.tick(5)
    assert world.status()["state"] == "Pending"
    moved = active_at(world)
    assert timedelta(seconds=100) < moved - before <= timedelta(seconds=105)
    assert world.clock.now() - moved <= timedelta(seconds=30)
    await world.tick(60)
    assert read_time(world.status()["alerts"][0]["firedAt"]) == moved + timedelta(seconds=60)


async def test_a_gap_that_began_while_the_operator_lived_counts_from_there() -> None:
    world = await pending(30)
    before, seen = active_at(world), world.clock.now()
    world.source.answers["q"] = DOWN
    await world.tick(60)
    lived_until = world.clock.now()
    world.restart(lived_until)
    world.value(scorer=12)
    await world.tick(5)
    gap = active_at(world) - before
    assert timedelta(seconds=60) <= gap <= world.clock.now() - seen + timedelta(seconds=5)


async def test_a_lease_that_is_older_than_the_alert_moves_it_to_now_at_most() -> None:
    world = await pending(6)
    lived_until = active_at(world) - timedelta(seconds=4)
    world.clock.step(100)
    world.restart(lived_until)
    await world.tick(5)
    assert active_at(world) <= world.clock.now()


async def test_while_a_rule_was_broken_nobody_looked_though_the_operator_lived() -> None:
    world = await pending(30)
    world.apply(rule(severity="nonsense"))
    await world.tick(600)
    lived_until = world.clock.now()
    world.restart(lived_until)
    await world.tick(5)
    world.apply(rule(**{"for": "60s"}))
    await world.tick(5)
    assert world.status()["state"] == "Pending"
    assert world.clock.now() - active_at(world) <= timedelta(seconds=30)


async def test_time_is_left_out_from_the_last_look_on_and_not_from_the_last_sign_of_life() -> None:
    world = await pending(30)
    before, seen = active_at(world), world.clock.now()
    world.clock.step(4)
    lived_until = world.clock.now()
    world.clock.step(10)
    world.restart(lived_until)
    await world.tick(1)
    assert active_at(world) - before == world.clock.now() - seen


async def test_a_rule_that_was_mended_and_not_looked_at_yet_has_its_gap_in_status() -> None:
    world = await pending(30)
    world.apply(rule(severity="nonsense"))
    await world.tick(100)
    world.apply(rule(**{"for": "60s"}))
    await world.tick(1)
    world.restart(world.clock.now())
    await world.tick(5)
    assert world.status()["state"] == "Pending"
    assert world.clock.now() - active_at(world) <= timedelta(seconds=30)


async def test_what_is_not_written_or_not_answered_yet_is_not_settled() -> None:
    world = await pending(30)
    assert world.engine.unsettled_since is None
    world.value(scorer=3)
    world.api.faults.append(UnavailableError("503"))
    await world.tick(5)
    assert world.engine.unsettled_since == world.clock.now()
    await world.tick(1)
    assert world.engine.unsettled_since is None
    world.source.hangs = True
    await world.tick(4)
    assert world.engine.unsettled_since == world.clock.now()
    world.source.hangs = False
    world.source.released.set()
    await world.tick(1)
    assert world.engine.unsettled_since is None


async def test_what_a_restart_left_unobserved_is_known_until_it_was_looked_at() -> None:
    world = await pending(30)
    assert not world.book.has_unobserved()
    world.source.hangs = True
    world.restart(world.clock.now())
    assert world.book.has_unobserved()
    await world.tick(5)
    assert world.book.has_unobserved()
    world.source.hangs = False
    world.source.released.set()
    await world.tick(10)
    assert not world.book.has_unobserved()


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


async def test_a_look_after_a_gap_says_of_no_time_in_the_gap_that_somebody_looked() -> None:
    world = await started()
    await world.tick(5)
    record = next(iter(world.book))
    assert record.rule
    looked = record.past.times[-1]
    gap = looked + 3 * record.rule.interval
    record.past = replace(record.past, times=(looked, gap))
    assert looked < record.decided_since(gap) < looked + record.rule.interval
    record.past = replace(record.past, times=(looked, looked + record.rule.interval))
    assert record.decided_since(gap) == looked + record.rule.interval
