"""Annotations that come to nothing are told of, on the object that bears them, once."""

from tests.engine.notifying.telling import INCIDENT, heard, incident, mend, on_call
from tests.engine.world import Told, World

ROUTE = "NotificationRoute"


def annotate(world: World, kind: str, name: str, **annotations: str) -> None:
    """kubectl annotate, with `tocsin.dev/` before each name."""
    after = {f"tocsin.dev/{key}": value for key, value in annotations.items()}
    world.put(kind, name, metadata={"annotations": after})


async def told(world: World) -> list[Told]:
    """What is told of it, however often the object is seen again."""
    await world.tick(5)
    said = [one for one in world.take_told() if "Alert" not in one.reason]
    await world.tick(90)
    assert [one for one in world.take_told() if "Alert" not in one.reason] == []
    return said


async def test_a_silence_on_an_incident_is_said_to_silence_nothing_and_where_it_would() -> None:
    world = await on_call()
    await told(world)
    name = incident(world)["metadata"]["name"]
    annotate(world, INCIDENT, name, silence="2h known")
    assert await told(world) == [
        Told(
            "SilenceInvalid", f"{INCIDENT}/{name}",
            "tocsin.dev/silence silences no incident: annotate deployment/scorer -n fraud",
        )
    ]  # fmt: skip


async def test_a_silence_on_a_route_is_said_to_silence_nothing_and_where_it_would() -> None:
    world = await on_call()
    await told(world)
    annotate(world, ROUTE, "oncall", silence="2h known")
    [one] = await told(world)
    assert (one.reason, one.on) == ("SilenceInvalid", f"{ROUTE}/oncall")
    assert "annotate a rule, a workload or a namespace, or set suspend" in one.note


async def test_who_acknowledges_what_is_resolved_is_told_that_nothing_is_left() -> None:
    world = await on_call()
    await mend(world)
    await told(world)
    heard(world)
    before = incident(world)
    annotate(world, INCIDENT, before["metadata"]["name"], ack="on it")
    [one] = await told(world)
    assert (one.reason, one.note) == (
        "AcknowledgedLate", "it is resolved, and nothing is left to acknowledge",
    )  # fmt: skip
    assert incident(world)["status"] == before["status"]
    assert heard(world) == []


async def test_who_acknowledged_in_time_is_told_nothing_once_it_is_resolved() -> None:
    world = await on_call()
    annotate(world, INCIDENT, incident(world)["metadata"]["name"], ack="on it")
    await world.tick(5)
    await mend(world)
    assert [one.reason for one in await told(world)] == []
    assert incident(world)["status"]["acknowledgement"]["comment"] == "on it"
