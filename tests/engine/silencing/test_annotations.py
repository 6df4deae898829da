"""Silence by annotation: made once, ended when the text goes, anew when it comes back."""

import pytest

from tests.engine.silencing.quiet import ALARM, RANKER, Quiet, silence
from tocsin.ports import ConflictError, RefusedError, UnavailableError

DAY = 24 * 60 * 60


async def listed() -> Quiet:
    """A world in which all lists were read."""
    world = Quiet()
    world.list_all()
    return world


async def test_an_annotation_makes_a_silence_that_says_what_it_was_made_for() -> None:
    world = await listed()
    await world.fire(ALARM, RANKER)
    await world.annotate("2h deploy of v18")
    (stored,) = world.objects.stored.values()
    metadata = stored["metadata"]
    assert metadata["name"].startswith("scorer-")
    assert metadata["annotations"] == {
        "tocsin.dev/asked-by": "Deployment/scorer",
        "tocsin.dev/by": "alice",
    }
    assert metadata["ownerReferences"] == [
        {"apiVersion": "apps/v1", "kind": "Deployment", "name": "scorer", "uid": "u1"}
    ]
    assert stored["spec"] == {
        "selector": {"workloads": [{"kind": "Deployment", "name": "scorer"}]},
        "comment": "deploy of v18",
        "duration": "2h",
    }
    assert world.silenced_by() == metadata["name"]
    assert world.silenced_by(RANKER) is None
    assert world.status(metadata["name"])["by"] == "alice"
    note = world.events.notices[0].note
    assert note == f"silenced for 2h by AlertSilence fraud/{metadata['name']}: deploy of v18"
    assert world.take_told() == [("SilenceStarted", "Deployment")]


@pytest.mark.parametrize(
    ("kind", "name", "spec"),
    [
        ("MLAlertRule", "latency", {"selector": {"rules": ["latency"]}, "duration": "1d"}),
        ("Namespace", "fraud", {"selector": {"all": True}, "duration": "1d"}),
    ],
)
async def test_rules_and_namespaces_can_be_silenced_too(
    kind: str, name: str, spec: dict[str, object]
) -> None:
    world = await listed()
    await world.fire(ALARM)
    await world.annotate("untilResolved known", kind, name)
    (stored,) = world.objects.stored.values()
    assert stored["metadata"]["namespace"] == "fraud"
    assert stored["spec"] == {**spec, "comment": "known", "untilResolved": True}
    assert world.silenced_by() == stored["metadata"]["name"]
    regarding = world.events.notices[0].regarding
    assert (regarding.kind, regarding.namespace) == (kind, "fraud")


async def test_a_rollback_that_takes_the_annotation_with_it_ends_no_silence() -> None:
    world = await listed()
    await world.fire(ALARM)
    await world.annotate("2h deploy of v18", version="v18")
    (name,) = world.names()
    await world.annotate(None, version="v17")  # kubectl rollout undo
    await world.annotate(None, version="v17")  # its controller counts pods
    assert world.silenced_by() == name
    await world.tick(2 * 60 * 60)
    assert world.status(name)["state"] == "Expired"
    await world.tick(DAY)
    assert world.names() == [], "nothing asks for it any more"


async def test_a_deployments_generation_grows_with_its_annotations_and_is_no_rollout() -> None:
    world = await listed()
    await world.fire(ALARM)
    await world.annotate("2h deploy of v18", version="v18")
    await world.annotate(None, version="v18")
    assert world.silenced_by() is None


async def test_after_a_rollback_the_annotation_counts_again() -> None:
    world = await listed()
    await world.fire(ALARM)
    await world.annotate("2h deploy of v18", version="v18")
    await world.annotate(None, version="v17")
    await world.annotate("2h deploy of v18", version="v17")
    (name,) = world.names()
    assert world.silenced_by() == name
    await world.annotate(None, version="v17")
    assert world.silenced_by() is None


async def test_a_rule_that_is_edited_without_its_annotation_is_no_longer_silenced() -> None:
    world = await listed()
    await world.fire(ALARM)
    await world.annotate("2h deploy", "MLAlertRule", "latency", version="v18")
    await world.annotate(None, "MLAlertRule", "latency", version="v17")
    assert world.silenced_by() is None


async def test_a_time_is_the_end() -> None:
    world = await listed()
    await world.annotate("until 2026-01-31T14:00Z deploy")
    (stored,) = world.objects.stored.values()
    assert stored["spec"]["endsAt"] == "2026-01-31T14:00:00.000Z"
    await world.tick(2 * 60 * 60)
    assert world.status(world.names()[0])["state"] == "Expired"


async def test_the_same_text_silences_once_however_often_it_is_applied() -> None:
    world = await listed()
    for _ in range(3):
        await world.annotate("2h deploy")
        await world.tick(60 * 60)
        await world.restart()
    assert len(world.names()) == 1
    await world.tick(3 * DAY)  # it stays for as long as the text does, or it would silence anew
    await world.restart()
    assert len(world.names()) == 1
    assert world.status(world.names()[0])["state"] == "Expired"


async def test_a_text_that_is_taken_away_ends_its_silence_and_silences_anew_later() -> None:
    world = await listed()
    await world.fire(ALARM)
    await world.annotate("2h deploy")
    first = world.names()[0]
    await world.tick(60)
    await world.annotate(None)
    assert world.silenced_by() is None
    assert world.changes[-1] == (f"fraud/{first}", frozenset({"a1"}))
    assert world.status(first)["endedReason"] == "AnnotationRemoved"
    await world.annotate("2h deploy")
    assert world.names() == [first, f"{first}-1"]
    assert world.silenced_by() == f"{first}-1"
    await world.tick(DAY)
    assert world.names() == [f"{first}-1"]  # a day after its end the first is deleted


async def test_a_text_that_was_over_when_it_was_taken_away_silences_anew_too() -> None:
    world = await listed()
    await world.annotate("2h deploy")
    await world.tick(3 * 60 * 60)
    await world.annotate(None)
    await world.tick(1)
    assert world.status(world.names()[0])["endedReason"] == "AnnotationRemoved"
    assert world.status(world.names()[0])["endedAt"] == "2026-01-31T14:00:00.000Z"
    await world.restart()
    await world.annotate("2h deploy")
    assert len(world.names()) == 2


async def test_another_text_ends_the_former_silence_and_makes_its_own() -> None:
    world = await listed()
    await world.annotate("2h deploy")
    first = world.names()[0]
    await world.tick(2)
    await world.annotate("4h deploy")
    assert world.status(first)["endedReason"] == "AnnotationRemoved"
    assert len(world.names()) == 2
    assert world.silenced_by() not in (None, first)


async def test_a_text_that_was_taken_away_while_nobody_lived_ends_its_silence() -> None:
    world = await listed()
    await world.annotate("2h deploy")
    name = world.names()[0]
    world.bodies["Deployment", "scorer"]["metadata"]["annotations"] = {}
    await world.restart()
    assert world.silenced_by() is None
    await world.tick(1)
    assert world.status(name)["endedReason"] == "AnnotationRemoved"


async def test_a_silence_of_an_object_that_nobody_watches_is_left_alone() -> None:
    world = await listed()
    await world.annotate("2h deploy", "Namespace", "fraud")
    world.bodies.clear()
    world._start()  # a process that may not watch namespaces
    for stored in tuple(world.objects.stored.values()):
        world.silencing.saw("AlertSilence", stored)
    await world.tick(60)
    assert world.silenced_by() is not None


async def test_with_the_object_its_silence_ends() -> None:
    world = await listed()
    await world.annotate("2h deploy")
    world.silencing.gone("Deployment", "fraud", "scorer")
    await world.work()
    assert world.silenced_by() is None
    await world.annotate("2h deploy", uid="u2")  # made again, with the text in its manifest
    assert world.silenced_by() is not None


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("soon deploy", '"soon" is no duration'),
        ("2h", "it does not say why"),
        ("until 2026-01-30T14:00Z deploy", "has passed"),
    ],
)
async def test_a_malformed_text_is_a_warning_on_the_object_once_and_silences_nothing(
    text: str, wrong: str
) -> None:
    world = await listed()
    await world.annotate(text)
    await world.annotate(text)
    assert world.names() == []
    (notice,) = world.events.notices
    assert wrong in notice.note
    assert (notice.warning, notice.regarding.kind) == (True, "Deployment")
    assert world.take_told() == [("SilenceInvalid", "Deployment")]
    await world.annotate("2h deploy")
    assert len(world.names()) == 1


async def test_one_that_somebody_deletes_comes_back_ended_and_stays_so() -> None:
    world = await listed()
    await world.annotate("2h deploy")
    world.take_told()
    world.objects.remove("fraud", world.names()[0])
    await world.tick(5)
    assert world.silenced_by() is None
    assert world.status(world.names()[0])["state"] == "Expired"
    await world.restart()
    await world.tick(DAY)
    assert world.silenced_by() is None
    assert len(world.names()) == 1
    await world.annotate(None)
    await world.annotate("2h deploy")
    assert world.silenced_by() is not None


async def test_one_that_goes_with_its_object_does_not_come_back() -> None:
    world = await listed()
    await world.annotate("2h deploy")
    world.objects.remove("fraud", world.names()[0])  # the collector was faster than the watch
    world.silencing.gone("Deployment", "fraud", "scorer")
    await world.tick(10)
    assert world.names() == []


@pytest.mark.parametrize("error", [UnavailableError, ConflictError, RefusedError])
async def test_what_cannot_be_made_now_is_made_later(error: type[Exception]) -> None:
    world = await listed()
    world.objects.faults = [error("no"), error("no")]
    await world.annotate("2h deploy")
    assert world.names() == []
    await world.tick(150)
    assert len(world.names()) == 1
    warned = ("SilenceInvalid", "Deployment") in world.take_told()
    assert warned is (error is RefusedError)


async def test_a_name_that_somebody_else_has_taken_is_not_fought_for() -> None:
    world = await listed()
    await world.annotate("2h deploy")
    name = world.names()[0]
    other = Quiet()
    other.list_all()
    other.objects.store(silence(name, selector={"rules": ["other"]}))
    await other.annotate("2h deploy")
    assert other.names() == [name, f"{name}-1"]


async def test_old_ones_that_cannot_be_deleted_now_are_deleted_later() -> None:
    world = await listed()
    await world.annotate("2h deploy")
    await world.annotate(None)
    await world.tick(DAY - 60)
    world.objects.faults = [UnavailableError("no"), UnavailableError("no")]
    await world.tick(60)
    assert len(world.names()) == 1
    await world.tick(300)
    assert world.names() == []
