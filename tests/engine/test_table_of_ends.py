"""The table of ends, row by row: what happened, and what became of an alert that was firing."""

from typing import Any

import pytest

from tests.engine.world import ON_BOTH, World, asking, rule, started
from tocsin.core.samples import Failure, FailureKind, Sample, Samples
from tocsin.engine.times import read_time

DAY = 24 * 3600
NOTHING = Samples(())
FAILURES = [kind for kind in FailureKind if not kind.blames_rule]


def reasons(world: World) -> list[str]:
    return [one["reason"] for one in world.status()["history"]]


def told(world: World) -> list[tuple[str, str]]:
    return [(one.reason, one.on) for one in world.take_told()]


def ends() -> list[tuple[str, str]]:
    return [("AlertResolved", on) for on in ON_BOTH]


def gpus(**values: float) -> Samples:
    """Series of scorer, by their label gpu."""
    labels = {"namespace": "fraud", "deployment": "scorer"}
    return Samples(tuple(Sample(labels | {"gpu": gpu}, value) for gpu, value in values.items()))


async def own_series(*names: str) -> World:
    """A rule without workloads whose series alert on their own."""
    world = World()
    body = rule(**{"for": "0s"})
    del body["spec"]["workloads"]
    world.apply(body)
    world.list_all()
    world.source.answers["q"] = series(*names)
    await world.tick(5)
    assert world.status()["firing"] == len(names)
    world.take_told()
    return world


def series(*names: str) -> Samples:
    return Samples(tuple(Sample({"store": name}, 12) for name in names))


@pytest.mark.parametrize("kind", FAILURES)
async def test_a_source_that_failed_or_answered_partly_holds_the_alert(kind: FailureKind) -> None:
    world = await started(firing=True)
    world.source.answers["q"] = Failure(kind, "no")
    await world.tick(5)
    first = world.status()["alerts"]
    writes = len(world.api.writes)
    await world.tick(DAY, by=3600)
    assert world.status()["alerts"] == first
    assert (first[0]["state"], len(world.api.writes)) == ("Firing", writes)
    assert read_time(first[0]["unobservedSince"]) > read_time(first[0]["firedAt"])


async def test_after_it_active_at_of_a_pending_alert_moves_once_by_the_gap() -> None:
    world = await started(for_="60s")
    world.value(scorer=12)
    await world.tick(10)
    before = read_time(world.status()["alerts"][0]["activeAt"])
    world.source.answers["q"] = Failure(FailureKind.TIMEOUT, "no answer within 10s")
    await world.tick(100)
    assert read_time(world.status()["alerts"][0]["activeAt"]) == before
    world.value(scorer=12)
    await world.tick(5)
    moved = read_time(world.status()["alerts"][0]["activeAt"])
    assert (moved - before).total_seconds() == 105
    await world.tick(10)
    assert read_time(world.status()["alerts"][0]["activeAt"]) == moved


async def test_a_live_workload_without_data_and_missing_data_unknown_holds_likewise() -> None:
    world = await started(firing=True)
    world.source.answers["q"] = NOTHING
    await world.tick(600, by=5)
    (alert,) = world.status()["alerts"]
    assert (alert["state"], "unobservedSince" in alert, told(world)) == ("Firing", True, [])


async def test_the_same_with_missing_data_not_met_ends_it_as_no_data() -> None:
    world = await started(firing=True, missingData="NotMet")
    world.source.answers["q"] = NOTHING
    await world.tick(5)
    assert (reasons(world), told(world)) == (["NoData"], ends())


async def test_the_same_with_missing_data_met_goes_on_as_if_met() -> None:
    world = await started(firing=True, missingData="Met")
    before = world.status()["alerts"]
    world.source.answers["q"] = NOTHING
    await world.tick(600, by=5)
    assert (world.status()["alerts"], told(world)) == (before, [])


async def test_the_workloads_other_identities_are_there_and_this_one_is_not() -> None:
    world = await started(identityLabels=["gpu"], for_="0s")
    world.source.answers["q"] = gpus(g0=12, g1=12)
    await world.tick(5)
    world.take_told()
    world.source.answers["q"] = gpus(g1=12)
    await world.tick(10)
    assert reasons(world) == []
    await world.tick(5)
    assert (reasons(world), told(world)) == (["SeriesGone"], ends())
    assert [one["labels"]["gpu"] for one in world.status()["alerts"]] == ["g1"]


async def test_a_series_without_workload_is_gone_for_two_intervals_while_others_are_there() -> None:
    world = await own_series("a", "b")
    world.source.answers["q"] = series("b")
    await world.tick(10)
    assert reasons(world) == []
    await world.tick(5)
    assert reasons(world) == ["SeriesGone"]


async def test_a_series_without_workload_is_gone_and_the_query_returns_nothing_else() -> None:
    world = await own_series("a", "b")
    world.source.answers["q"] = NOTHING
    await world.tick(600, by=5)
    assert (reasons(world), world.status()["firing"]) == ([], 2)


@pytest.mark.parametrize("end", ["WorkloadDeleted", "WorkloadDeselected", "ScaledToZero"])
@pytest.mark.parametrize("recovering", [False, True])
async def test_the_workload_was_deleted_deselected_or_scaled_to_zero(
    end: str, recovering: bool
) -> None:
    world = await started(firing=True, keepFiringFor="1h")
    if recovering:
        world.value(scorer=3)
        await world.tick(5)
        assert world.status()["state"] == "Recovering"
    match end:
        case "WorkloadDeleted":
            world.undeploy()
        case "ScaledToZero":
            world.deploy(replicas=0)
        case _:
            world.deploy()
            world.deployments["scorer"]["metadata"]["labels"] = {}
            world.engine.saw("Deployment", world.deployments["scorer"])
    await world.tick(5)
    assert (reasons(world), world.status()["alerts"]) == ([end], [])


async def test_the_rule_was_deleted_and_the_workloads_event_tells() -> None:
    world = await started(firing=True)
    world.delete()
    await world.tick(1)
    assert told(world) == ends()


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"suspend": True}, "RuleSuspended"),
        ({"criterion": asking("q", above=11, recoverBelow=5)}, "RuleChanged"),
        ({"workloads": {}}, "RuleChanged"),
        ({"reduce": "Mean"}, "RuleChanged"),
        ({"identityLabels": ["gpu"]}, "RuleChanged"),
    ],
)
async def test_the_rule_was_suspended_or_asks_something_else(
    spec: dict[str, Any], reason: str
) -> None:
    world = await started(firing=True)
    world.apply(rule(**spec))
    await world.tick(1)
    assert (reasons(world), told(world)) == ([reason], ends())


@pytest.mark.parametrize(
    "spec",
    [
        {"for": "1h"},
        {"interval": "1s"},
        {"keepFiringFor": "1h"},
        {"missingData": "Met"},
        {"minSamples": {"metric": {"prometheus": {"query": "n"}}, "atLeast": 30}},
        {"parameters": {"unused": 1}},
        {"labels": {"team": "a"}, "annotations": {"b": "c"}},
        {"severity": "critical"},
    ],
)
async def test_an_edit_of_anything_else_ends_nothing(spec: dict[str, Any]) -> None:
    world = await started(firing=True)
    (before,) = world.status()["alerts"]
    world.apply(rule(**spec))
    await world.tick(20)
    (after,) = world.status()["alerts"]
    after.pop("unobservedSince", None)  # of minSamples, whose count nobody knows
    assert (after, reasons(world), told(world)) == (before, [], [])


async def test_for_that_becomes_datapoints_ends_nothing_and_back_lets_pending_count_anew() -> None:
    world = await started(for_="20s")
    points = rule(datapoints={"matching": 20, "of": 20})
    del points["spec"]["for"]
    world.apply(points)
    for value in (12, 3, 12, 3, 12, 12):
        world.value(scorer=value)
        await world.tick(5)
    before = world.status()["alerts"][0]
    assert before["state"] == "Pending"
    world.apply(rule(**{"for": "20s"}))
    await world.tick(5)
    (after,) = world.status()["alerts"]
    assert (after["id"], after["state"]) == (before["id"], "Pending")
    await world.tick(15)
    assert world.status()["state"] == "Pending"
    await world.tick(5)
    assert world.status()["state"] == "Firing"


async def test_a_person_named_it() -> None:
    world = await started(firing=True)
    world.annotate(resolve=world.status()["alerts"][0]["id"])
    await world.tick(1)
    assert (reasons(world), told(world)) == (["ResolvedByPerson"], ends())
