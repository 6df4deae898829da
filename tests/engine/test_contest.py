"""A status that somebody else writes is put right, and nobody is fought for ever."""

from itertools import pairwise
from typing import Any

from tests.engine.world import NAMESPACE, World, started
from tocsin.core.rules import RuleKey
from tocsin.engine.contest import others, stands
from tocsin.engine.record import KIND

LATENCY = RuleKey(NAMESPACE, "latency")


def write_over(world: World, **fields: Any) -> None:
    """kubectl edit --subresource=status, as the watch tells it."""
    stored = world.api.rules[LATENCY]
    stored["status"] = {**stored["status"], **fields}
    stored["metadata"] = stored["metadata"] | {
        "managedFields": [
            {"manager": "tocsin", "subresource": "status"},
            {"manager": "kubectl-edit", "subresource": "status"},
        ]
    }
    world.api.touch(LATENCY)
    world.engine.saw(KIND, world.api.rules[LATENCY])


async def test_a_status_that_was_edited_by_hand_is_put_right_at_once() -> None:
    world = await started(firing=True)
    before = world.status()
    write_over(world, state="Inactive", message="all is well", alerts=[], firing=0)
    await world.tick(1)
    assert world.status() == before


async def test_what_was_taken_out_of_the_status_comes_back() -> None:
    world = await started(firing=True)
    before = world.status()
    world.api.rules[LATENCY]["status"] = {}
    write_over(world)
    await world.tick(1)
    assert world.status() == before


async def test_what_others_put_beside_ours_is_left_alone_and_costs_no_write() -> None:
    world = await started(firing=True)
    world.api.writes.clear()
    theirs = {"type": "Synced", "status": "True", "reason": "Applied"}
    write_over(world, conditions=[*world.status()["conditions"], theirs], theirs={"a": 1})
    await world.tick(30)
    assert world.api.writes == []


async def test_a_writer_that_does_not_stop_is_answered_less_and_less_and_is_named() -> None:
    world = await started(firing=True)
    world.api.writes.clear()
    for _ in range(300):
        write_over(world, message="mine")
        await world.tick(1)
    times = [(at - world.api.writes[0][1]).total_seconds() for _, at in world.api.writes]
    assert times[:4] == [0, 1, 2, 4]
    assert len(times) < 18
    assert max(b - a for a, b in pairwise(times)) == 30
    [told] = world.take_told()
    assert (told.reason, told.on) == ("StatusContested", "MLAlertRule/latency")
    assert "(kubectl-edit)" in told.note
    await world.tick(90)
    write_over(world, message="mine")
    await world.tick(1)
    assert world.status()["message"] != "mine"


async def test_a_write_of_ours_that_the_watch_tells_before_its_answer_is_no_contest() -> None:
    world = await started(for_="0s")

    def told_first() -> None:
        world.engine.saw(KIND, world.api.rules[LATENCY])

    world.api.writes.clear()
    for value in (12, 3, 12):
        world.api.afterwards = told_first
        world.value(scorer=value)
        await world.tick(5)
    assert len(world.api.writes) == 3
    assert world.book.get(LATENCY).contest.times == 0  # type: ignore[union-attr]  # it is there


def test_a_status_stands_when_all_of_it_is_stored() -> None:
    ours = {"a": {"b": "1"}, "list": [1, 2], "conditions": [{"type": "Ready", "status": "True"}]}
    assert stands(ours, {**ours, "more": 1, "a": {"b": "1", "c": "2"}})
    assert not stands(ours, {**ours, "list": [1, 2, 3]})
    assert not stands(ours, {**ours, "list": []})
    assert not stands(ours, {**ours, "conditions": []})
    assert not stands(ours, {**ours, "conditions": [{"type": "Ready", "status": "False"}]})
    assert not stands(ours, {})
    assert not stands({"alerts": []}, {"alerts": [{"id": "1"}]})


def test_who_else_wrote_is_named_as_far_as_it_is_known() -> None:
    assert others({}) == "somebody else"
    assert others({"managedFields": [{"manager": "helm"}]}) == "somebody else"
