"""What people write that nobody expects: it is told, silenced and acknowledged all the same."""

import json
from typing import Any

import pytest

from tests.engine.notifying.telling import (
    INCIDENT,
    ROUTE,
    SILENCE,
    heard,
    incident,
    mend,
    on_call,
    spec,
)
from tests.engine.world import World, asking, rule
from tocsin.core.samples import Sample, Samples

MEGABYTE = "x" * 1_000_000
TEXTS = {
    "1 MB": MEGABYTE,
    "mentions": "<!here> @channel <@U1> everybody",
    "right to left": "\u202egnirif\u202c \u200f\u2066x",
    "emoji and combining marks": "🔥" * 300 + "e" + "\u0301" * 300,
    "control characters": "\x00\x07\x1b[31mred\x1b[0m\r\n\t",
    "broken UTF-8": b"caf\xe9 \xff\xfe".decode("utf-8", "replace"),
    "a template": "{{ $value }}{{",
}


def size(body: dict[str, Any]) -> int:
    return len(json.dumps(body, ensure_ascii=False).encode())


def acknowledge(world: World, text: str, by: str = "ann") -> None:
    name = incident(world)["metadata"]["name"]
    annotations = {"tocsin.dev/ack": text, "tocsin.dev/by": by}
    world.put(INCIDENT, name, metadata={"annotations": annotations})


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_whatever_a_summary_says_it_is_told_and_stored(text: str) -> None:
    world = await on_call(firing=False)
    note = "{{ $labels.note }}"
    said = {"summary": note, "labels": {"said": note}, "description": note}
    world.apply(rule(criterion=asking("wild"), **said))
    labels = {"namespace": "fraud", "deployment": "scorer", "note": text}
    world.source.answers["wild"] = Samples((Sample(labels, 12.0),))
    await world.tick(30, by=5)
    assert heard(world) == ["First"]
    assert size(incident(world)) < 20_000
    world.restart()
    world.source.answers["wild"] = Samples((Sample(labels, 3.0),))
    await world.tick(60, by=5)
    assert heard(world) == ["AllResolved"]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_whatever_a_series_says_it_is_told_with_the_same_labels_to_the_end(text: str) -> None:
    world = await on_call(firing=False)
    world.apply(rule(criterion=asking("wild")))
    labels = {"namespace": "fraud", "deployment": "scorer", "note": text}
    world.source.answers["wild"] = Samples((Sample(labels, 12.0),))
    await world.tick(30, by=5)
    first = world.receivers.told[0][1]
    assert heard(world) == ["First"]
    world.source.answers["wild"] = Samples((Sample(labels, 3.0),))
    await world.tick(60, by=5)
    (resolved,) = world.receivers.told[0][1].resolved
    assert heard(world) == ["AllResolved"]
    fired = {name: value[:256] for name, value in first.firing[0].labels.items()}
    assert dict(resolved.labels) == fired
    assert fired["note"] == text[:256]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_whatever_an_acknowledgement_says_it_is_one(text: str) -> None:
    world = await on_call()
    assert heard(world) == ["First"]
    acknowledge(world, text, by=text)
    await world.tick(5)
    stored = incident(world)["status"]
    assert stored["state"] == "Acknowledged"
    assert size(stored) < 10_000
    await world.tick(3 * 3600, by=300)
    assert heard(world) == ["Acknowledged"], "nobody is reminded"
    writes = world.kept.written
    world.restart()
    await world.tick(5)
    assert world.kept.written <= writes + 1, "the same text is no other after a restart"
    assert incident(world)["status"]["acknowledgement"] == stored["acknowledgement"]
    await mend(world)
    assert heard(world) == ["AllResolved"]


async def test_an_acknowledgement_of_blanks_is_none() -> None:
    world = await on_call()
    acknowledge(world, " \n\t ")
    await world.tick(5)
    assert incident(world)["status"]["state"] == "Firing"


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_whatever_an_annotation_says_it_silences_or_says_why_not(text: str) -> None:
    world = await on_call(firing=False)
    world.deploy()
    world.deployments["scorer"]["metadata"]["annotations"] = {"tocsin.dev/silence": text}
    world.engine.saw("Deployment", world.deployments["scorer"])
    world.value(scorer=12.0)
    await world.tick(30, by=5)
    (told,) = [one for one in world.take_told() if one.reason.startswith("Silence")]
    assert told.reason == "SilenceInvalid"
    assert len(told.note) < 1000
    assert heard(world) == ["First"], "what is not understood mutes nothing"


def silence(**changes: Any) -> dict[str, Any]:
    whole = {"selector": {"all": True}, "duration": "2h", "comment": "deploy"} | changes
    return {name: value for name, value in whole.items() if value is not None}


SILENCES = {
    "past": (silence(startsAt="2020-01-01T00:00:00Z"), False),
    "100 years": (silence(endsAt="2126-01-01T00:00:00Z", duration=None), None),
    "empty": ({}, False),
    "of nothing": (silence(selector={}), False),
    "of nobody": (silence(selector={"rules": []}), False),
    "endless": (silence(duration=None), False),
    "backwards": (silence(startsAt="2026-02-02T00:00:00Z", endsAt="2026-02-01T00:00:00Z",
                          duration=None), False),
    "of everything": (silence(), True),
    "with a comment of 1 MB": (silence(comment=MEGABYTE), None),
    "by an expression that explodes": (
        silence(selector={"matchExpressions": [
            {"key": "deployment", "operator": "Matches", "values": ["(a*)*(a*)*(a|a)*b"]}]}),
        False,
    ),
    "by an expression that is none": (
        silence(selector={"matchExpressions": [
            {"key": "deployment", "operator": "Matches", "values": ["("]}]}),
        False,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("written", "mutes"), SILENCES.values(), ids=SILENCES)
async def test_a_silence_mutes_what_it_says_or_nothing(
    written: dict[str, Any], mutes: bool | None
) -> None:
    world = await on_call(firing=False)
    world.put(SILENCE, "wild", spec=written)
    world.value(scorer=12.0)
    await world.tick(30, by=5)
    told = heard(world)
    said = [one.reason for one in world.take_told() if one.reason == "SilenceInvalid"]
    assert told == ([] if mutes or (mutes is None and not said) else ["First"])


async def test_of_silences_that_overlap_the_last_end_counts() -> None:
    world = await on_call(firing=False)
    for name, duration in (("short", "2m"), ("long", "5m"), ("middle", "3m")):
        world.put(SILENCE, name, spec=silence(duration=duration))
    world.value(scorer=12.0)
    await world.tick(280, by=10)
    assert heard(world) == []
    await world.tick(60, by=10)
    assert len(heard(world)) == 1
    await mend(world)
    assert heard(world) == ["AllResolved"]


EXPRESSIONS = [
    "(a*)*b",
    "(a|aa)+$",
    "(.*a){30}",
    "((a{1,100}){1,100}){1,100}",
    "(" * 200 + ")" * 200,
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
async def test_an_expression_that_explodes_is_refused_or_quick(expression: str) -> None:
    world = await on_call(firing=False)
    selector = {"matchExpressions": [
        {"key": "note", "operator": "Matches", "values": [expression]}]}  # fmt: skip
    world.put(ROUTE, "wild", spec=spec(selector=selector))
    world.apply(rule(criterion=asking("wild")))
    labels = {"namespace": "fraud", "deployment": "scorer", "note": "a" * 5000}
    world.source.answers["wild"] = Samples((Sample(labels, 12.0),))
    await world.tick(30, by=5)
    assert "First" in heard(world)
