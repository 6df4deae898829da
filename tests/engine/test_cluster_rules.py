"""Rules over what the watches know: attributed, and asked without a request."""

from typing import Any

from tests.engine.world import World, rule


def over(fact: str, **fields: Any) -> dict[str, Any]:
    """A rule over a fact of the cluster that fires above 0."""
    metric = {"kubernetes": {"name": fact, **fields}}
    criterion = {"threshold": {"metric": metric, "above": 0}}
    return rule(criterion=criterion, **{"for": "0s"})


def body_of(world: World, ready: int) -> dict[str, Any]:
    """The Deployment as its controller has counted it."""
    body = world.deployments["scorer"]
    return body | {"status": {"observedGeneration": 1, "replicas": 1, "readyReplicas": ready}}


async def test_a_deployment_that_is_not_ready_fires_and_ends() -> None:
    world = World()
    world.deploy("scorer")
    world.list_all()
    world.apply(over("UnavailableReplicas"))
    world.engine.saw("Deployment", body_of(world, ready=0))
    await world.tick(10)
    [alert] = world.status()["alerts"]
    assert (alert["state"], alert["workload"]["name"]) == ("Firing", "scorer")
    world.engine.saw("Deployment", body_of(world, ready=1))
    await world.tick(10)
    assert world.status()["state"] == "Inactive"
    assert world.source.asked == []


async def test_it_has_no_past_to_compare_with() -> None:
    world = World()
    world.list_all()
    metric = {"kubernetes": {"name": "ReadyReplicas"}}
    change = {"metric": metric, "over": "1h", "decreasesBy": "10%"}
    world.apply(rule(criterion={"rateOfChange": change}))
    await world.tick(5)
    message = world.condition("Stalled")["message"]
    assert "kubernetes says only what it is now" in message
