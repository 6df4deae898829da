"""A rule's alerts from Pending to the end, in Events and in status."""

from typing import Any

import pytest

from tests.engine.world import ON_BOTH, RULE, World, asking, rule, rule_named, started
from tocsin.core.evaluate import Evaluation, evaluate
from tocsin.core.inventory import ObjectRef
from tocsin.core.rules import Rule
from tocsin.core.samples import Sample, Samples
from tocsin.engine import evaluating
from tocsin.engine.kinds import WATCHED_KINDS
from tocsin.engine.times import read_time

WAITING = "; fires once it has lasted 10s"


async def test_nothing_is_decided_before_all_kinds_were_listed() -> None:
    world = World()
    world.deploy()
    world.apply(RULE)
    world.value(scorer=12)
    for kind in WATCHED_KINDS:
        assert kind in world.engine.unlisted
        await world.tick(10)
        assert (world.source.asked, world.api.attempts, world.take_told()) == ([], [], [])
        world.list_all(kind)
    assert world.engine.unlisted == []
    await world.tick(6)
    assert world.source.asked == ["q"]
    assert world.status()["state"] == "Pending"


async def test_a_rule_deleted_before_all_was_listed_is_never_taken_in() -> None:
    world = World()
    world.apply(RULE)
    world.delete()
    for kind in WATCHED_KINDS:
        world.engine.listed(kind, None, set())
    await world.tick(10)
    assert (world.source.asked, world.api.attempts) == ([], [])


async def test_a_rule_goes_from_pending_to_firing_to_inactive() -> None:
    world = await started()
    world.value(scorer=12)
    await world.tick(5)
    pending = world.status()
    assert (pending["state"], pending["pending"], pending["firing"]) == ("Pending", 1, 0)
    assert pending["message"] == "latency: scorer is at 12 (limit 10)" + WAITING
    assert world.take_told() == []

    await world.tick(10)
    firing = world.status()
    assert (firing["state"], firing["pending"], firing["firing"]) == ("Firing", 0, 1)
    assert firing["message"] == "latency: scorer is at 12 (limit 10)"
    (entry,) = firing["alerts"]
    assert entry["activeAt"] == pending["alerts"][0]["activeAt"]
    assert read_time(entry["firedAt"]) == world.clock.now()
    told = world.take_told()
    assert [(one.reason, one.on) for one in told] == [("AlertFiring", on) for on in ON_BOTH]
    assert {one.note for one in told} == {"latency: scorer is at 12 (limit 10)"}

    world.value(scorer=3)
    await world.tick(5)
    quiet = world.status()
    assert (quiet["state"], quiet["alerts"], quiet["message"]) == (
        "Inactive",
        [],
        "within the limit (fires above 10)",
    )
    assert [one["reason"] for one in quiet["history"]] == ["Recovered"]
    told = world.take_told()
    assert [(one.reason, one.on) for one in told] == [("AlertResolved", on) for on in ON_BOTH]
    assert told[0].note == "Resolved after 5s: latency: scorer is at 3 (limit 10)"


async def test_what_was_only_pending_is_told_to_nobody() -> None:
    world = await started()
    world.value(scorer=12)
    await world.tick(10)
    world.value(scorer=3)
    await world.tick(5)
    assert world.take_told() == []
    assert world.status()["history"] == []


@pytest.mark.parametrize("firing", [True, False])
async def test_a_hundred_quiet_cycles_write_nothing_and_tell_nothing(firing: bool) -> None:
    world = await started(firing=firing)
    attempts = len(world.api.attempts)
    for cycle in range(100):
        value = 12 + cycle if firing else 1 + cycle / 100
        world.value(scorer=value)
        await world.tick(5)
    assert len(world.source.asked) > 100
    assert len(world.api.attempts) == attempts
    assert world.take_told() == []


async def test_status_is_written_once_for_each_transition() -> None:
    world = await started()
    before = len(world.api.writes)
    for value in (12, 12, 12, 12, 7, 7, 3, 3):
        world.value(scorer=value)
        await world.tick(5)
    assert len(world.api.writes) - before == 3


async def test_without_workloads_a_series_alerts_on_its_own_and_only_on_the_rule() -> None:
    world = World()
    body = rule(**{"for": "0s"})
    del body["spec"]["workloads"]
    world.apply(body)
    world.list_all()
    world.source.answers["q"] = Samples((Sample({"gpu": "0"}, 12),))
    await world.tick(5)
    assert [one.on for one in world.take_told()] == ON_BOTH[:1]
    (entry,) = world.status()["alerts"]
    assert "workload" not in entry
    assert world.status()["message"] == "latency: {gpu=0} is at 12 (limit 10)"


async def test_series_find_their_workload_through_pods_and_replica_sets() -> None:
    world = await started()
    for kind, name, owner in (
        ("Pod", "scorer-1-x", ("ReplicaSet", "scorer-1")),
        ("ReplicaSet", "scorer-1", ("Deployment", "scorer")),
    ):
        reference = {"kind": owner[0], "name": owner[1], "controller": True}
        metadata = {"name": name, "namespace": "fraud", "ownerReferences": [reference]}
        metadata["creationTimestamp"] = "2026-01-31T12:00:00Z"
        world.engine.saw(kind, {"metadata": metadata})
    labels = {"namespace": "fraud", "pod": "scorer-1-x"}
    world.source.answers["q"] = Samples((Sample(labels, 12),))
    await world.tick(5)
    (entry,) = world.status()["alerts"]
    assert entry["workload"] == {"kind": "Deployment", "namespace": "fraud", "name": "scorer"}
    world.engine.gone("Pod", "fraud", "scorer-1-x")
    inventory = world.engine._cluster.inventory("fraud")
    assert ObjectRef("Pod", "fraud", "scorer-1-x") not in inventory.owners


async def test_a_rule_that_raises_inside_evaluate_disturbs_none_of_twenty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaking(of: Rule, *args: Any) -> Evaluation:
        if broken and of.key.name == "r7":
            raise ZeroDivisionError("a bug")
        return evaluate(of, *args)

    broken = False
    monkeypatch.setattr(evaluating, "evaluate", breaking)
    world = World()
    world.deploy()
    for number in range(20):
        world.apply(rule_named(f"r{number}", criterion=asking("q", recoverBelow=5)))
    world.list_all()
    world.value(scorer=12)
    await world.tick(20)
    broken = True
    world.value(scorer=3)
    await world.tick(10)
    states = {number: world.status(f"r{number}")["state"] for number in range(20)}
    assert states == {n: "Firing" if n == 7 else "Inactive" for n in range(20)}
    assert world.condition("SourceReachable", "r7")["reason"] == "InternalError"
    assert "ZeroDivisionError" in world.condition("SourceReachable", "r7")["message"]
    broken = False
    await world.tick(5)
    assert world.status("r7")["state"] == "Inactive"


async def test_an_end_does_not_repeat_a_summary_that_says_what_was() -> None:
    world = await started(firing=True, summary="{{ $workload.name }} is down")
    world.take_told()
    world.value(scorer=3)
    await world.tick(10)
    note = world.take_told()[0].note
    assert note == "Resolved after 10s: scorer: 3 is within 10 (it was: scorer is down)"
