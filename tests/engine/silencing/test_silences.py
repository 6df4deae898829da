"""The life of silences: what they mute, when they end, what they say of themselves."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.engine.fakes import START
from tests.engine.silencing.quiet import ALARM, RANKER, Quiet, silence
from tocsin.core.rules import Severity
from tocsin.ports import ConflictError, RefusedError, UnavailableError

BOTH = frozenset({"a1", "a2"})


async def test_a_silence_mutes_what_it_selects_until_its_end_and_tells_of_both() -> None:
    world = Quiet()
    await world.fire(ALARM, RANKER)
    assert world.silenced_by() is None
    await world.apply(silence(selector={"workloads": [{"kind": "Deployment", "name": "scorer"}]}))
    assert world.silenced_by() == "deploy"
    assert world.silenced_by(RANKER) is None
    assert world.changes == [("fraud/deploy", frozenset({"a1"}))]
    await world.tick(2 * 60 * 60)
    assert world.silenced_by() is None
    assert world.changes[1:] == [("fraud/deploy", frozenset({"a1"}))]


async def test_status_says_how_it_is() -> None:
    world = Quiet()
    await world.apply(silence(startsAt="2026-01-31T13:00:00Z"))
    status = world.status()
    assert (status["state"], status["matched"]) == ("Pending", 0)
    assert status["ends"] == "2026-01-31T15:00:00Z"
    assert status["by"] == "unverified"
    assert [(c["type"], c["status"], c["reason"]) for c in status["conditions"]] == [
        ("Ready", "True", "Pending"),
        ("Stalled", "False", "Pending"),
    ]
    await world.fire(ALARM)
    await world.tick(60 * 60)
    assert (world.status()["state"], world.status()["matched"]) == ("Active", 1)
    await world.tick(2 * 60 * 60)
    status = world.status()
    assert (status["state"], status["matched"]) == ("Expired", 0)
    assert "endedAt" not in status
    transition = world.status()["conditions"][0]["lastTransitionTime"]
    assert transition == "2026-01-31T12:00:00.000Z"


async def test_nothing_is_written_while_nothing_changes() -> None:
    world = Quiet()
    await world.apply(silence())
    await world.fire(ALARM)
    await world.tick(10)
    writes = len(world.objects.writes)
    world.objects.store(silence())  # applied again, unchanged
    await world.restart()
    await world.tick(60 * 60)
    assert len(world.objects.writes) == writes


async def test_a_status_is_written_at_most_once_a_second() -> None:
    world = Quiet()
    await world.apply(silence())
    for number in range(20):
        await world.fire(ALARM) if number % 2 else await world.fire(RANKER)
        await world.resolve(ALARM) if number % 2 else await world.resolve(RANKER)
        await world.tick(0.1)
    assert len(world.objects.writes) <= 4


async def test_of_several_silences_the_one_that_ends_last_is_named_and_then_the_first_name() -> (
    None
):
    world = Quiet()
    for name, lasts in (("short", "1h"), ("two", "3h"), ("one", "3h")):
        await world.apply(silence(name, duration=lasts))
    assert world.silenced_by() == "one"
    await world.apply(silence("later", startsAt="2026-01-31T20:00:00Z"))
    assert world.silenced_by() == "one"


async def test_a_schedule_opens_and_closes_it() -> None:
    world = Quiet()
    windows = [{"start": "13:00", "end": "14:00"}]
    await world.apply(silence(duration=None, schedule={"timeZone": "UTC", "windows": windows}))
    await world.fire(ALARM)
    assert world.status()["state"] == "Pending"
    await world.tick(60 * 60)
    assert (world.status()["state"], world.silenced_by()) == ("Active", "deploy")
    await world.tick(60 * 60)
    assert (world.status()["state"], world.silenced_by()) == ("Pending", None)
    assert "ends" not in world.status()
    await world.tick(23 * 60 * 60)
    assert world.status()["state"] == "Active"
    assert world.changes == [("fraud/deploy", frozenset({"a1"}))] * 3
    assert world.take_told() == []


async def test_until_resolved_ends_once_nothing_fires_that_it_muted() -> None:
    world = Quiet()
    await world.apply(silence(untilResolved=True, duration="1d"))
    await world.tick(120)
    assert world.status()["state"] == "Active"  # it has matched nothing yet
    await world.fire(ALARM, RANKER)
    await world.resolve(ALARM)
    await world.tick(5)
    assert world.status()["state"] == "Active"
    await world.resolve(RANKER)
    await world.tick(5)
    status = world.status()
    assert (status["state"], status["endedReason"]) == ("Expired", "Resolved")
    assert status["endedAt"] == "2026-01-31T12:02:05.000Z"
    await world.fire(ALARM)
    assert world.silenced_by() is None
    assert world.take_told() == [("SilenceEnded", "AlertSilence")]


async def test_until_resolved_ends_at_its_latest_end_whatever_fires() -> None:
    world = Quiet()
    await world.apply(silence(untilResolved=True))
    await world.fire(ALARM)
    await world.tick(2 * 60 * 60)
    assert world.status()["state"] == "Expired"


@pytest.mark.parametrize("fires", [True, False])
async def test_a_restart_keeps_what_until_resolved_waits_for(fires: bool) -> None:
    world = Quiet()
    await world.apply(silence(untilResolved=True))
    await world.fire(ALARM)
    await world.tick(5)
    if not fires:
        world.alarms.clear()  # it resolved, and nobody had time to say so
    await world.restart()
    assert world.status()["state"] == "Active"
    await world.tick(61)
    assert world.status()["state"] == ("Active" if fires else "Expired")


async def test_what_has_ended_before_its_time_stays_ended_after_a_restart_and_an_edit() -> None:
    world = Quiet()
    await world.apply(silence(untilResolved=True))
    await world.fire(ALARM)
    await world.tick(90)
    await world.resolve(ALARM)
    await world.tick(5)
    await world.restart()
    await world.fire(ALARM)
    await world.apply(silence(untilResolved=True, duration="3h"))
    assert world.silenced_by() is None
    assert world.status()["state"] == "Expired"


async def test_one_whose_time_was_over_is_active_again_with_a_later_end() -> None:
    world = Quiet()
    await world.apply(silence())
    await world.tick(3 * 60 * 60)
    assert world.status()["state"] == "Expired"
    await world.apply(silence(duration="4h"))
    assert (world.status()["state"], world.silenced_by()) == ("Active", "deploy")


async def test_an_edit_tells_of_what_it_muted_and_of_what_it_mutes_now() -> None:
    world = Quiet()
    await world.fire(ALARM, RANKER)
    await world.apply(silence(selector={"workloads": [{"kind": "Deployment", "name": "scorer"}]}))
    await world.apply(silence(selector={"workloads": [{"kind": "Deployment", "name": "ranker"}]}))
    assert world.changes[-1] == ("fraud/deploy", BOTH)
    assert (world.silenced_by(), world.silenced_by(RANKER)) == (None, "deploy")
    await world.apply(silence(suspend=True))
    assert world.changes[-1] == ("fraud/deploy", BOTH)
    await world.tick(1)
    assert world.status()["state"] == "Suspended"
    assert world.silenced_by(RANKER) is None


async def test_a_silence_that_is_deleted_mutes_nothing_from_then_on() -> None:
    world = Quiet()
    await world.fire(ALARM)
    await world.apply(silence())
    world.objects.remove("fraud", "deploy")
    assert world.silenced_by() is None
    assert world.changes[-1] == ("fraud/deploy", frozenset({"a1"}))
    await world.apply(silence())
    del world.objects.stored["fraud", "deploy"]
    world.list_all()  # its deletion was missed
    assert world.silenced_by() is None
    await world.tick(3 * 60 * 60)


async def test_one_that_was_deleted_and_made_again_unseen_is_another() -> None:
    world = Quiet()
    await world.apply(silence())
    await world.tick(60 * 60)
    del world.objects.stored["fraud", "deploy"]
    await world.apply(silence())
    await world.tick(90 * 60)
    assert world.status()["state"] == "Active"


async def test_a_broken_silence_mutes_nothing_and_says_why_once() -> None:
    world = Quiet()
    await world.fire(ALARM)
    await world.apply(silence())
    await world.apply(silence(duration="2 hours", selector={}))
    assert world.silenced_by() is None
    assert world.changes[-1] == ("fraud/deploy", frozenset({"a1"}))
    await world.tick(1)
    status = world.status()
    assert status["state"] == "Invalid"
    stalled = status["conditions"][1]
    assert (stalled["type"], stalled["status"], stalled["reason"]) == (
        "Stalled", "True", "InvalidSpec",
    )  # fmt: skip
    assert "spec.duration" in stalled["message"]
    assert "spec.selector" in stalled["message"]
    assert world.take_told() == [("SilenceInvalid", "AlertSilence")]
    await world.restart()
    assert world.take_told() == []
    await world.apply(silence())
    await world.tick(1)
    assert (world.status()["state"], world.silenced_by()) == ("Active", "deploy")


@pytest.mark.parametrize(
    ("lasts", "seconds"), [("2h", 110 * 60), ("10m", 9 * 60), ("2d", 2 * 24 * 3600 - 600)]
)
async def test_its_end_is_announced_ten_minutes_or_a_tenth_before_and_then_told(
    lasts: str, seconds: int
) -> None:
    world = Quiet()
    await world.fire(ALARM)
    await world.apply(silence(duration=lasts))
    await world.tick(seconds - 1)
    assert world.take_told() == []
    await world.tick(1)
    note = world.events.notices[0].note
    assert note.startswith('the silence "deploy of v18" ends in ')
    assert note.endswith("1 alert fires that it selects")
    assert world.take_told() == [("SilenceEnding", "AlertSilence")]
    await world.restart()
    assert world.take_told() == []  # it was told in time
    await world.tick(600)
    assert world.take_told() == [("SilenceEnded", "AlertSilence")]
    await world.restart()
    await world.tick(600)
    assert world.take_told() == []


async def test_what_ended_while_nobody_lived_is_told_by_the_next() -> None:
    world = Quiet()
    await world.apply(silence())
    world.clock.step(3 * 60 * 60)
    await world.restart()
    assert world.take_told() == [("SilenceEnded", "AlertSilence")]
    assert world.status()["state"] == "Expired"


@pytest.mark.parametrize("error", [UnavailableError, ConflictError, RefusedError])
async def test_a_write_that_fails_is_tried_again(error: type[Exception]) -> None:
    world = Quiet()
    world.objects.faults = [error("no"), error("no")]
    await world.apply(silence())
    assert world.status() == {}
    await world.tick(150)
    assert world.status()["state"] == "Active"


async def test_a_status_that_somebody_writes_over_is_put_right() -> None:
    world = Quiet()
    await world.apply(silence())
    stored = world.objects.stored["fraud", "deploy"]
    world.objects.stored["fraud", "deploy"] = stored | {"status": {"state": "Expired"}}
    world.objects.store(silence())
    await world.tick(5)
    assert world.status()["state"] == "Active"


async def test_what_an_alert_becomes_is_matched_anew() -> None:
    world = Quiet()
    await world.apply(silence(selector={"severities": ["critical"]}))
    await world.fire(ALARM)
    assert world.matched() == 0
    urgent = replace(ALARM, severity=Severity.CRITICAL)
    await world.fire(urgent)
    assert world.matched() == 1
    await world.fire(urgent)
    assert world.matched() == 1
    await world.fire(ALARM)
    assert world.matched() == 0
    await world.resolve(ALARM)
    assert world.matched() == 0


async def test_one_that_selects_namespaces_follows_their_labels() -> None:
    world = Quiet()
    await world.fire(ALARM)
    body = silence(namespaceSelector={"matchLabels": {"tier": "batch"}})
    body["metadata"]["namespace"] = "ops"
    await world.apply(body)
    world.silencing.again()
    assert world.silenced_by() is None
    world.changes.clear()
    world.namespaces["fraud"] = {"tier": "batch"}
    world.silencing.again()
    assert world.silenced_by() == "deploy"
    assert world.changes == [("ops/deploy", frozenset({"a1"}))]
    world.silencing.again()
    world.namespaces["fraud"] = {}
    world.silencing.again()
    assert world.silenced_by() is None
    assert world.changes == [("ops/deploy", frozenset({"a1"}))] * 2


async def test_hand_made_silences_are_never_deleted() -> None:
    world = Quiet()
    await world.apply(silence())
    await world.tick(timedelta(days=30).total_seconds())
    assert world.names() == ["deploy"]
    assert world.clock.now() == START + timedelta(days=30)
