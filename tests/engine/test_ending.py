"""What ends alerts beside a good value: workloads and rules that go, announced or not."""

import pytest

from tests.engine.world import ON_BOTH, RULE, started


@pytest.mark.parametrize(
    ("reason", "note"),
    [
        ("WorkloadDeleted", "Deployment scorer was deleted"),
        ("ScaledToZero", "Deployment scorer was scaled to zero"),
        ("WorkloadDeselected", "Deployment scorer is no longer selected"),
    ],
)
async def test_what_happens_to_the_workload_ends_the_alert(reason: str, note: str) -> None:
    world = await started(firing=True)
    match reason:
        case "WorkloadDeleted":
            world.undeploy()
        case "ScaledToZero":
            world.deploy(replicas=0)
        case _:
            world.deploy(model="")
            world.deployments["scorer"]["metadata"]["labels"] = {}
            world.engine.saw("Deployment", world.deployments["scorer"])
    await world.tick(5)
    told = world.take_told()
    gone = reason == "WorkloadDeleted"
    assert [one.on for one in told] == (ON_BOTH[:1] if gone else ON_BOTH)
    assert {one.reason for one in told} == {"AlertResolved"}
    assert told[0].note.endswith(f"({reason}): scorer: {note}")
    assert [one["reason"] for one in world.status()["history"]] == [reason]


async def test_a_later_list_that_no_longer_names_a_workload_makes_it_gone() -> None:
    world = await started(firing=True)
    del world.deployments["scorer"]
    world.list_all("Deployment")
    await world.tick(5)
    assert [one["reason"] for one in world.status()["history"]] == ["WorkloadDeleted"]


async def test_a_list_of_another_kind_or_namespace_makes_nothing_gone() -> None:
    world = await started(firing=True)
    world.engine.listed("StatefulSet", None, set())
    world.engine.listed("Deployment", "ads", set())
    world.engine.listed("MLAlertRule", "ads", set())
    await world.tick(5)
    assert world.status()["state"] == "Firing"


async def test_deleting_a_firing_rule_is_told_on_the_workload() -> None:
    world = await started(firing=True)
    world.delete()
    await world.tick(5)
    told = world.take_told()
    assert [(one.reason, one.on) for one in told] == [("AlertResolved", on) for on in ON_BOTH]
    assert told[0].note == "Resolved after 5s (RuleDeleted): scorer: the rule was deleted"
    asked = len(world.source.asked)
    await world.tick(20)
    assert len(world.source.asked) == asked
    assert list(world.book) == []


async def test_a_later_list_that_no_longer_names_a_rule_makes_it_gone() -> None:
    world = await started(firing=True)
    world.api.rules.clear()
    world.list_all("MLAlertRule")
    await world.tick(5)
    assert [one.reason for one in world.take_told()] == ["AlertResolved"] * 2


async def test_a_rule_deleted_and_made_again_starts_anew() -> None:
    world = await started(firing=True)
    world.api.rules.clear()
    key = world.apply(RULE)
    await world.tick(1)
    assert [one.reason for one in world.take_told()] == ["AlertResolved"] * 2
    await world.tick(5)
    assert world.status()["state"] == "Pending"
    record = world.book.get(key)
    assert record
    assert record.history == ()
