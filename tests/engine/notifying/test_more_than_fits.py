"""An incident of more alerts than an object has room for: everybody hears of its end."""

import pytest

from tests.engine.notifying.telling import heard, incident, mend, on_call
from tocsin.api.v1alpha1 import incidentroom

MODELS = tuple(f"model-{number}" for number in range(6))


@pytest.fixture(autouse=True)
def _little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incidentroom, "MEMBERS", 3)


async def test_what_is_not_listed_is_counted_and_resolved_is_told_after_a_restart() -> None:
    world = await on_call(*MODELS, groupBy=[{"field": "Namespace"}])
    assert heard(world) == ["First"]
    status = incident(world)["status"]
    assert (len(status["members"]), status["leftOut"], status["alerts"]) == (3, 3, 6)
    world.restart()
    await world.tick(60, by=5)
    assert heard(world) in ([], ["NewAlerts"]), "again rather than never"
    assert incident(world)["status"]["alerts"] == 6
    await mend(world, *MODELS)
    assert heard(world) == ["AllResolved"]
    assert incident(world)["status"]["state"] == "Closed"


async def test_what_ended_while_nobody_ran_is_told_though_it_was_not_listed() -> None:
    world = await on_call(*MODELS, groupBy=[{"field": "Namespace"}])
    assert heard(world) == ["First"]
    world.value(**dict.fromkeys(MODELS, 3.0))
    world.restart()
    await world.tick(120, by=5)
    assert heard(world)[-1] == "AllResolved"
    assert incident(world)["status"]["state"] == "Closed"


async def test_a_storm_that_does_not_fit_stays_one() -> None:
    world = await on_call(firing=False)
    world.settings["limits"] = {"newIncidentsPerRoute": 4}
    world.restart()
    for name in MODELS:
        world.deploy(name, model=name)
    world.list_all()
    world.value(**dict.fromkeys(MODELS, 12.0))
    await world.tick(30, by=5)
    assert heard(world) == ["Storm"]
    assert incident(world)["status"]["leftOut"] == 3
    world.restart()
    await world.tick(60, by=5)
    assert heard(world) in ([], ["NewAlerts"]), "again rather than never"
    assert incident(world)["spec"]["storm"]
    await mend(world, *MODELS)
    assert heard(world) == ["AllResolved"]
