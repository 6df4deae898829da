"""mode: Shadow lives as ever, counts what it would have told, and tells nobody."""

from typing import Any

from tests.engine.world import ON_BOTH, World, rule, started
from tocsin.core.samples import Samples

SHADOW = {"mode": "Shadow", "for": "0s"}


async def shadowing(**spec: Any) -> World:
    """A world with an alert that fires in Shadow."""
    world = World()
    world.deploy()
    world.apply(rule(**(SHADOW | spec)))
    world.list_all()
    world.value(scorer=12)
    await world.tick(5)
    assert world.status()["state"] == "Firing"
    return world


def told(world: World) -> list[tuple[str, str]]:
    return [(one.reason, one.on) for one in world.take_told()]


def on_both(reason: str) -> list[tuple[str, str]]:
    return [(reason, on) for on in ON_BOTH]


async def test_states_history_and_message_are_as_ever_and_nobody_is_told() -> None:
    world = await shadowing()
    status = world.status()
    assert (status["firing"], status["wouldHaveNotified"]) == (1, 1)
    assert status["message"] == "latency: scorer is at 12 (limit 10)"
    assert status["alerts"][0]["shadow"] is True
    world.value(scorer=3)
    await world.tick(5)
    status = world.status()
    (entry,) = status["history"]
    assert (entry["reason"], entry["shadow"]) == ("Recovered", True)
    assert (status["state"], status["wouldHaveNotified"]) == ("Inactive", 1)
    assert told(world) == []


async def test_it_counts_each_alert_that_begins_to_fire_and_over_restarts() -> None:
    world = await shadowing()
    for count in (2, 3):
        world.value(scorer=3)
        await world.tick(5)
        world.restart()
        world.value(scorer=12)
        await world.tick(10)
        assert world.status()["wouldHaveNotified"] == count
    assert told(world) == []


async def test_one_that_fires_again_while_recovering_is_counted_once() -> None:
    world = await shadowing(keepFiringFor="10m")
    for value in (3, 12, 3, 12):
        world.value(scorer=value)
        await world.tick(5)
    assert world.status()["wouldHaveNotified"] == 1


async def test_when_the_mode_becomes_active_what_fires_is_told_and_later_its_end() -> None:
    world = await shadowing()
    world.apply(rule(**SHADOW | {"mode": "Active"}))
    await world.tick(1)
    assert told(world) == on_both("AlertFiring")
    status = world.status()
    assert "shadow" not in status["alerts"][0]
    assert "wouldHaveNotified" not in status
    await world.tick(20)
    assert told(world) == []
    world.value(scorer=3)
    await world.tick(5)
    assert told(world) == on_both("AlertResolved")
    assert "shadow" not in world.status()["history"][0]


async def test_what_fires_is_told_once_also_if_the_mode_changed_while_nobody_looked() -> None:
    world = await shadowing()
    world.api.store(rule(**SHADOW | {"mode": "Active"}))
    world.restart()
    await world.tick(10)
    assert told(world) == on_both("AlertFiring")
    world.restart()
    await world.tick(10)
    assert told(world) == []


async def test_what_is_pending_when_the_mode_becomes_active_is_told_when_it_fires() -> None:
    world = await started(mode="Shadow")
    world.value(scorer=12)
    await world.tick(5)
    assert world.status()["state"] == "Pending"
    world.apply(rule(mode="Active"))
    await world.tick(1)
    assert told(world) == []
    await world.tick(9)
    assert told(world) == on_both("AlertFiring")


async def test_what_was_told_before_the_mode_became_shadow_is_told_when_it_ends() -> None:
    world = await started(firing=True)
    world.apply(rule(mode="Shadow"))
    await world.tick(5)
    assert world.status()["wouldHaveNotified"] == 0
    world.value(scorer=3)
    await world.tick(5)
    assert told(world) == on_both("AlertResolved")
    world.value(scorer=12)
    await world.tick(15)
    assert (world.status()["state"], told(world)) == ("Firing", [])


async def test_there_and_back_tells_nothing_twice() -> None:
    world = await started(firing=True)
    for mode in ("Shadow", "Active", "Shadow", "Active"):
        world.apply(rule(mode=mode))
        await world.tick(5)
    assert told(world) == []


async def test_every_end_in_shadow_is_told_to_nobody() -> None:
    for end in ("undeploy", "delete", "suspend", "change"):
        world = await shadowing()
        match end:
            case "undeploy":
                world.undeploy()
            case "delete":
                world.delete()
            case "suspend":
                world.apply(rule(**SHADOW, suspend=True))
            case _:
                world.apply(rule(**SHADOW, reduce="Mean"))
        world.source.answers["q"] = Samples(())
        await world.tick(5)
        assert told(world) == [], end


async def test_a_mode_and_a_criterion_that_change_at_once_tell_nothing_of_the_old_alert() -> None:
    world = await shadowing()
    world.apply(rule(mode="Active", reduce="Mean", **{"for": "1h"}))
    await world.tick(5)
    assert told(world) == []
    assert [one["reason"] for one in world.status()["history"]] == ["RuleChanged"]


async def test_what_is_wrong_with_the_rule_is_told_as_ever() -> None:
    world = await shadowing()
    world.apply(rule(**SHADOW, summary="{{ nonsense"))
    await world.tick(5)
    assert told(world) == [("TemplateFailed", "MLAlertRule/latency")]
