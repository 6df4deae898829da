"""Events as the API server takes them, counted up where they are there already."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.apiserver import ApiServer, api_server
from tocsin.adapters.kube.events import KubeEvents, cut_note, event_body, micro_time
from tocsin.ports import EventReason, Notice, RefusedError, Regarded, UnavailableError

RULE = Regarded("tocsin.dev/v1alpha1", "MLAlertRule", "fraud", "high-latency", "uid-1")
POD = Regarded("v1", "Pod", "fraud", "scorer-1", "uid-2")
AT = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
NOTICE = Notice(RULE, EventReason.ALERT_FIRING, "Fire", "it is slow", AT)
PATH = "/apis/events.k8s.io/v1/namespaces/fraud/events"
DNS_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


def name_of(notice: Notice) -> str:
    return str(event_body(notice, "pod-1")["metadata"]["name"])


def test_a_body_has_everything_the_server_asks_for() -> None:
    body = event_body(replace(NOTICE, related=POD, annotations={"a": "b"}), "operator-1")
    name = body["metadata"].pop("name")
    assert re.fullmatch(r"high-latency\.[0-9a-f]{16}", name)
    assert body == {
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": {"namespace": "fraud", "annotations": {"a": "b"}},
        "eventTime": "2026-03-01T12:00:00.000000Z",
        "reportingController": "tocsin.dev/operator",
        "reportingInstance": "operator-1",
        "action": "Fire",
        "reason": "AlertFiring",
        "regarding": {
            "apiVersion": "tocsin.dev/v1alpha1",
            "kind": "MLAlertRule",
            "namespace": "fraud",
            "name": "high-latency",
            "uid": "uid-1",
        },
        "related": {
            "apiVersion": "v1",
            "kind": "Pod",
            "namespace": "fraud",
            "name": "scorer-1",
            "uid": "uid-2",
        },
        "note": "it is slow",
        "type": "Warning",
    }


def test_what_is_no_warning_is_normal_and_nothing_is_related_unless_said() -> None:
    body = event_body(replace(NOTICE, warning=False), "x" * 300)
    assert body["type"] == "Normal"
    assert "related" not in body
    assert len(body["reportingInstance"]) == 128


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (AT, "2026-03-01T12:00:00.000000Z"),
        (AT + timedelta(milliseconds=5), "2026-03-01T12:00:00.005000Z"),
        (AT.astimezone(timezone(timedelta(hours=2))), "2026-03-01T12:00:00.000000Z"),
    ],
)
def test_a_time_has_six_digits_of_fraction_in_utc(time: datetime, text: str) -> None:
    assert micro_time(time) == text


def test_the_same_thing_said_has_the_same_name_at_any_time_and_from_any_process() -> None:
    later = replace(NOTICE, at=AT + timedelta(hours=1), annotations={"other": "x"})
    assert event_body(later, "other")["metadata"]["name"] == name_of(NOTICE)


@pytest.mark.parametrize(
    "other",
    [
        replace(NOTICE, note="it is slower"),
        replace(NOTICE, reason=EventReason.ALERT_RESOLVED),
        replace(NOTICE, regarding=replace(RULE, kind="Deployment")),
        replace(NOTICE, regarding=replace(RULE, uid="uid-9")),
        replace(NOTICE, note="x" * 3000),
    ],
    ids=["note", "reason", "a workload named like its rule", "made anew", "long"],
)
def test_another_thing_said_has_another_name(other: Notice) -> None:
    assert name_of(other) != name_of(NOTICE)


def test_long_notes_that_differ_only_behind_the_cut_are_different_events() -> None:
    one, two = (replace(NOTICE, note="x" * 2000 + end) for end in "ab")
    assert name_of(one) != name_of(two)


LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"


@given(st.from_regex(rf"\A{LABEL}(\.{LABEL}){{0,3}}\Z").filter(lambda name: len(name) <= 253))
@settings(deadline=None)
def test_every_name_is_one_that_the_server_takes(name: str) -> None:
    made = name_of(replace(NOTICE, regarding=replace(RULE, name=name)))
    assert len(made) <= 253
    assert DNS_SUBDOMAIN.fullmatch(made)


@pytest.mark.parametrize("cut", ["-", ".", "--", "-.-"])
def test_a_name_is_not_cut_where_it_would_become_invalid(cut: str) -> None:
    name = "a" * (236 - len(cut)) + cut + "b" * 10
    assert DNS_SUBDOMAIN.fullmatch(name_of(replace(NOTICE, regarding=replace(RULE, name=name))))


@given(st.text())
@settings(deadline=None)
def test_a_note_is_cut_to_the_servers_bytes_and_stays_text(note: str) -> None:
    grown = note * (1 + 2000 // (len(note) + 1))
    cut = cut_note(grown)
    assert len(cut.encode()) <= 1024
    assert cut == grown or (cut.endswith("…") and grown.startswith(cut[:-1]))
    assert cut_note(cut) == cut


@pytest.mark.parametrize("note", ["a" * 1024, "é" * 512, "😀" * 256])
def test_a_note_that_just_fits_is_left_alone(note: str) -> None:
    assert cut_note(note) == note
    assert cut_note(note + "!") != note + "!"


@pytest_asyncio.fixture
async def server() -> AsyncIterator[tuple[ApiServer, KubeEvents]]:
    async with api_server() as (server, client):
        yield server, KubeEvents(client, server.count, "pod-1")


Served = tuple[ApiServer, KubeEvents]


async def test_an_event_is_created(server: Served) -> None:
    api, events = server
    api.will(201, {})
    await events.record(NOTICE)
    request = api.requests[0]
    assert (request.method, request.path) == ("POST", PATH)
    assert request.body == event_body(NOTICE, "pod-1")
    assert api.counted == [("create", "events", "200")]


async def test_what_is_there_is_counted_up_as_a_series(server: Served) -> None:
    api, events = server
    for _ in range(2):
        api.will(409)
        api.will(200, {})
    await events.record(NOTICE)
    await events.record(replace(NOTICE, at=AT + timedelta(seconds=30)))
    patches = [request for request in api.requests if request.method == "PATCH"]
    assert {request.path for request in patches} == {f"{PATH}/{name_of(NOTICE)}"}
    assert {request.content_type for request in patches} == {"application/merge-patch+json"}
    assert [request.body for request in patches] == [
        {"series": {"count": 2, "lastObservedTime": "2026-03-01T12:00:00.000000Z"}},
        {"series": {"count": 3, "lastObservedTime": "2026-03-01T12:00:30.000000Z"}},
    ]
    assert api.counted[:2] == [("create", "events", "409"), ("patch", "events", "200")]


async def test_what_has_expired_in_between_is_created_anew_and_counted_from_one(
    server: Served,
) -> None:
    api, events = server
    for status in (409, 200, 409, 404, 201, 409, 200):
        api.will(status, None if status >= 400 else {})
    for _ in range(3):
        await events.record(NOTICE)
    made = [(r.method, (r.body.get("series") or {}).get("count")) for r in api.requests]
    assert made == [
        ("POST", None), ("PATCH", 2), ("POST", None), ("PATCH", 3), ("POST", None),
        ("POST", None), ("PATCH", 2),
    ]  # fmt: skip


async def test_a_count_that_could_not_be_written_is_not_lost(server: Served) -> None:
    api, events = server
    for status in (409, 200, 409, 503, 409, 200):
        api.will(status, None if status >= 400 else {})
    await events.record(NOTICE)
    with pytest.raises(UnavailableError):
        await events.record(NOTICE)
    await events.record(NOTICE)
    counts = [r.body["series"]["count"] for r in api.requests if r.method == "PATCH"]
    assert counts == [2, 3, 3]


async def test_a_refusal_is_told(server: Served) -> None:
    api, events = server
    api.will(403)
    with pytest.raises(RefusedError):
        await events.record(NOTICE)
