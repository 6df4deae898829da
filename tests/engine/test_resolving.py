"""A person ends alerts by naming their ids in the annotation tocsin.dev/resolve."""

from typing import Any

from tests.engine.world import ON_BOTH, World, rule, started
from tocsin.core.evaluate import Past
from tocsin.core.rules import RuleKey
from tocsin.core.samples import Samples

NO_FOR = {"for": "0s"}


def alert_id(world: World, number: int = 0) -> str:
    found: str = world.status()["alerts"][number]["id"]
    return found


async def firing_without_data(**spec: Any) -> World:
    """A world with a firing alert of which nothing is seen any more."""
    world = await started(firing=True, **spec)
    world.source.answers["q"] = Samples(())
    await world.tick(5)
    world.take_told()
    return world


async def test_an_alert_that_is_named_ends_with_the_reason_resolved_by_person() -> None:
    world = await firing_without_data()
    world.annotate(resolve=alert_id(world))
    await world.tick(1)
    told = world.take_told()
    assert [(one.reason, one.on) for one in told] == [("AlertResolved", on) for on in ON_BOTH]
    assert told[0].note.endswith(
        "(ResolvedByPerson): scorer: ended by a person, with the annotation tocsin.dev/resolve"
    )
    status = world.status()
    assert [one["reason"] for one in status["history"]] == ["ResolvedByPerson"]
    assert (status["state"], status["alerts"], status["firing"]) == ("Unknown", [], 0)
    assert status["message"] == "waiting for the next evaluation, within 5s"
    await world.tick(20)
    assert (world.status()["state"], world.take_told()) == ("Unknown", [])


async def test_one_value_acts_once_and_again_after_it_was_removed() -> None:
    world = await started(firing=True)
    asked = alert_id(world)
    world.annotate(resolve=asked)
    await world.tick(20)
    assert world.status()["state"] == "Firing"  # it began anew, with the same id
    assert alert_id(world) == asked
    world.take_told()
    await world.tick(20)
    assert world.take_told() == []
    world.annotate()
    await world.tick(5)
    assert "resolveHandled" not in world.status()
    assert world.take_told() == []
    world.annotate(resolve=asked)
    await world.tick(1)
    assert {one.reason for one in world.take_told()} == {"AlertResolved"}
    assert [one["reason"] for one in world.status()["history"]] == ["ResolvedByPerson"] * 2


async def test_a_condition_that_is_met_still_begins_anew_with_for() -> None:
    world = await started(firing=True)
    world.annotate(resolve=alert_id(world))
    await world.tick(5)
    assert world.status()["state"] == "Pending"
    await world.tick(5)
    assert world.status()["state"] == "Pending"
    await world.tick(5)
    assert world.status()["state"] == "Firing"


async def test_a_condition_that_is_met_still_begins_anew_with_a_whole_window() -> None:
    world = World()
    world.deploy()
    body = rule(datapoints={"matching": 2, "of": 3})
    del body["spec"]["for"]
    world.apply(body)
    world.list_all()
    world.value(scorer=12)
    await world.tick(10)
    assert world.status()["state"] == "Firing"
    world.annotate(resolve=alert_id(world))
    await world.tick(5)
    assert world.status()["state"] == "Pending"
    await world.tick(5)
    assert world.status()["state"] == "Firing"


async def test_several_ids_are_separated_by_commas_and_the_others_stay() -> None:
    world = World()
    for name in ("a", "b", "c"):
        world.deploy(name)
    world.apply(rule(**NO_FOR))
    world.list_all()
    world.value(a=12, b=12, c=12)
    await world.tick(5)
    ids = {one["workload"]["name"]: one["id"] for one in world.status()["alerts"]}
    world.annotate(resolve=f"{ids['a']}, {ids['b']}")
    await world.tick(1)
    status = world.status()
    assert [one["id"] for one in status["alerts"]] == [ids["c"]]
    assert {one["id"] for one in status["history"]} == {ids["a"], ids["b"]}
    assert (status["state"], status["firing"]) == ("Firing", 1)


async def test_an_id_that_is_not_there_yields_an_event_and_ends_nothing() -> None:
    world = await started(firing=True)
    there = alert_id(world)
    world.annotate(resolve="0123456789abcdef")
    await world.tick(20)
    (told,) = world.take_told()
    assert (told.reason, told.on) == ("AlertUnknown", "MLAlertRule/latency")
    assert told.note == (
        "the annotation tocsin.dev/resolve names no alert of this rule: 0123456789abcdef; "
        f"active are: {there}"
    )
    assert world.status()["state"] == "Firing"


async def test_of_a_known_and_an_unknown_id_the_known_one_ends() -> None:
    world = await firing_without_data()
    world.annotate(resolve=f"nonsense,{alert_id(world)}")
    await world.tick(1)
    assert [one.reason for one in world.take_told()] == ["AlertUnknown", *["AlertResolved"] * 2]


async def test_a_pending_alert_is_dropped_without_a_trace() -> None:
    world = await started(for_="60s")
    world.value(scorer=12)
    await world.tick(5)
    before = world.status()["alerts"][0]["activeAt"]
    world.annotate(resolve=alert_id(world))
    await world.tick(1)
    assert (world.status()["alerts"], world.status()["history"]) == ([], [])
    assert world.take_told() == []
    await world.tick(5)
    assert world.status()["alerts"][0]["activeAt"] > before


async def test_a_recovering_alert_ends_at_once() -> None:
    world = await started(firing=True, keepFiringFor="10m")
    world.value(scorer=3)
    await world.tick(5)
    assert world.status()["state"] == "Recovering"
    world.annotate(resolve=alert_id(world))
    await world.tick(5)
    assert world.status()["history"][0]["reason"] == "ResolvedByPerson"
    assert world.status()["state"] == "Inactive"


async def test_a_restart_does_not_repeat_it() -> None:
    world = await started(firing=True)
    world.annotate(resolve=alert_id(world))
    await world.tick(20)
    assert world.status()["state"] == "Firing"
    world.take_told()
    world.restart()
    await world.tick(20)
    assert (world.status()["state"], world.take_told()) == ("Firing", [])


async def test_what_was_asked_while_the_operator_was_away_is_done_when_it_comes_back() -> None:
    world = await firing_without_data()
    key = RuleKey("fraud", "latency")
    stored = world.api.rules[key]
    annotations = {"annotations": {"tocsin.dev/resolve": alert_id(world)}}
    world.api.store({"metadata": stored["metadata"] | annotations, "spec": stored["spec"]})
    world.restart()
    await world.tick(1)
    assert {one.reason for one in world.take_told()} == {"AlertResolved"}
    assert world.status()["history"][0]["reason"] == "ResolvedByPerson"


async def test_it_ends_alerts_of_a_rule_that_is_stalled() -> None:
    world = await started(firing=True)
    world.apply(rule(severity="nonsense"))
    await world.tick(5)
    world.take_told()
    world.annotate(resolve=alert_id(world))
    await world.tick(1)
    assert {one.reason for one in world.take_told()} == {"AlertResolved"}
    assert (world.status()["state"], world.status()["alerts"]) == ("Invalid", [])


async def test_a_rule_that_was_stalled_at_the_start_waits_with_it_until_it_is_mended() -> None:
    world = await firing_without_data()
    asked = alert_id(world)
    world.apply(rule(severity="nonsense"))
    await world.tick(5)
    world.take_told()
    world.restart()
    world.annotate(resolve=asked)
    await world.tick(5)
    assert world.take_told() == []
    assert [one["id"] for one in world.status()["alerts"]] == [asked]
    world.apply(rule())
    await world.tick(1)
    assert {one.reason for one in world.take_told()} == {"AlertResolved"}
    assert world.status()["alerts"] == []


async def test_an_annotation_of_any_length_is_read_up_to_a_limit() -> None:
    world = await started(firing=True)
    world.annotate(resolve=" , ".join(["x" * 50] * 1000))
    await world.tick(20)
    assert len(world.status()["resolveHandled"]) <= 1024
    assert [one.reason for one in world.take_told()] == ["AlertUnknown"]
    world.restart()
    await world.tick(20)
    assert world.take_told() == []


async def test_an_alert_is_forgotten_with_what_was_looked_at() -> None:
    world = await started(firing=True)
    record = world.book.get(RuleKey("fraud", "latency"))
    assert record
    assert record.past.trails
    world.annotate(resolve=alert_id(world))
    assert record.past == Past(times=record.past.times)
