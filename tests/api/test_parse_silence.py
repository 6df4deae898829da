"""What an AlertSilence declares arrives in the core's Silence."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tocsin.api.problems import Problems
from tocsin.api.v1alpha1 import SilenceState, parse_silence
from tocsin.core.notify.schedules import Schedule, Window
from tocsin.core.notify.silences import Silence, SilenceKey

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NIGHTS = {"timeZone": "Europe/Berlin", "windows": [{"start": "22:00", "end": "06:00"}]}


def body(metadata: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    created = {"name": "deploy", "namespace": "fraud", "creationTimestamp": "2026-01-31T12:00:00Z"}
    usual = {"selector": {"all": True}, "comment": "deploy of v18"}
    return {"metadata": {**created, **(metadata or {})}, "spec": {**usual, **spec}}


def parse(object_: dict[str, Any]) -> Silence | Problems:
    return parse_silence(object_, own_namespace="tocsin")


def silence(object_: dict[str, Any]) -> Silence:
    parsed = parse(object_)
    assert isinstance(parsed, Silence), parsed
    return parsed


def refusal(**spec: Any) -> str:
    parsed = parse(body(**spec))
    assert not isinstance(parsed, Silence)
    return str(parsed[0])


def test_all_fields_arrive_in_the_silence() -> None:
    spec: dict[str, Any] = {
        "startsAt": "2026-01-31T14:00:00.2509+01:00",
        "endsAt": "2026-02-01T06:00Z",
        "untilResolved": True,
        "suspend": True,
    }
    assert silence(body(**spec)) == Silence(
        key=SilenceKey("fraud", "deploy"),
        selector=silence(body(duration="1h")).selector,
        starts_at=datetime(2026, 1, 31, 13, 0, 0, 250_000, tzinfo=UTC),
        ends_at=datetime(2026, 2, 1, 6, tzinfo=UTC),
        comment="deploy of v18",
        by="unverified",
        until_resolved=True,
        suspended=True,
    )


def test_a_duration_counts_from_the_start_else_from_the_creation() -> None:
    assert silence(body(duration="1h")).ends_at == NOON + HOUR
    later = silence(body(duration="1h", startsAt="2026-01-31T13:00:00Z"))
    assert (later.starts_at, later.ends_at) == (NOON + HOUR, NOON + 2 * HOUR)


def test_a_schedule_has_its_zone_and_windows() -> None:
    windows = [{"days": ["Mon", "Sun"], "start": "22:00", "end": "06:30"}, *NIGHTS["windows"]]
    parsed = silence(body(schedule={**NIGHTS, "windows": windows}))
    assert parsed.ends_at is None
    assert parsed.schedule == Schedule(
        ZoneInfo("Europe/Berlin"),
        (
            Window(frozenset({0, 6}), time(22), time(6, 30)),
            Window(frozenset(range(7)), time(22), time(6)),
        ),
    )


def test_who_it_was_is_what_the_api_server_has_stamped() -> None:
    by = {"annotations": {"tocsin.dev/by": "alice@example.com"}}
    assert silence(body(by, duration="1h")).by == "alice@example.com"
    assert silence(body({"annotations": {"tocsin.dev/by": 7}}, duration="1h")).by == "unverified"


def test_an_end_before_its_time_is_read_from_status() -> None:
    stored = body(duration="1h")
    for ended, expected in (("2026-01-31T12:30:00Z", NOON + HOUR / 2), ("soon", None)):
        assert silence({**stored, "status": {"endedAt": ended}}).ended_at == expected


def test_one_that_ended_before_it_was_created_is_over_and_no_mistake() -> None:
    parsed = silence(body(endsAt="2026-01-30T12:00:00Z"))
    assert SilenceState.of(parsed, NOON) is SilenceState.EXPIRED


def test_one_that_nobody_has_stored_yet_can_be_checked() -> None:
    assert silence(body({"creationTimestamp": None}, duration="1h")).comment == "deploy of v18"


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (
            {"endsAt": "2126-01-31T12:00:00Z"},
            "spec.endsAt: it lasts more than 365 days: choose an earlier end, and renew it",
        ),
        (
            {"endsAt": "2026-01-31T12:00:00"},
            'spec.endsAt: "2026-01-31T12:00:00" is no time with its zone: write one',
        ),
        ({"endsAt": 1769860800}, "spec.endsAt: this is no time with its zone"),
        ({"endsAt": "2026-02-30T12:00:00Z"}, "is no time with its zone"),
        (
            {"schedule": {**NIGHTS, "timeZone": "Europe/Atlantis"}},
            'spec.schedule.timeZone: there is no time zone "Europe/Atlantis"',
        ),
        ({"schedule": {**NIGHTS, "timeZone": "Europe"}}, 'there is no time zone "Europe"'),
        (
            {"schedule": {**NIGHTS, "windows": [{"start": 1320, "end": "06:00"}]}},
            "spec.schedule.windows[0].start: 1320 is not a text: put it into quotes",
        ),
        ({"duration": "1h", "namespaceSelector": {}}, "only in the operator's own namespace"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_write(spec: dict[str, Any], said: str) -> None:
    assert said in refusal(**spec)


def test_with_a_schedule_it_may_go_on_for_a_century() -> None:
    far = body(endsAt="2126-01-31T12:00:00Z", schedule=NIGHTS)
    assert silence(far).ends_at == datetime(2126, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("spec", "state"),
    [
        ({"duration": "1h"}, SilenceState.ACTIVE),
        ({"duration": "1h", "suspend": True}, SilenceState.SUSPENDED),
        ({"duration": "1h", "startsAt": "2026-02-01T00:00:00Z"}, SilenceState.PENDING),
        ({"schedule": NIGHTS}, SilenceState.PENDING),
    ],
)
def test_its_state_is_one_word(spec: dict[str, Any], state: SilenceState) -> None:
    assert SilenceState.of(silence(body(**spec)), NOON) is state
