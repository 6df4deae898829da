"""A standby knows everything and decides nothing; when it leads it goes on from what is stored."""

from datetime import timedelta
from typing import Any

from tests.engine.world import NAMESPACE, World, started
from tocsin.engine.agenda import Item, Task
from tocsin.engine.early import Early
from tocsin.engine.kinds import WRITTEN_KINDS
from tocsin.engine.notifying.case import KIND as INCIDENT
from tocsin.engine.record import KIND


def standby(former: World) -> World:
    """A second process on the cluster of the first, as it is after its lists."""
    world = World()
    world.clock, world.api, world.events = former.clock, former.api, former.events
    world.deployments, world.source = former.deployments, former.source
    world.sources = {"default": world.source}
    world._build()
    world.engine.stand_by()
    for body in world.api.rules.values():
        world.engine.saw(KIND, body)
    for body in world.deployments.values():
        world.engine.saw("Deployment", body)
    world.list_all()
    return world


async def test_a_standby_asks_no_source_writes_nothing_and_tells_nothing() -> None:
    leader = await started(firing=True)
    second = standby(leader)
    told: list[None] = []
    second.engine.on_listed = lambda: told.append(None)
    second.list_all()
    asked, writes = len(leader.source.asked), len(leader.api.attempts)
    second.value(scorer=3)
    await second.tick(300)
    assert len(leader.source.asked) == asked
    assert len(leader.api.attempts) == writes
    assert leader.take_told() == []
    assert second.engine.unlisted == []
    assert second.engine.pulse == second.clock.now()
    assert told


async def test_who_takes_over_goes_on_with_what_is_stored_and_tells_nothing_again() -> None:
    leader = await started(firing=True)
    second = standby(leader)
    before, asked = leader.status(), len(leader.source.asked)
    second.clock.step(5)
    second.engine.lead(second.clock.now() - timedelta(seconds=2))
    await second.tick(30)
    assert len(leader.source.asked) == asked, "before the rules were listed anew"
    second.list_all(*WRITTEN_KINDS)
    await second.tick(60)
    assert len(leader.source.asked) > asked
    assert second.status() == before
    assert leader.take_told() == []


async def test_what_the_leader_wrote_last_counts_though_the_watch_was_late() -> None:
    leader = await started()
    second = standby(leader)  # it sees the rule as it is now, and nothing of what is written next
    leader.value(scorer=12)
    await leader.tick(20)
    before = leader.status()
    assert before["state"] == "Firing"
    second.engine.lead(second.clock.now())
    for body in second.api.rules.values():  # the list that follows
        second.engine.saw(KIND, body)
    second.list_all(*WRITTEN_KINDS)
    await second.tick(60)
    assert second.status() == before


async def test_a_rule_that_is_deleted_while_standing_by_is_not_taken_in() -> None:
    leader = await started(firing=True)
    second = standby(leader)
    second.delete()
    second.engine.lead(second.clock.now())
    second.list_all(*WRITTEN_KINDS)
    assert list(second.book) == []


async def test_a_standby_looks_for_garbage() -> None:
    world = World()
    world.engine.stand_by()
    world.list_all()
    item = Item(Task.TIDY, None)
    world.engine._agenda.put(item, world.clock.now())
    world.engine.start_due()
    await world.engine.settle()
    due = world.engine._agenda.due_of(item)
    assert due
    assert due > world.clock.now()


def test_what_came_early_is_taken_once_the_oldest_first_and_the_latest_of_each() -> None:
    def body(name: str, made: int, version: int = 1) -> dict[str, dict[str, str]]:
        metadata = {"namespace": NAMESPACE, "name": name, "creationTimestamp": f"2026-01-0{made}"}
        return {"metadata": {**metadata, "resourceVersion": str(version)}}

    early = Early()
    for seen in (body("a", 3), body("b", 1), body("a", 3, 2), body("c", 2), body("d", 4)):
        early.saw("X", seen)
    early.saw("Y", body("a", 1))
    early.gone("X", NAMESPACE, "c")
    early.gone("Z", NAMESPACE, "c")
    early.listed("X", "elsewhere", set())
    early.listed("X", NAMESPACE, {(NAMESPACE, "a"), (NAMESPACE, "b")})
    assert early.take(["X"]) == [("X", body("b", 1)), ("X", body("a", 3, 2))]
    assert early.take(["X", "Y"]) == [("Y", body("a", 1))]


def test_an_open_incident_that_is_deleted_early_is_taken_unless_it_is_made_anew() -> None:
    def body(name: str, **status: str) -> dict[str, Any]:
        return {"metadata": {"namespace": NAMESPACE, "name": name}, "status": status}

    early = Early()
    for seen in (body("open"), body("over", closedAt="2026-01-01"), body("anew"), body("listed")):
        early.saw(INCIDENT, seen)
    for name in ("open", "over", "anew"):
        early.gone(INCIDENT, NAMESPACE, name)
    early.saw(INCIDENT, body("anew"))
    early.listed(INCIDENT, None, {(NAMESPACE, "anew")})
    taken = [seen["metadata"]["name"] for _, seen in early.take([INCIDENT])]
    assert taken == ["anew", "listed", "open"]
    deleted = [(INCIDENT, NAMESPACE, name) for name in ("open", "listed")]
    assert early.take_deleted() == deleted
    assert early.take_deleted() == []
