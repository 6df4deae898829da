"""An open incident that somebody deletes, edits or replaces: nobody is told twice, nor never."""

from typing import Any

import pytest

from tests.engine.notifying.telling import INCIDENT, edit, heard, incident, mend, on_call
from tests.engine.world import Told


async def test_one_that_is_deleted_is_made_again_and_told_to_its_end_under_the_same_key() -> None:
    world = await on_call()
    before = incident(world)
    key = world.receivers.told[0][1].key
    assert heard(world) == ["First"]
    world.drop(INCIDENT, before["metadata"]["name"])
    await world.tick(5)
    after = incident(world)
    assert after["metadata"]["uid"] != before["metadata"]["uid"]
    assert after["status"]["told"] == before["status"]["told"]
    await mend(world)
    assert world.receivers.told[0][1].key == key
    assert heard(world) == ["AllResolved"]


EDITS: dict[str, dict[str, Any]] = {
    "members emptied": {"members": []},
    "members of wrong types": {"members": [{"id": 7}, "scorer", None]},
    "told removed": {"told": []},
    "closed": {"closedAt": "2026-01-31T12:00:00Z", "state": "Closed"},
    "a wrong counter": {"sequence": 0, "alerts": 99},
    "told of more than there was": {"sequence": 9999},
    "lies": {"state": "Closed", "model": "x" * 10_000, "timeline": ["nothing happened"] * 50},
}


@pytest.mark.parametrize("status", EDITS.values(), ids=EDITS)
async def test_a_status_that_is_edited_while_the_operator_runs_is_put_right(
    status: dict[str, Any],
) -> None:
    world = await on_call()
    right = incident(world)["status"]
    assert heard(world) == ["First"]
    edit(world, **status)
    await world.tick(5)
    assert incident(world)["status"] == right
    assert heard(world) == []
    await mend(world)
    assert heard(world) == ["AllResolved"]


async def test_a_status_that_is_emptied_is_written_again() -> None:
    world = await on_call()
    right = incident(world)["status"]
    world.put(INCIDENT, incident(world)["metadata"]["name"], status={})
    await world.tick(5)
    assert incident(world)["status"] == right
    assert heard(world) == ["First"]


async def test_another_object_of_its_name_is_taken_over() -> None:
    world = await on_call()
    body = incident(world)
    world.put(INCIDENT, body["metadata"]["name"], metadata={"uid": "another"}, status={})
    await world.tick(5)
    assert incident(world)["status"] == body["status"]
    await mend(world)
    assert heard(world) == ["First", "AllResolved"]
    assert incident(world)["status"]["state"] == "Closed"


async def test_another_route_in_its_spec_leaves_it_with_those_who_were_told() -> None:
    world = await on_call()
    body = incident(world)
    route = {"namespace": "fraud", "name": "another"}
    world.put(INCIDENT, body["metadata"]["name"], spec=body["spec"] | {"route": route})
    await mend(world)
    assert heard(world) == ["First", "AllResolved"]


async def test_what_cannot_be_read_after_a_restart_is_said_and_the_rest_counts() -> None:
    world = await on_call()
    assert heard(world) == ["First"]
    members = incident(world)["status"]["members"]
    edit(world, members=[*members, members[0], {"id": "x"}], sequence="three")
    world.restart()
    await world.tick(5)
    assert heard(world) == []
    assert [told.reason for told in world.take_told()] == ["IncidentUnreadable"]
    assert incident(world)["status"]["members"] == members
    await mend(world)
    assert heard(world) == ["AllResolved"]


async def test_one_whose_spec_cannot_be_read_keeps_no_alert_from_being_told() -> None:
    world = await on_call()
    heard(world)
    name = incident(world)["metadata"]["name"]
    world.put(INCIDENT, name, spec={"route": "oncall"}, status={})
    world.restart()
    await world.tick(5)
    assert heard(world) == ["First"], "nobody knows whether it was told"
    (told,) = world.take_told()
    assert told.reason == "IncidentUnreadable"
    assert "spec.route" in told.note
    await mend(world)
    assert heard(world) == ["AllResolved"]


async def test_what_is_unreadable_is_said_once_however_often_it_is_seen() -> None:
    world = await on_call()
    edit(world, members=[{"id": "x"}])
    world.restart()
    await world.tick(5)
    for number in range(5):
        name = incident(world)["metadata"]["name"]
        world.put(INCIDENT, name, metadata={"labels": {"seen": str(number)}})
        await world.tick(1)
    said = [told for told in world.take_told() if told.reason == "IncidentUnreadable"]
    assert len(said) == 1
    assert isinstance(said[0], Told)
