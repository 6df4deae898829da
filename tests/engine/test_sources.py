"""Sources that fail, recover, are slow, or are asked the same by many."""

import pytest

from tests.engine.explained import explainer
from tests.engine.fakes import FakeSource
from tests.engine.world import World, asking, rule, rule_named, started
from tocsin.api.explanation import Explanation
from tocsin.core.metrics import Question
from tocsin.core.samples import Failure, FailureKind, Sample, Samples

DOWN = Failure(FailureKind.UNREACHABLE, "connection refused")


async def test_a_source_that_fails_is_told_once_and_holds_what_fires() -> None:
    world = await started(firing=True)
    world.source.answers["q"] = DOWN
    await world.tick(5)
    reachable = world.condition("SourceReachable")
    assert (reachable["status"], reachable["reason"]) == ("False", "Unreachable")
    assert world.condition("Ready")["status"] == "True"
    status, writes = world.status(), len(world.api.writes)
    assert status["state"] == "Firing"
    assert status["alerts"][0]["unobservedSince"]
    await world.tick(100)
    assert (world.status(), len(world.api.writes)) == (status, writes)
    assert [(one.reason, one.on, one.note) for one in world.take_told()] == [
        ("SourceFailed", "MLAlertRule/latency", "connection refused")
    ]


async def test_a_source_that_is_back_is_reachable_and_the_alert_goes_on() -> None:
    world = await started(firing=True)
    before = world.status()["alerts"]
    world.source.answers["q"] = DOWN
    await world.tick(50)
    world.value(scorer=12)
    await world.tick(5)
    assert world.status()["alerts"] == before
    assert world.condition("SourceReachable")["status"] == "True"
    assert [one.reason for one in world.take_told()] == ["SourceFailed"]


async def test_a_quiet_rule_is_failed_while_its_source_is() -> None:
    world = await started()
    world.source.answers["q"] = DOWN
    await world.tick(5)
    assert (world.status()["state"], world.status()["message"]) == ("Failed", "connection refused")
    world.value(scorer=3)
    await world.tick(5)
    assert world.status()["state"] == "Inactive"


async def test_an_outage_does_not_count_for_for() -> None:
    world = await started(for_="20s")
    world.value(scorer=12)
    await world.tick(10)
    world.source.answers["q"] = DOWN
    await world.tick(60)
    assert world.status()["pending"] == 1
    world.value(scorer=12)
    await world.tick(15)
    assert world.status()["state"] == "Pending"
    await world.tick(5)
    assert world.status()["state"] == "Firing"


async def test_identical_queries_that_are_due_together_are_asked_once() -> None:
    world = await started()
    world.source.asked.clear()
    for number in range(5):
        world.apply(rule_named(f"r{number}", interval="10s"))
    world.apply(rule_named("another", criterion=asking("another")))
    await world.tick(20)
    assert sorted(world.source.asked) == ["another"] * 4 + ["q"] * 4
    states = {world.status(f"r{number}")["state"] for number in range(5)}
    assert states == {"Inactive"}


async def test_the_same_query_of_two_sources_is_asked_of_both() -> None:
    world = World({"default": FakeSource(), "other": FakeSource()})
    world.list_all()
    world.apply(rule())
    criterion = asking("q")
    criterion["threshold"]["metric"]["prometheus"]["sourceRef"] = {"name": "other"}
    world.apply(rule_named("second", criterion=criterion))
    await world.tick(5)
    assert [source.asked for source in world.sources.values()] == [["q"], ["q"]]


@pytest.mark.parametrize("failing", ["counts", "coverage"])
async def test_of_several_sources_the_one_that_failed_is_named(failing: str) -> None:
    names = ("default", "counts", "coverage")
    world = World({name: FakeSource() for name in names})
    world.deploy()
    for source in world.sources.values():
        source.answers["q"] = Samples((Sample({"namespace": "fraud", "deployment": "scorer"}, 1),))
    world.list_all()
    metrics = {
        name: {"prometheus": {"query": "q", "sourceRef": {"name": name}}} for name in names[1:]
    }
    world.apply(
        rule(
            labelDelay="1m",
            minSamples={"metric": metrics["counts"], "atLeast": 1},
            labelCoverage={"metric": metrics["coverage"], "atLeast": "50%"},
        )
    )
    await world.tick(10)
    assert world.condition("SourceReachable")["status"] == "True"
    world.sources[failing].answers["q"] = DOWN
    await world.tick(10)
    assert world.condition("SourceReachable")["message"] == f"{failing}: connection refused"
    told = explainer(world).rule("fraud/latency", "")
    assert isinstance(told, Explanation)
    assert told.source
    assert (told.source.name, told.source.answers) == (failing, False)


async def test_a_source_that_never_answers_delays_no_rule_of_another() -> None:
    slow, quick = FakeSource(hangs=True), FakeSource()
    quick.answers["q"] = Samples((Sample({"namespace": "fraud", "deployment": "scorer"}, 12),))
    world = World({"default": quick, "slow": slow})
    world.deploy()
    criterion = asking("q")
    criterion["threshold"]["metric"]["prometheus"]["sourceRef"] = {"name": "slow"}
    world.apply(rule_named("waiting", criterion=criterion))
    world.apply(rule())
    world.list_all()
    await world.tick(20)
    assert world.status()["state"] == "Firing"
    assert len(quick.asked) == 4
    assert len(slow.asked) == 1
    assert world.meter.skipped == 3
    assert world.status("waiting")["message"] == "waiting for the next evaluation, within 5s"
    slow.hangs = False
    slow.released.set()
    await world.tick(10)
    assert len(slow.asked) == 3
    assert world.meter.skipped == 3


async def test_evaluations_missed_while_nothing_ran_are_counted_and_not_made_up_for() -> None:
    world = await started()
    world.source.asked.clear()
    world.clock.step(60)
    await world.work()
    assert (len(world.source.asked), world.meter.skipped) == (1, 11)


async def test_all_that_a_hung_evaluation_lets_pass_is_counted() -> None:
    world = await started()
    world.source.hangs = True
    await world.tick(5)
    world.clock.step(60)
    await world.work()
    assert world.meter.skipped == 12
    world.source.released.set()
    world.source.hangs = False
    await world.tick(5)


async def test_a_source_that_raises_disturbs_no_other_rule() -> None:
    class Broken(FakeSource):
        async def ask(self, question: Question) -> Samples | Failure:
            raise RuntimeError("a bug in an adapter")

    world = World({"default": FakeSource(), "broken": Broken()})
    criterion = asking("q")
    criterion["threshold"]["metric"]["prometheus"]["sourceRef"] = {"name": "broken"}
    world.apply(rule_named("unlucky", criterion=criterion))
    world.apply(rule())
    world.list_all()
    await world.tick(20)
    assert len(world.sources["default"].asked) == 4
    assert world.status()["state"] == "Unknown"
