"""Parameters by annotation: told on the workload, kept over a restart, shown in status."""

from typing import Any

from tests.engine.world import World, rule

LIMITED = {
    "for": "0s",
    "parameters": {"limit": 10},
    "criterion": {"threshold": {"metric": {"prometheus": {"query": "q"}}, "above": "$limit"}},
}
HELD = [
    {
        "workload": {"kind": "Deployment", "namespace": "fraud", "name": "scorer"},
        "name": "limit",
        "value": "20",
    }
]


async def limited(value: float = 15, limit: str | None = None) -> World:
    """A world with a rule whose limit is a parameter, at a value."""
    world = World()
    world.deploy(limit=limit)
    world.apply(rule(**LIMITED))
    world.list_all()
    world.value(scorer=value)
    await world.tick(5)
    return world


def told(world: World) -> list[tuple[str, str]]:
    return [(one.reason, one.on) for one in world.take_told()]


async def restarted(world: World) -> tuple[dict[str, Any], int]:
    """The status after a restart, and how often it was written for that."""
    writes = len(world.api.writes)
    world.restart()
    await world.tick(10)
    return world.status(), len(world.api.writes) - writes


async def test_the_rules_own_value_counts_where_a_workload_sets_none() -> None:
    world = await limited()
    (alert,) = world.status()["alerts"]
    assert alert["threshold"] == "10"
    assert world.condition("ParametersAccepted")["status"] == "True"


async def test_an_annotation_counts_from_the_next_evaluation_on() -> None:
    world = await limited()
    world.take_told()
    world.deploy(limit="20")
    await world.tick(5)
    assert world.status()["state"] == "Inactive"
    assert told(world)[0][0] == "AlertResolved"
    world.value(scorer=25)
    await world.tick(5)
    assert world.status()["alerts"][0]["threshold"] == "20"


async def test_an_edit_of_the_rules_value_keeps_the_alerts() -> None:
    world = await limited()
    world.take_told()
    before = world.status()["alerts"]
    world.apply(rule(**LIMITED | {"parameters": {"limit": 12}}))
    await world.tick(5)
    assert (world.status()["alerts"], told(world)) == (before, [])


async def test_one_that_cannot_be_read_keeps_the_old_one_and_is_told_once_on_the_workload() -> None:
    world = await limited(limit="20")
    world.deploy(limit="fast")
    await world.tick(20)
    (one,) = world.take_told()
    assert (one.reason, one.on) == ("ParameterUnreadable", "Deployment/scorer")
    assert one.note == (
        "Deployment scorer, annotation param.tocsin.dev/latency.limit: "
        '"fast" is not an amount: write one like "0.2", 20%, 200ms or 5Gi; 20 stays in force'
    )
    assert world.status()["state"] == "Inactive"
    assert world.status()["heldParameters"] == HELD
    accepted = world.condition("ParametersAccepted")
    assert (accepted["status"], accepted["reason"]) == ("False", "Unreadable")
    assert accepted["message"] == one.note
    assert world.condition("Ready")["status"] == "True"


async def test_what_is_kept_is_kept_over_restarts_and_told_and_written_no_more() -> None:
    world = await limited(limit="20")
    world.deploy(limit="fast")
    await world.tick(5)
    before = world.status()
    world.take_told()
    for _ in range(2):
        assert await restarted(world) == (before, 0)
    assert told(world) == []
    world.restart()  # and at once again, before anything was evaluated
    assert await restarted(world) == (before, 0)


async def test_one_that_was_never_read_is_told_once_over_restarts_too() -> None:
    world = await limited(limit="fast")
    assert ("ParameterUnreadable", "Deployment/scorer") in told(world)
    before = world.status()
    assert "heldParameters" not in before
    assert await restarted(world) == (before, 0)
    assert told(world) == []


async def test_a_mended_or_removed_annotation_is_no_longer_kept() -> None:
    for limit in ("30", None):
        world = await limited(limit="20")
        world.deploy(limit="fast")
        await world.tick(5)
        world.deploy(limit=limit)
        await world.tick(5)
        assert "heldParameters" not in world.status()
        assert world.condition("ParametersAccepted")["status"] == "True"
        assert world.status()["state"] == ("Inactive" if limit else "Firing")


async def test_a_workload_that_was_made_again_keeps_nothing_of_the_former_one() -> None:
    world = await limited(limit="20")
    world.undeploy()
    await world.tick(5)
    world.deploy(limit="fast")
    await world.tick(5)
    assert "heldParameters" not in world.status()
    assert world.status()["state"] == "Firing"


async def test_a_rule_without_parameters_says_nothing_of_them() -> None:
    world = World()
    world.deploy()
    world.apply(rule())
    world.list_all()
    world.value(scorer=3)
    await world.tick(5)
    assert world.condition("ParametersAccepted") == {}
    assert told(world) == []


async def test_an_annotation_for_a_parameter_that_is_not_there_is_told_on_its_workload() -> None:
    world = World()
    world.deploy(limit="20")
    world.apply(rule())
    world.list_all()
    world.value(scorer=3)
    await world.tick(5)
    said = world.condition("ParametersAccepted")["message"]
    assert 'rule latency has no parameter "limit": it has none' in said
    [event] = world.take_told()
    assert (event.reason, event.on) == ("ParameterUnreadable", "Deployment/scorer")
    assert event.note == said
    world.deploy()
    await world.tick(5)
    assert world.condition("ParametersAccepted") == {}
