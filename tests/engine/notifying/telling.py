"""The stepped world with somebody who is told: a route, and what its receivers heard."""

from typing import Any

from tests.engine.world import World, rule

ROUTE = "NotificationRoute"
INCIDENT = "MLIncident"
SILENCE = "AlertSilence"


def hook(name: str = "hook", host: str = "hooks.example.com") -> dict[str, Any]:
    """A receiver that is a webhook."""
    return {"name": name, "webhook": {"url": f"https://{host}/in"}}


def spec(*receivers: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A route that tells of everything at once."""
    return {
        "selector": {"all": True},
        "groupWait": "0s",
        "groupInterval": "30s",
        "repeatInterval": "1h",
        "receivers": list(receivers) or [hook()],
    } | changes


def heard(world: World, name: str = "hook") -> list[str]:
    """The reasons for which a receiver was told, in order, since this was asked last."""
    told = [str(one.reason) for receiver, one in world.receivers.told if receiver.name == name]
    world.receivers.told = [one for one in world.receivers.told if one[0].name != name]
    return told


def incident(world: World) -> dict[str, Any]:
    """The one incident that is stored."""
    (body,) = world.all_of(INCIDENT)
    return body


def edit(world: World, **status: Any) -> None:
    """Somebody writes over fields of the status of the one incident."""
    body = incident(world)
    world.put(INCIDENT, body["metadata"]["name"], status=body.get("status", {}) | status)


def route_status(world: World, name: str = "oncall") -> dict[str, Any]:
    """The status that the API server holds of a route."""
    (body,) = [one for one in world.all_of(ROUTE) if one["metadata"]["name"] == name]
    return dict(body.get("status") or {})


async def on_call(*deployments: str, firing: bool = True, **changes: Any) -> World:
    """A world with a route, in which these Deployments fire, of which all was told."""
    world = World()
    names = deployments or ("scorer",)
    for name in names:
        world.deploy(name, model=name)
    world.apply(rule())
    world.put(ROUTE, "oncall", spec=spec(**changes))
    world.list_all()
    world.value(**dict.fromkeys(names, 12.0 if firing else 3.0))
    await world.tick(20, by=5)
    world.take_told()
    return world


async def mend(world: World, *deployments: str) -> None:
    """Nothing fires any more of these, and that was told."""
    world.value(**dict.fromkeys(deployments or ("scorer",), 3.0))
    await world.tick(60, by=5)
