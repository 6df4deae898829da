"""The operator's own numbers: one alert for a source that is dead, not one for each rule."""

from typing import Any

from tests.engine.fakes import FakeSource
from tests.engine.world import World, rule_named
from tocsin.core.samples import Failure, FailureKind, Samples

DOWN = Failure(FailureKind.UNREACHABLE, "connection refused")
PROBE = "vector(1)"


def over(name: str, **threshold: Any) -> dict[str, Any]:
    """A rule over one of the operator's own metrics."""
    criterion = {"threshold": {"metric": {"operator": {"name": name}}, **threshold}}
    body = rule_named("own", criterion=criterion, **{"for": "0s"})
    del body["spec"]["workloads"]
    return body


async def test_a_dead_source_is_one_alert_that_names_it() -> None:
    good, dead = FakeSource(), FakeSource({PROBE: DOWN, "q": DOWN})
    world = World({"default": dead, "other": good})
    world.apply(over("SourceReachable", below=1))
    for name in ("one", "two", "three"):
        world.apply(rule_named(name))
    world.list_all()
    await world.tick(10)
    (alert,) = world.status("own")["alerts"]
    assert (alert["labels"], alert["state"]) == ({"source": "default"}, "Firing")


async def test_a_source_that_answers_again_ends_the_alert() -> None:
    world = World()
    world.source.answers["q"] = world.source.answers[PROBE] = DOWN
    world.apply(over("SourceReachable", below=1))
    world.apply(rule_named("one"))
    world.list_all()
    await world.tick(10)
    assert world.status("own")["firing"] == 1
    world.source.answers["q"] = Samples(())
    await world.tick(70)
    assert (world.status("own")["firing"], world.status("own")["state"]) == (0, "Inactive")


async def test_a_source_that_no_rule_asks_is_asked_once_a_minute() -> None:
    world = World()
    world.apply(over("SourceReachable", below=1))
    world.list_all()
    await world.tick(115)
    assert world.source.asked == [PROBE, PROBE]
    assert world.status("own")["state"] == "Inactive"


async def test_a_query_that_the_source_refuses_is_not_the_sources_fault() -> None:
    world = World()
    world.source.answers["q"] = Failure(FailureKind.QUERY_REJECTED, "parse error")
    world.apply(over("SourceReachable", below=1))
    world.apply(rule_named("one"))
    world.list_all()
    await world.tick(10)
    assert world.status("own")["state"] == "Inactive"


async def test_evaluations_that_were_missed_are_counted_over_the_last_minutes() -> None:
    world = World()
    world.apply(over("EvaluationsMissed", above=0))
    world.apply(rule_named("one"))
    world.list_all()
    await world.tick(10)
    assert world.status("own")["state"] == "Inactive"
    world.clock.step(60)  # nobody had time for anything
    await world.tick(10)
    assert world.status("own")["state"] == "Firing"
    await world.tick(300)
    assert world.status("own")["state"] == "Inactive"


async def test_a_rule_that_cannot_be_evaluated_is_an_alert_of_its_own_namespace() -> None:
    world = World()
    world.source.answers["q"] = Samples(())
    world.apply(over("RulesInvalid", above=0))
    world.apply(rule_named("one"))
    world.list_all()
    await world.tick(10)
    assert world.status("own")["state"] == "Inactive"
    world.source.answers["q"] = Failure(FailureKind.QUERY_REJECTED, "parse error")
    await world.tick(20)
    (alert,) = world.status("own")["alerts"]
    assert (alert["labels"], alert["valueAtTransition"]) == ({"namespace": "fraud"}, "1")
    world.source.answers["q"] = Samples(())
    await world.tick(20)
    assert world.status("own")["firing"] == 0
