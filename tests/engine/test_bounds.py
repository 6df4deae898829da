"""What is bounded: alerts and history in status, Events of one object, what moves in conditions."""

import json
from datetime import timedelta

from tests.engine.world import World, rule_named, started
from tocsin.core.samples import Failure, FailureKind, Sample, Samples
from tocsin.engine.times import read_time
from tocsin.ports import RefusedError, UnavailableError


def many(count: int, value: float = 12) -> Samples:
    """So many identities of one workload."""
    labels = {"namespace": "fraud", "deployment": "scorer"}
    return Samples(tuple(Sample(labels | {"gpu": f"{n:03}"}, value) for n in range(count)))


async def test_beyond_200_alerts_status_says_how_many_more_there_are() -> None:
    world = await started(identityLabels=["gpu"], for_="0s")
    world.source.answers["q"] = many(250)
    await world.tick(5)
    status = world.status()
    assert (len(status["alerts"]), status["firing"]) == (200, 250)
    truncated = world.condition("Truncated")
    assert truncated["status"] == "True"
    assert truncated["message"].startswith("50 more alerts")
    assert status["message"].endswith("(and 249 more)")
    world.source.answers["q"] = many(200)
    await world.tick(20)
    assert world.status()["firing"] == 200
    assert world.condition("Truncated") == {}


async def test_what_status_has_no_room_for_is_resolved_like_the_rest() -> None:
    world = await started(identityLabels=["gpu"], for_="0s")
    world.source.answers["q"] = many(250)
    await world.tick(5)
    world.source.answers["q"] = many(250, 3)
    await world.tick(5)
    assert (world.status()["firing"], world.status()["state"]) == (0, "Inactive")


async def test_history_keeps_the_last_twenty_latest_first() -> None:
    world = await started(for_="0s")
    for number in range(25):
        world.value(scorer=20 + number)
        await world.tick(5)
        world.value(scorer=3)
        await world.tick(5)
    history = world.status()["history"]
    assert [one["valueAtTransition"] for one in history] == [str(44 - n) for n in range(20)]


async def test_conditions_move_only_on_transition() -> None:
    world = await started()
    since = {c["type"]: c["lastTransitionTime"] for c in world.status()["conditions"]}
    world.source.answers["q"] = Failure(FailureKind.TIMEOUT, "no answer within 10s")
    await world.tick(5)
    failed = world.condition("SourceReachable")
    assert read_time(failed["lastTransitionTime"]) == world.clock.now()
    world.source.answers["q"] = Failure(FailureKind.UNREACHABLE, "connection refused")
    await world.tick(5)
    later = world.condition("SourceReachable")
    assert later["reason"] == "Unreachable"
    assert later["lastTransitionTime"] == failed["lastTransitionTime"]
    others = {c["type"]: c["lastTransitionTime"] for c in world.status()["conditions"]}
    assert others | {"SourceReachable": ""} == since | {"SourceReachable": ""}


async def test_conditions_always_stand_in_the_same_order() -> None:
    world = await started()
    order = [c["type"] for c in world.status()["conditions"]]
    assert order == ["Ready", "Stalled", "SourceReachable", "Attributed", "Rendered"]
    world.apply(rule_named("latency", severity="nonsense"))
    await world.tick(5)
    assert [c["type"] for c in world.status()["conditions"]] == order


async def test_state_since_moves_with_the_state_only() -> None:
    world = await started(firing=True)
    since = world.status()["stateSince"]
    world.source.answers["q"] = Failure(FailureKind.TIMEOUT, "no answer within 10s")
    await world.tick(5)
    assert world.status()["stateSince"] == since
    world.value(scorer=3)
    await world.tick(5)
    assert read_time(world.status()["stateSince"]) == world.clock.now()


async def test_one_object_has_25_events_and_then_one_in_five_minutes() -> None:
    world = await started(identityLabels=["gpu"], for_="0s")
    world.source.answers["q"] = many(100)
    await world.tick(5)
    on = [one.on for one in world.take_told()]
    assert (on.count("MLAlertRule/latency"), on.count("Deployment/scorer")) == (25, 25)
    world.source.answers["q"] = many(100, 3)
    await world.tick(5)
    assert world.take_told() == []
    world.clock.time += timedelta(minutes=5)
    world.source.answers["q"] = many(100)
    await world.tick(5)
    assert [one.on for one in world.take_told()] == ["MLAlertRule/latency", "Deployment/scorer"]


async def test_what_went_wrong_with_a_rule_takes_nothing_from_its_alerts_budget() -> None:
    world = await started(firing=True)
    for number in range(40):
        kind = (FailureKind.TIMEOUT, FailureKind.HTTP_ERROR)[number % 2]
        world.source.answers["q"] = Failure(kind, f"problem {number}")
        await world.tick(5)
    assert len(world.take_told()) == 25
    world.value(scorer=3)
    await world.tick(5)
    assert [one.reason for one in world.take_told()] == ["AlertResolved"] * 2


async def unrecorded(*faults: Exception) -> World:
    world = await started(for_="0s")
    world.events.faults = list(faults)
    world.value(scorer=12)
    await world.tick(5)
    return world


async def test_an_event_that_cannot_be_recorded_is_tried_again() -> None:
    world = await unrecorded(*[UnavailableError("503")] * 6)
    assert world.take_told() == []
    await world.tick(10)
    assert [one.reason for one in world.take_told()] == ["AlertFiring"] * 2


async def test_an_event_is_given_up_after_an_hour() -> None:
    world = await unrecorded(*[UnavailableError("503")] * 4)
    world.clock.time += timedelta(hours=2)
    world.events.faults = [UnavailableError("503")] * 2
    await world.tick(60)
    assert world.take_told() == []


async def test_an_event_that_is_refused_is_not_tried_again() -> None:
    world = await unrecorded(RefusedError("403"))
    await world.tick(60)
    assert [one.on for one in world.take_told()] == ["Deployment/scorer"]


async def test_beyond_the_alerts_that_a_rule_may_have_none_begins_until_there_is_room() -> None:
    world = World(settings={"limits": {"alertsPerRule": 10}})
    world.deploy()
    world.apply(rule_named("latency", identityLabels=["gpu"], **{"for": "0s"}))
    world.list_all()
    world.source.answers["q"] = many(10)
    await world.tick(5)
    assert (world.status()["firing"], world.condition("Truncated")) == (10, {})
    world.take_told()
    world.source.answers["q"] = many(11)
    await world.tick(10)
    assert world.status()["firing"] == 10
    assert world.take_told() == []
    truncated = world.condition("Truncated")
    assert truncated["message"].startswith("10 alerts are as many as are kept of a rule (limits.a")
    world.source.answers["q"] = Samples(many(11).samples[1:])
    await world.tick(20)
    assert (world.status()["firing"], world.condition("Truncated")) == (10, {})
    assert [one.reason for one in world.take_told()] == ["AlertResolved"] * 2 + ["AlertFiring"] * 2


async def test_alerts_with_large_labels_leave_status_an_object_that_can_be_stored() -> None:
    world = await started(identityLabels=["gpu"], for_="0s")
    labels = {"namespace": "fraud", "deployment": "scorer"} | {
        f"l{n}": "\x00" * 1000 for n in range(50)
    }
    hot = [Sample(labels | {"gpu": str(n)}, 12) for n in range(40)]
    world.source.answers["q"] = Samples(tuple(hot))
    await world.tick(5)
    assert len(json.dumps(world.status())) < 1_000_000
    assert (world.status()["firing"], len(world.status()["alerts"])) == (40, 1)
    assert world.condition("Truncated")["message"].startswith("39 more alerts")
    world.source.answers["q"] = Samples(tuple(Sample(one.labels, 3) for one in hot))
    await world.tick(10)
    assert world.status()["state"] == "Inactive"
    assert len(json.dumps(world.status())) < 1_000_000
