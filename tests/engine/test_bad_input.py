"""What a cluster and its users hand in that nobody would have written on purpose."""

import copy
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from tests.engine.world import NAMESPACE, World, asking, rule, rule_named, started
from tocsin.core.rules import RuleKey
from tocsin.core.samples import Sample, Samples
from tocsin.engine.kinds import WATCHED_KINDS
from tocsin.engine.record import KIND
from tocsin.engine.times import read_time, write_time
from tocsin.ports import GoneError, RefusedError

MINUTES = timedelta(minutes=10)


async def test_a_rule_made_in_the_future_by_the_api_servers_clock_is_evaluated_as_ever() -> None:
    world = World()
    world.deploy()
    body = rule(**{"for": "0s"})
    body["metadata"]["creationTimestamp"] = write_time(world.clock.now() + MINUTES)
    world.apply(body)
    world.list_all()
    world.value(scorer=12)
    await world.tick(5)
    assert world.status()["state"] == "Firing"


async def test_after_a_restart_under_a_clock_minutes_behind_nothing_lasts_less_than_nothing() -> (
    None
):
    world = await started(firing=True)
    fired = world.status()["alerts"][0]["firedAt"]
    world.clock.time -= MINUTES
    world.restart()
    await world.tick(10)
    assert world.status()["alerts"][0]["firedAt"] == fired
    world.take_told()  # that it fires may be told again: it looks newer than what was told
    world.value(scorer=3)
    await world.tick(5)
    [on_rule, _] = world.take_told()
    assert on_rule.note.startswith("Resolved after 0s: ")


async def test_a_clock_that_jumps_ahead_and_back_neither_fires_nor_resolves() -> None:
    world = await started(firing=True, for_="10s")
    world.take_told()
    for jump in (MINUTES, -MINUTES):
        world.clock.time += jump
        await world.tick(10)
        assert world.status()["state"] == "Firing"
    assert world.take_told() == []


async def test_events_are_told_after_the_clock_was_set_back_by_hours() -> None:
    world = await started(for_="0s")
    for value in [12, 3] * 15:
        world.value(scorer=value)
        await world.tick(5)
    world.take_told()
    world.clock.time -= timedelta(hours=5)
    for value in (12, 3):
        world.value(scorer=value)
        await world.tick(10)
        world.clock.step(600)
    assert world.take_told() != []


async def test_the_answer_to_another_query_is_unattributed_where_it_speaks_of_others() -> None:
    world = await started()
    others = {"namespace": NAMESPACE, "deployment": "gateway"}
    world.source.answers["q"] = Samples((Sample(others, 99),))
    await world.tick(10)
    assert (world.status()["state"], world.status()["unattributed"]) == ("Unknown", 1)
    assert world.condition("Attributed")["reason"] == "NothingAttributed"


ODD = {
    "control": "a\x00b\x1b[31mc\r\nd\x7f",
    "emoji": "🔥👩🏽‍🔬",
    "direction": "\u202egnp.exe",
    "separator": "\u2028",
}


@pytest.mark.parametrize("name", ODD)
async def test_a_label_of_any_characters_is_kept_as_it_is_over_a_restart(name: str) -> None:
    world = await started(identityLabels=["odd"], for_="0s", summary="odd: {{ $labels.odd }}")
    labels = {"namespace": NAMESPACE, "deployment": "scorer", "odd": ODD[name]}
    world.source.answers["q"] = Samples((Sample(labels, 12),))
    await world.tick(5)
    [entry] = world.status()["alerts"]
    assert entry["labels"]["odd"] == ODD[name]
    world.restart()
    await world.tick(10)
    assert [one["id"] for one in world.status()["alerts"]] == [entry["id"]]
    world.source.answers["q"] = Samples((Sample(labels, 3),))
    await world.tick(5)
    assert world.status()["state"] == "Inactive"


async def started_slowly() -> World:
    """A quiet world of which the rule has just been evaluated, every 30 s."""
    world = await started(for_="0s")
    world.apply(rule(**{"for": "0s"}, interval="30s"))
    world.source.asked.clear()
    while not world.source.asked:
        await world.tick(1)
    world.source.asked.clear()
    return world


async def test_a_rule_that_is_edited_every_second_is_evaluated_at_its_interval() -> None:
    world = await started_slowly()
    for number in range(300):
        world.apply(rule(interval="30s", description=f"edit {number}"))
        await world.tick(1)
    assert len(world.source.asked) == 10
    assert world.status()["state"] == "Inactive"


async def test_a_rule_edited_every_second_is_decided_on_also_by_a_source_that_takes_longer() -> (
    None
):
    world = await started_slowly()
    world.value(scorer=12)
    world.source.hangs = True
    for number in range(40):
        world.apply(rule(**{"for": "0s"}, interval="30s", description=f"edit {number}"))
        await world.tick(1)
    world.source.hangs = False
    world.source.released.set()
    await world.tick(1)
    assert world.status()["state"] == "Firing"


async def test_an_edit_at_the_moment_of_an_evaluation_does_not_put_it_off() -> None:
    world = await started_slowly()
    await world.tick(24)
    for number in range(3):
        world.clock.step(1 if number else 6)  # due since then, and the loop was busy
        world.apply(rule(interval="30s", description=f"edit {number}"))
    await world.work()
    assert len(world.source.asked) == 1


async def test_five_hundred_rules_at_once_are_evaluated_within_their_interval() -> None:
    world = World(settings={"evaluation": {}})
    world.held_back = True
    keys = []
    for number in range(500):
        body = rule_named(f"r{number}", interval="30s", criterion=asking(f"q{number}"))
        body["metadata"]["namespace"] = f"team-{number % 5}"
        keys.append(world.apply(body))
    world.list_all()
    await world.work()
    first = len(world.api.writes)
    await world.tick(31)
    assert Counter(world.source.asked).keys() == {f"q{number}" for number in range(500)}
    assert world.meter.skipped == 0
    assert first == 500  # each says once that it waits
    assert len(world.api.writes) == 1000  # and once what was found
    a_second = Counter(at.replace(microsecond=0) for _, at in world.api.writes[first:])
    assert max(a_second.values()) < 50


async def test_a_namespace_that_is_deleted_while_an_alert_fires_leaves_nothing_behind() -> None:
    world = await started(for_="0s")
    world.value(scorer=12)
    forbidden = RefusedError("403 Forbidden: namespace fraud is being terminated")
    world.events.faults = [forbidden] * 4
    world.api.faults = [forbidden]
    await world.tick(5)
    world.undeploy()
    world.api.faults = [GoneError("404")]
    del world.api.rules[RuleKey(NAMESPACE, "latency")]
    await world.tick(5)
    world.engine.gone(KIND, NAMESPACE, "latency")
    await world.tick(5)
    tries = len(world.api.attempts)
    asked = len(world.source.asked)
    await world.tick(300)
    assert (len(world.api.attempts), len(world.source.asked)) == (tries, asked)
    assert world.engine._reporter.waiting == ()
    assert world.engine._agenda.next_due() is None


async def test_an_alert_goes_on_for_a_workload_made_again_under_its_name() -> None:
    world = await started(firing=True)
    before = world.status()["alerts"]
    world.undeploy()
    world.deploy()
    world.deployments["scorer"]["metadata"]["uid"] = "another"
    world.engine.saw("Deployment", world.deployments["scorer"])
    await world.tick(10)
    assert world.status()["alerts"] == before
    assert world.take_told() == []


async def test_a_workload_that_is_renamed_is_another_one() -> None:
    world = await started(firing=True)
    world.undeploy()
    world.deploy("renamed")
    world.value(renamed=12)
    await world.tick(20)
    told = [(one.reason, one.on) for one in world.take_told()]
    assert ("AlertResolved", "MLAlertRule/latency") in told
    assert ("AlertFiring", "Deployment/renamed") in told
    assert world.status()["history"][0]["reason"] == "WorkloadDeleted"


def owned(kind: str, name: str, *owner: str) -> tuple[str, dict[str, Any]]:
    """An object, owned by (apiVersion, kind, name)."""
    metadata: dict[str, Any] = {"name": name, "namespace": NAMESPACE, "uid": f"uid-{name}"}
    metadata["creationTimestamp"] = "2026-01-31T11:00:00Z"
    if owner:
        named = dict(zip(("apiVersion", "kind", "name"), owner, strict=True))
        metadata["ownerReferences"] = [named | {"controller": True}]
    return kind, {"metadata": metadata, "spec": {}}


async def of_pod(*objects: tuple[str, dict[str, Any]], **spec: Any) -> World:
    """A world with these objects and one bad series, of the pod p."""
    world = World()
    world.deploy("scorer")
    world.deploy("other", model="other")
    for kind, body in objects:
        world.engine.saw(kind, body)
    body = rule(**{"for": "0s"}, **spec)
    if spec.get("workloads", 1) is None:
        del body["spec"]["workloads"]
    world.apply(body)
    world.list_all(*(kind for kind in WATCHED_KINDS if kind not in ("Pod", "ReplicaSet")))
    for kind in ("Pod", "ReplicaSet"):
        names = {(NAMESPACE, b["metadata"]["name"]) for k, b in objects if k == kind}
        world.engine.listed(kind, None, names)
    world.source.answers["q"] = Samples((Sample({"namespace": NAMESPACE, "pod": "p"}, 12),))
    await world.tick(10)
    return world


REPLICAS = owned("ReplicaSet", "rs", "apps/v1", "Deployment", "scorer")
POD = owned("Pod", "p", "apps/v1", "ReplicaSet", "rs")


def workloads_of(world: World) -> list[str]:
    return [one.get("workload", {}).get("name", "") for one in world.status()["alerts"]]


async def test_a_pod_that_another_owner_adopts_is_the_others() -> None:
    world = await of_pod(
        REPLICAS, POD, owned("ReplicaSet", "rs2", "apps/v1", "Deployment", "other")
    )
    assert workloads_of(world) == ["scorer"]
    world.engine.saw(*owned("Pod", "p", "apps/v1", "ReplicaSet", "rs2"))
    await world.tick(10)
    assert "other" in workloads_of(world)


@pytest.mark.parametrize(
    "objects",
    [
        [owned("Pod", "p")],
        [owned("Pod", "p", "batch/v1", "Job", "j")],
        [POD, owned("ReplicaSet", "rs", "argoproj.io/v1alpha1", "Rollout", "scorer")],
        [POD, owned("ReplicaSet", "rs", "apps.example.com/v1", "Deployment", "scorer")],
        [owned("Pod", "p", "apps.kruise.io/v1beta1", "StatefulSet", "scorer")],
        [
            owned("Pod", "p", "apps/v1", "ReplicaSet", "p"),
            owned("ReplicaSet", "p", "v1", "Pod", "p"),
        ],
    ],
    ids=["no owner", "a job", "a rollout", "a foreign deployment", "a foreign set", "a circle"],
)
async def test_a_pod_of_no_workload_that_is_watched_belongs_to_none(
    objects: list[tuple[str, dict[str, Any]]],
) -> None:
    world = await of_pod(*objects)
    assert (world.status()["alerts"], world.status()["unattributed"]) == ([], 1)


async def test_a_pod_without_owner_alerts_on_its_own_where_the_rule_names_no_workloads() -> None:
    world = await of_pod(owned("Pod", "p"), workloads=None)
    assert workloads_of(world) == [""]


async def test_a_rule_that_another_version_of_the_schema_wrote_is_evaluated() -> None:
    world = World()
    world.deploy()
    body = copy.deepcopy(rule(**{"for": "0s"}))
    body["spec"]["fromTheFuture"] = {"a": [1]}
    body["spec"]["criterion"]["threshold"]["fromThePast"] = True
    world.apply(body)
    world.api.rules[RuleKey(NAMESPACE, "latency")]["status"] = {"oldField": 1, "alerts": None}
    world.restart()
    world.value(scorer=12)
    await world.tick(5)
    assert world.status()["state"] == "Firing"
    assert read_time(world.status()["stateSince"]) == world.clock.now()
