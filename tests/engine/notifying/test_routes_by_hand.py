"""A route that is edited, deleted, renamed, moved or wrong while there is something to tell."""

from typing import Any

import pytest

from tests.engine.notifying.telling import (
    INCIDENT,
    ROUTE,
    SILENCE,
    heard,
    hook,
    incident,
    mend,
    on_call,
    route_status,
    spec,
)
from tests.engine.world import World
from tocsin.core.notify.receivers import DeliveryError

BROKEN = DeliveryError("it answered 500")


def condition(world: World, kind: str) -> dict[str, Any]:
    conditions = route_status(world)["conditions"]
    return next(one for one in conditions if one["type"] == kind)


async def test_a_route_that_is_not_understood_says_so_in_status_and_as_an_event() -> None:
    world = await on_call(firing=False)
    wrong = spec(hook(), hook(), groupWait="soon", selector={})
    world.put(ROUTE, "oncall", spec=wrong)
    await world.tick(5)
    (told,) = world.take_told()
    assert (told.reason, told.on) == ("RouteInvalid", "NotificationRoute/oncall")
    assert "spec.groupWait" in told.note
    assert "the former spec counts" in condition(world, "Ready")["message"]
    world.value(scorer=12.0)
    await world.tick(30, by=5)
    assert heard(world) == ["First"], "the former spec counts"
    for again in ("it tells nobody", None):
        world.restart()
        await world.tick(5)
        said = [one.note for one in world.take_told() if one.reason == "RouteInvalid"]
        assert len(said) == bool(again)
        assert (again or "") in "".join(said), "after a restart nobody knows the former one"


async def test_a_receiver_name_that_is_used_twice_is_a_mistake_that_is_named() -> None:
    world = await on_call(firing=False)
    world.put(ROUTE, "oncall", spec=spec(hook(), hook(host="other.example.com")))
    await world.tick(5)
    (told,) = world.take_told()
    assert told.reason == "RouteInvalid"
    assert "hook" in told.note
    assert "twice" in told.note


async def test_two_routes_to_the_same_channel_tell_it_once_each() -> None:
    world = await on_call(firing=False)
    world.put(ROUTE, "second", spec=spec())
    await world.tick(5)
    world.value(scorer=12.0)
    await world.tick(30, by=5)
    told = [one for _, one in world.receivers.told]
    assert {one.route for one in told} == {"fraud/oncall", "fraud/second"}
    assert len({one.key for one in told}) == len({one.id for one in told}) == 2
    assert len(world.all_of(INCIDENT)) == 2
    await mend(world)
    assert heard(world) == ["First", "First", "AllResolved", "AllResolved"]


async def test_500_for_an_hour_is_said_once_and_then_told_once() -> None:
    world = await on_call(firing=False)
    world.receivers.failing["hook"] = BROKEN
    world.value(scorer=12.0)
    await world.tick(30, by=5)
    await world.tick(3600, by=30)
    said = [told for told in world.take_told() if told.reason == "DeliveryFailed"]
    assert [told.note for told in said] == ["receiver hook: it answered 500"]
    assert 12 <= len(world.receivers.tried) <= 40
    assert len({one.id for _, one in world.receivers.tried}) == 1
    (entry,) = route_status(world)["receivers"]
    assert entry["lastError"] == "it answered 500"
    assert condition(world, "Delivering")["status"] == "False"
    writes = world.kept.written
    assert writes < 4 * len(world.receivers.tried), "the API server is not told of each second"
    world.receivers.failing.clear()
    await world.tick(400, by=20)
    assert heard(world) == ["First"]
    assert condition(world, "Delivering")["status"] == "True"
    world.receivers.failing["hook"] = BROKEN
    await mend(world)
    said = [told for told in world.take_told() if told.reason == "DeliveryFailed"]
    assert len(said) == 1, "another streak"


async def test_a_failure_is_said_once_also_across_a_restart() -> None:
    world = await on_call(firing=False)
    world.receivers.failing["hook"] = BROKEN
    world.value(scorer=12.0)
    await world.tick(30, by=5)
    world.take_told()
    world.restart()
    await world.tick(60, by=5)
    assert [told for told in world.take_told() if told.reason == "DeliveryFailed"] == []


async def test_a_receiver_that_is_replaced_while_it_fails_is_the_one_that_is_told() -> None:
    world = await on_call(firing=False)
    world.receivers.failing["hook"] = BROKEN
    world.value(scorer=12.0)
    await world.tick(120, by=5)
    world.put(ROUTE, "oncall", spec=spec(hook("new", "new.example.com")))
    await world.tick(5)
    assert heard(world, "new") == ["First"]
    await mend(world)
    assert heard(world, "new") == ["AllResolved"]
    assert heard(world) == []


async def test_a_route_that_is_deleted_while_it_is_sending_is_heard_to_the_end() -> None:
    world = await on_call(firing=False)
    world.receivers.meanwhile = lambda: world.drop(ROUTE, "oncall")
    world.value(scorer=12.0)
    await world.tick(30, by=5)
    assert heard(world) == ["First"]
    await mend(world)
    await world.tick(600, by=30)  # at the times of the settings
    assert heard(world) == ["AllResolved"]
    assert incident(world)["status"]["state"] == "Closed"


async def test_a_route_that_is_deleted_while_it_retries_tells_nobody_that_it_fires() -> None:
    world = await on_call(firing=False)
    world.receivers.failing["hook"] = BROKEN
    world.value(scorer=12.0)
    await world.tick(60, by=5)
    world.drop(ROUTE, "oncall")
    world.receivers.failing.clear()
    await world.tick(120, by=5)
    assert heard(world) == []
    await mend(world)
    await world.tick(600, by=30)
    assert heard(world) == []
    assert incident(world)["status"]["state"] == "Closed"


@pytest.mark.parametrize("silenced", [False, True])
async def test_a_route_that_is_renamed_tells_of_the_end_to_those_who_were_told(
    silenced: bool,
) -> None:
    world = await on_call()
    assert heard(world) == ["First"]
    if silenced:
        mute = {"selector": {"all": True}, "duration": "2h", "comment": "on it"}
        world.put(SILENCE, "mute", spec=mute)
        await world.tick(5)
    world.drop(ROUTE, "oncall")
    world.put(ROUTE, "renamed", spec=spec())
    await world.tick(10)
    assert heard(world) == ([] if silenced else ["First"]), "another route, another incident"
    await mend(world)
    await world.tick(600, by=30)
    assert heard(world) == (["AllResolved"] if silenced else ["AllResolved", "AllResolved"])


async def test_a_route_that_is_edited_while_it_is_sending_tells_its_new_receiver_too() -> None:
    world = await on_call(firing=False)
    both = spec(hook(), hook("second", "second.example.com"))
    world.receivers.meanwhile = lambda: world.put(ROUTE, "oncall", spec=both)
    world.value(scorer=12.0)
    await world.tick(30, by=5)
    assert heard(world) == ["First"]
    assert heard(world, "second") == ["First"]
    await mend(world)
    assert heard(world) == ["AllResolved"]
    assert heard(world, "second") == ["AllResolved"]


async def test_a_status_of_a_route_that_is_edited_by_hand_is_put_right() -> None:
    world = await on_call()
    right = route_status(world)
    for wrong in ({}, {"receivers": [{"name": "hook", "sent": 99}, {"name": "x"}]}):
        world.put(ROUTE, "oncall", status=wrong)
        await world.tick(5)
        assert route_status(world) == right
        assert heard(world) in (["First"], [])
