"""What people hear when a rule is edited while its alert fires."""

import pytest

from tests.engine.notifying.telling import heard, incident, mend, on_call
from tests.engine.world import asking, rule


@pytest.mark.parametrize("waits", ["0s", "30s"])
async def test_a_limit_that_is_tuned_while_it_is_exceeded_tells_no_end_and_no_new_alert(
    waits: str,
) -> None:
    world = await on_call()
    assert heard(world) == ["First"]
    world.apply(rule(criterion=asking("q", above=11), **{"for": waits}))
    await world.tick(120, by=5)
    assert heard(world) == []
    assert world.status()["history"][0]["reason"] == "RuleChanged"
    await mend(world)
    assert heard(world) == ["AllResolved"]
    assert incident(world)["status"]["state"] == "Closed"


async def test_a_limit_that_is_raised_above_the_value_tells_the_end() -> None:
    world = await on_call()
    heard(world)
    world.apply(rule(criterion=asking("q", above=20)))
    await world.tick(60, by=5)
    assert heard(world) == ["AllResolved"]


async def test_a_rule_that_is_suspended_tells_the_end() -> None:
    world = await on_call()
    heard(world)
    world.apply(rule(suspend=True))
    await world.tick(60, by=5)
    assert heard(world) == ["AllResolved"]


async def test_a_rule_that_is_made_more_severe_is_told_again_and_taken_on_by_nobody() -> None:
    world = await on_call()
    heard(world)
    noted = {"annotations": {"tocsin.dev/ack": "on it"}}
    world.put("MLIncident", incident(world)["metadata"]["name"], metadata=noted)
    await world.tick(5)
    assert heard(world) == ["Acknowledged"]
    world.apply(rule(severity="critical"))
    await world.tick(60, by=5)
    assert heard(world) == ["NewAlerts"]
    assert incident(world)["status"]["state"] == "Firing"
