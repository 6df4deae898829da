"""A receiver that could not be told is found before there is anything to tell it."""

from typing import Any

from tests.engine.notifying.telling import ROUTE, hook, route_status, spec
from tests.engine.world import World
from tocsin.core.notify.receivers import DeliveryError

MISSING = DeliveryError("Secret fraud/pager does not exist: create it")


async def applied(**lacking: DeliveryError) -> World:
    """A world in which a route was just applied, and nothing fires."""
    world = World()
    world.deploy()
    world.receivers.lacking = dict(lacking)
    world.put(ROUTE, "oncall", spec=spec(hook("chat"), hook("pager")))
    world.list_all()
    await world.tick(5)
    return world


def delivering(world: World) -> dict[str, Any]:
    """What the route says of telling."""
    conditions = route_status(world)["conditions"]
    return next(one for one in conditions if one["type"] == "Delivering")


async def test_a_missing_secret_shows_when_the_route_is_applied() -> None:
    world = await applied(pager=MISSING)
    assert delivering(world)["status"] == "False"
    assert delivering(world)["message"] == f"pager: {MISSING}"
    assert route_status(world)["failing"] == 1
    [event] = world.take_told()
    assert (event.reason, event.note) == ("DeliveryFailed", f"receiver pager: {MISSING}")
    await world.tick(300, by=5)
    assert world.take_told() == [], "it is told once"


async def test_what_is_mended_is_seen_within_a_minute_without_anything_to_tell() -> None:
    world = await applied(pager=MISSING)
    world.receivers.lacking.clear()
    await world.tick(60, by=5)
    assert delivering(world)["status"] == "True"
    assert route_status(world)["failing"] == 0


async def test_a_route_that_is_well_is_looked_at_once_an_hour() -> None:
    world = await applied()
    assert delivering(world)["reason"] == "Checked"
    await world.tick(3000, by=100)
    assert world.receivers.checks == 2
    await world.tick(700, by=100)
    assert world.receivers.checks == 4


async def test_an_edit_has_the_receivers_looked_at_anew() -> None:
    world = await applied()
    world.receivers.lacking = {"pager": MISSING}
    world.put(ROUTE, "oncall", spec=spec(hook("chat"), hook("pager", host="new.example.com")))
    await world.tick(5)
    assert delivering(world)["message"] == f"pager: {MISSING}"


async def test_a_check_does_not_take_back_what_was_told_in_vain() -> None:
    world = await applied()
    record = next(iter(world.engine.desk.routes))
    record.deliveries["pager"].failed = 1
    record.deliveries["pager"].last_error = "it answered 500"
    record.deliveries["pager"].failing_since = world.clock.now()
    await world.tick(3700, by=100)
    assert delivering(world)["message"] == "pager: it answered 500"


async def test_after_a_restart_what_is_still_missing_is_not_told_again() -> None:
    world = await applied(pager=MISSING)
    world.take_told()
    world.restart()
    await world.tick(5)
    assert delivering(world)["status"] == "False"
    assert world.take_told() == []


async def test_a_route_that_is_suspended_needs_no_secrets_yet() -> None:
    world = await applied()
    world.receivers.lacking = {"pager": MISSING}
    world.put(ROUTE, "oncall", spec=spec(hook("pager"), suspend=True))
    await world.tick(120, by=5)
    assert route_status(world)["failing"] == 0


async def test_a_secret_that_is_applied_a_moment_after_its_route_is_not_missed() -> None:
    world = World()
    world.receivers.lacking = {"pager": MISSING}
    world.put(ROUTE, "oncall", spec=spec(hook("chat"), hook("pager")))
    world.list_all()
    await world.tick(2)
    world.receivers.lacking.clear()
    await world.tick(5)
    assert delivering(world)["status"] == "True"
    assert world.take_told() == []
