"""Rules that ask addresses of their own: who alerts, and what is said of which source."""

from tests.engine.fakes import FakeSource
from tests.engine.world import NAMESPACE, World, rule, rule_named
from tocsin.core.metrics import HTTP_SOURCE
from tocsin.core.samples import Failure, FailureKind, Sample, Samples

URL = "https://models.example.com/stats"
QUERY = f"GET {URL}: p99 of each of models"
HTTP = {"url": URL, "items": "models", "value": "p99", "labels": {"deployment": "name"}}
SLOW = Sample({"namespace": NAMESPACE, "deployment": "scorer"}, 12.0)


async def started(answer: Failure | Samples) -> World:
    """A rule over an address that answers so, and its deployment, two looks later."""
    http = FakeSource({QUERY: answer})
    world = World(sources={"default": FakeSource(), HTTP_SOURCE: http})
    world.deploy("scorer")
    world.list_all()
    world.apply(rule(criterion={"threshold": {"metric": {"http": HTTP}, "above": 10}}))
    await world.tick(20)
    return world


async def test_a_series_with_the_label_deployment_alerts_for_it() -> None:
    world = await started(Samples((SLOW,)))
    status = world.status()
    assert status["state"] == "Firing"
    assert status["alerts"][0]["workload"]["name"] == "scorer"


async def test_what_was_left_out_is_said_beside_that_the_source_answers() -> None:
    world = await started(Samples((SLOW,), ("1 of 2 items are left out",)))
    condition = world.condition("SourceReachable")
    assert condition["status"] == "True"
    assert condition["message"] == "the source answers; 1 of 2 items are left out"


async def test_an_address_that_fails_is_no_source_that_is_down() -> None:
    world = await started(Failure(FailureKind.TIMEOUT, "models.example.com did not answer"))
    assert world.condition("SourceReachable")["reason"] == "Timeout"
    metric = {"operator": {"name": "SourceReachable"}}
    own = rule_named("own", criterion={"threshold": {"metric": metric, "below": 1}})
    del own["spec"]["workloads"]
    world.apply(own)
    await world.tick(20)
    assert world.status("own")["state"] == "Inactive"


async def test_a_source_that_is_not_there_is_told_without_those_that_always_are() -> None:
    world = World(sources={"default": FakeSource(), HTTP_SOURCE: FakeSource()})
    world.list_all()
    metric = {"prometheus": {"query": "q", "sourceRef": {"name": "thanos"}}}
    world.apply(rule(criterion={"threshold": {"metric": metric, "above": 10}}))
    await world.tick(5)
    assert world.condition("Stalled")["message"] == 'there is no source "thanos"; known: default'
