"""PagerDuty's stand-in opens an incident a key, counts the pages, and refuses what is no event."""

from typing import Any

import pytest

from e2e.receivers.known import ROUTING_KEY
from tests.receivers.standins import StandIns

EVENTS = "/pagerduty/v2/enqueue"
CHANGES = "/pagerduty/v2/change/enqueue"
PAYLOAD: dict[str, Any] = {"summary": "slow", "source": "fraud/scorer", "severity": "error"}


async def test_one_key_is_one_page_until_it_is_resolved(standins: StandIns) -> None:
    said = await standins.event()
    assert (said.status, said.body) == (
        202, {"status": "success", "message": "Event processed", "dedup_key": "k"},
    )  # fmt: skip
    await standins.event(payload=PAYLOAD | {"summary": "slower"})
    await standins.event("acknowledge")
    await standins.event(payload=PAYLOAD | {"summary": "slowest"})
    await standins.event("resolve")
    await standins.event()
    state = (await standins.state())["pagerduty"]
    assert state["pages"] == 2
    first, second = state["incidents"]
    assert (first["status"], first["summary"], second["status"]) == (
        "resolved", "slow", "triggered",
    )  # fmt: skip
    assert first["latest"]["payload"]["summary"] == "slowest"
    assert [entry["what"] for entry in first["log"]] == [
        "triggered",
        "triggered again, nobody is paged (triggered)",
        "acknowledged",
        "triggered again, nobody is paged (acknowledged)",
        "resolved",
    ]
    assert ROUTING_KEY not in str(state)


async def test_what_is_not_open_is_resolved_without_a_word_but_noted(standins: StandIns) -> None:
    assert (await standins.event("resolve")).status == 202
    assert (await standins.event("acknowledge", "other")).status == 202
    assert (await standins.state())["pagerduty"]["incidents"] == []
    assert [entry["outcome"] for entry in await standins.journal()] == [
        "resolve of nothing that is open",
        "acknowledge of nothing that is open",
    ]


async def test_without_a_key_each_event_gets_one(standins: StandIns) -> None:
    keys = {(await standins.event(key="")).body["dedup_key"] for _ in range(2)}
    assert {len(key) for key in keys} == {32}
    assert (await standins.state())["pagerduty"]["pages"] == 2


@pytest.mark.parametrize(
    ("error", "change"),
    [
        ("'routing_key' is missing or blank", {"routing_key": ""}),
        (
            "Length of 'routing_key' is incorrect (should be 32 characters)",
            {"routing_key": ROUTING_KEY[1:]},
        ),
        (
            "'routing_key' cannot contain non-alphanumeric characters.",
            {"routing_key": "-" + ROUTING_KEY[1:]},
        ),
        (
            "'event_action' is missing or must be one of: trigger, acknowledge, resolve",
            {"event_action": "fire"},
        ),
        (
            "Length of 'dedup_key' is incorrect (should be at most 255 characters)",
            {"dedup_key": "k" * 256},
        ),
        ("'dedup_key' is missing or blank", {"event_action": "resolve", "dedup_key": None}),
        ("'payload' is missing or blank", {"payload": None}),
        ("'payload.source' is missing or blank", {"payload": PAYLOAD | {"source": " "}}),
        (
            "Length of 'payload.summary' is incorrect (should be at most 1024 characters)",
            {"payload": PAYLOAD | {"summary": "x" * 1025}},
        ),
        (
            "'payload.severity' is invalid (must be one of: critical, warning, error, info)",
            {"payload": PAYLOAD | {"severity": "high"}},
        ),
        (
            "'payload.timestamp' is not a valid ISO 8601 time",
            {"payload": PAYLOAD | {"timestamp": "now"}},
        ),
        ("'payload.group' must be a string", {"payload": PAYLOAD | {"group": 1}}),
        (
            "'payload.custom_details' must be an object",
            {"payload": PAYLOAD | {"custom_details": [1]}},
        ),
        ("'links' must be an array", {"links": {}}),
        ("'links[0].href' is missing or not a valid URL", {"links": [{"text": "x"}]}),
        ("'links[0].text' must be a string", {"links": [{"href": "https://x", "text": 1}]}),
        ("'images[0].src' is missing or not a valid URL", {"images": [{"src": "x.png"}]}),
        ("'client' must be a string", {"client": 1}),
    ],
)
async def test_an_event_is_refused_with_a_sentence(
    standins: StandIns, error: str, change: dict[str, Any]
) -> None:
    event = {"routing_key": ROUTING_KEY, "event_action": "trigger", "payload": PAYLOAD}
    said = await standins.send(EVENTS, event | change)
    assert (said.status, said.body) == (
        400,
        {"status": "invalid event", "message": "Event object is invalid", "errors": [error]},
    )


async def test_nobody_elses_key_no_json_and_too_much_are_refused(standins: StandIns) -> None:
    said = await standins.event(routing_key="f" * 32)
    assert (said.status, said.body["message"]) == (400, "Invalid routing key")
    assert (await standins.send(EVENTS, b"{")).body["errors"] == ["JSON is invalid"]
    assert (await standins.send(EVENTS, [])).status == 400
    large = PAYLOAD | {"custom_details": {"x": "x" * 512 * 1024}}
    assert (await standins.event(payload=large)).status == 413
    assert (await standins.send("/pagerduty/v1/enqueue", {})).status == 404


async def test_fields_that_are_thrown_away_are_noted(standins: StandIns) -> None:
    await standins.event(payload=PAYLOAD | {"colour": "red"}, team="ml")
    assert (await standins.journal())[0]["notes"] == [
        "team is no field and is ignored",
        "payload.colour is no field and is ignored",
    ]


async def test_a_change_is_noted_and_pages_nobody(standins: StandIns) -> None:
    change = {"routing_key": ROUTING_KEY, "payload": {"summary": "v18 is rolled out"}}
    said = await standins.send(CHANGES, change)
    assert (said.status, said.body["message"]) == (202, "Change event processed")
    state = (await standins.state())["pagerduty"]
    assert (state["pages"], len(state["changes"])) == (0, 1)
    assert (await standins.send(CHANGES, change | {"payload": {}})).status == 400
