"""The journal has all that arrived in order, without what opens anything, and forgets in time."""

import pytest

from e2e.receivers import journal as journals
from e2e.receivers.calls import Call
from e2e.receivers.journal import Journal
from e2e.receivers.known import SLACK_TOKEN
from tests.receivers.standins import NOW, StandIns


def call(body: bytes = b"{}") -> Call:
    return Call("POST", "/webhook/x", {"content-type": "application/json"}, body, NOW)


async def test_entries_are_in_order_with_their_bodies_and_no_token(standins: StandIns) -> None:
    await standins.post(text="slow")
    standins.now += 0.25
    await standins.event()
    await standins.send("/nowhere", b"what?")
    first, second, third = await standins.journal()
    assert first["body"] == {"channel": "#ml-alerts", "text": "slow"}
    assert SLACK_TOKEN not in str(first)
    assert second["at"] - first["at"] == 250
    assert (third["service"], third["status"], third["body"]) == ("nowhere", 404, "what?")
    assert [e["number"] for e in await standins.journal(after="1")] == [2, 3]
    assert [e["number"] for e in await standins.journal(service="pagerduty")] == [2]


def test_the_oldest_go_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "_ENTRIES", 3)
    monkeypatch.setattr(journals, "_BYTES", 100)
    journal = Journal()
    for _ in range(5):
        journal.add("webhook", call(), None, None)
    assert [entry.number for entry in journal.entries()] == [3, 4, 5]
    journal.add("webhook", call(b"x" * 99), None, None)
    assert [entry.number for entry in journal.entries()] == [6]
    assert journal.count == 6
