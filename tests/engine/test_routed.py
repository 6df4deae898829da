"""The condition Routed: a rule says that an alert of it is taken by no route."""

from typing import Any

from tests.engine.routed import route
from tests.engine.world import World, rule, started

ROUTE = "NotificationRoute"
LOW = {"severities": ["low"]}


async def firing(*routes: dict[str, Any], **spec: Any) -> World:
    """A world with these routes whose one rule fires."""
    world = World()
    world.deploy()
    world.apply(rule(**spec))
    world.see(ROUTE, *routes)
    world.list_all()
    world.value(scorer=12)
    await world.tick(20)
    return world


def routed(world: World) -> tuple[str, str] | None:
    """Status and reason of the condition, if it is there."""
    found = world.condition("Routed")
    return (found["status"], found["reason"]) if found else None


async def test_what_no_route_takes_is_said_with_the_term_that_does_not_fit() -> None:
    world = await firing(route(selector=LOW))
    assert routed(world) == ("False", "NoRoute")
    assert world.condition("Routed")["message"] == (
        "nobody is told: no route takes Deployment fraud/scorer: fraud/oncall: severity high does "
        "not fit"
    )
    assert world.condition("Ready")["status"] == "True"


async def test_it_is_absent_where_a_route_takes_it_where_there_is_none_and_in_shadow() -> None:
    for world in (
        await firing(route()),
        await firing(),
        await firing(route("far", namespace="credit")),
        await firing(route(selector=LOW), mode="Shadow"),
    ):
        assert routed(world) is None


async def test_it_is_absent_while_nothing_fires_and_once_it_is_over() -> None:
    world = await started()
    world.see(ROUTE, route(selector=LOW))
    await world.tick(5)
    assert routed(world) is None
    world.value(scorer=12)
    await world.tick(20)
    assert routed(world) == ("False", "NoRoute")
    world.value(scorer=3)
    await world.tick(10)
    assert routed(world) is None


async def test_a_route_that_is_made_edited_or_deleted_is_seen_at_once() -> None:
    world = await firing(route("low", selector=LOW), interval="1h")
    await world.tick(3 * 3600, by=60)
    assert routed(world) == ("False", "NoRoute")
    for body, expected in (
        (route(), None),
        (route(generation=2, suspend=True), ("False", "NoRoute")),
        (route(generation=3), None),
    ):
        world.see(ROUTE, body)
        await world.tick(2)
        assert routed(world) == expected
    world.engine.gone(ROUTE, "fraud", "oncall")
    await world.tick(2)
    assert routed(world) == ("False", "NoRoute")


async def test_it_is_written_once_and_then_never_again() -> None:
    world = await firing(route(selector=LOW))
    await world.tick(10)
    world.api.writes.clear()
    await world.tick(120)
    assert world.api.writes == []


async def test_what_a_route_takes_costs_no_write() -> None:
    without, taken = await firing(), await firing(route())
    for world in (without, taken):
        await world.tick(60)
    assert len(taken.api.writes) == len(without.api.writes)


async def test_a_restart_writes_nothing_as_long_as_it_is_as_it_was() -> None:
    world = await firing(route(selector=LOW))
    await world.tick(10)
    before = world.condition("Routed")
    world.api.writes.clear()
    world.restart()
    await world.tick(60)
    assert world.condition("Routed") == before
    assert world.api.writes == []


async def test_a_restart_after_which_a_route_takes_it_says_so_no_more() -> None:
    world = await firing(route(selector=LOW))
    await world.tick(10)
    world.objects[ROUTE, "oncall"] = route(generation=2)
    world.restart()
    await world.tick(10)
    assert routed(world) is None


async def test_several_alerts_are_one_message_about_the_first_of_them() -> None:
    world = World()
    for name in ("a", "b", "c"):
        world.deploy(name, name)
    world.apply()
    world.see(ROUTE, route(selector={"workloads": [{"kind": "Deployment", "name": "b"}]}))
    world.list_all()
    world.value(a=12, b=12, c=12)
    await world.tick(30)
    assert world.condition("Routed")["message"] == (
        "nobody is told of several alerts: no route takes Deployment fraud/a: fraud/oncall: "
        "workload Deployment fraud/a does not fit"
    )
