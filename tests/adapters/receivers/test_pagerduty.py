"""PagerDuty: one incident there for one here, whatever is told of it, and its answers in words."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tocsin.core.notify.notification import Notification, Reason
from tocsin.core.notify.receivers import DeliveryError, Receipt
from tocsin.core.rules import Severity

from .fakes import Office, answer, no_answer
from .told import CONTEXT, SCORER, STORIES, T0, alert, told

KEY = "R0UT1NGKEY" + "a" * 22
SETTINGS: dict[str, Any] = {"routingKeySecretRef": {"name": "pd", "key": "routing-key"}}
WITH_CHANGES = {**SETTINGS, "changeEvents": True}
ONE = "high-latency on Deployment fraud/scorer: p99 of scorer is 312ms (limit 200ms)"
DONE = answer(202, {"status": "success"})


def office(*answers: Any) -> Office:
    """PagerDuty that knows the key, and answers so."""
    made = Office()
    made.wire.usual = DONE
    made.wire.answers = list(answers)
    made.vault.values["fraud/pd/routing-key"] = f"{KEY}\n"
    return made


async def refused(by: Office, settings: dict[str, Any] = SETTINGS) -> DeliveryError:
    """The error that telling ends with."""
    with pytest.raises(DeliveryError) as caught:
        await by.tell("pagerduty", settings, STORIES["first"])
    assert KEY not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("story", "action", "summary"),
    [
        (
            "first",
            "trigger",
            f"CRITICAL: {ONE}",
        ),
        ("new alerts", "trigger", "CRITICAL: 2 alerts on Deployment fraud/scorer"),
        (
            "some resolved",
            "trigger",
            f"CRITICAL: {ONE}",
        ),
        ("storm", "trigger", "CRITICAL: storm, 200 alerts of high-latency in fraud"),
        (
            "no data",
            "trigger",
            f"CRITICAL, no data: {ONE}",
        ),
        ("acknowledged", "acknowledge", None),
        ("all resolved", "resolve", None),
    ],
)
async def test_each_story_is_an_event_under_one_key(
    story: str, action: str, summary: str | None
) -> None:
    by = office()
    assert await by.tell("pagerduty", SETTINGS, STORIES[story]) == Receipt()
    event = by.last.json
    assert by.last.url == "https://events.pagerduty.com/v2/enqueue"
    assert (event["routing_key"], event["event_action"]) == (KEY, action)
    assert event.get("payload", {}).get("summary") == summary
    by = office()
    await by.tell("pagerduty", SETTINGS, STORIES["first"])
    assert event["dedup_key"] == by.last.json["dedup_key"]
    assert len(event["dedup_key"]) <= 255


async def test_an_event_says_what_a_person_on_call_asks() -> None:
    by = office()
    await by.tell("pagerduty", SETTINGS, STORIES["first"])
    event = by.last.json
    del event["dedup_key"], event["routing_key"]
    assert event == {
        "event_action": "trigger",
        "client": "Tocsin",
        "client_url": "https://tocsin.example.com",
        "links": [
            {"href": "https://wiki.example.com/latency", "text": "runbook"},
            {
                "href": "https://tocsin.example.com/explain?rule=fraud/high-latency",
                "text": "explain high-latency",
            },
        ],
        "payload": {
            "summary": "CRITICAL: high-latency on Deployment fraud/scorer: "
            "p99 of scorer is 312ms (limit 200ms)",
            "source": "prod: Deployment fraud/scorer",
            "severity": "critical",
            "timestamp": "2026-01-31T12:00:00.000Z",
            "group": "fraud",
            "class": "high-latency",
            "component": "scorer",
            "custom_details": {
                "text": "1 alert firing.\n"
                "- critical: p99 of scorer is 312ms (limit 200ms) (312ms, limit 200ms)",
                "reason": "First",
                "cluster": "prod",
                "namespace": "fraud",
                "incident": "scorer-7c1e0f6a",
                "route": "fraud/oncall",
                "to_silence": "kubectl annotate deployment/scorer -n fraud "
                'tocsin.dev/silence="2h scorer-7c1e0f6a" --overwrite',
                "to_acknowledge": "kubectl annotate mlinc/scorer-7c1e0f6a -n fraud "
                'tocsin.dev/ack="on it"',
                "firing": [
                    {
                        "summary": "p99 of scorer is 312ms (limit 200ms)",
                        "about": "Deployment fraud/scorer",
                        "rule": "fraud/high-latency",
                        "severity": "critical",
                        "value": "312ms, limit 200ms",
                        "since": "2026-01-31T12:00:00.000Z",
                        "version": "scorer:v18",
                        "around": [CONTEXT, "env MAX_BATCH 8 → 64"],
                        "actions": ["kubectl rollout undo deployment/scorer -n fraud"],
                        "labels": {"team": "risk"},
                        "explain": "https://tocsin.example.com/explain?rule=fraud/high-latency",
                    }
                ],
                "resolved": [],
                "not_shown": {"firing": 0, "resolved": 0},
            },
        },
    }


async def test_severities_are_pagerduty_s() -> None:
    said = []
    for severity in Severity:
        by = office()
        await by.tell("pagerduty", SETTINGS, told(alert(severity=severity), severity=severity))
        said.append(by.last.json["payload"]["severity"])
    assert said == ["critical", "error", "warning", "info", "info"]


async def test_a_rollout_is_told_once_beside_what_it_came_before() -> None:
    by = office()
    two = (alert(), alert(id="b"), alert(workload=SCORER._replace(name="ranker"), version=""))
    await by.tell("pagerduty", WITH_CHANGES, told(*two))
    page, first, second = by.wire.requests
    assert page.json["event_action"] == "trigger"
    assert first.url == "https://events.pagerduty.com/v2/change/enqueue"
    assert first.json == {
        "routing_key": KEY,
        "payload": {
            "summary": "Rollout of Deployment fraud/scorer: scorer:v18",
            "timestamp": "2026-01-31T11:56:00.000Z",
            "source": "prod",
            "custom_details": {"changes": ["image v17 → v18", "env MAX_BATCH 8 → 64"]},
        },
    }
    assert second.json["payload"]["summary"] == "Rollout of Deployment fraud/ranker"
    for later in (Reason.REPEAT, Reason.NEW_ALERTS):
        await by.tell("pagerduty", WITH_CHANGES, told(alert(), reason=later))
    assert len(by.wire.requests) == 5


async def test_a_rollout_is_one_change_event_for_all_the_incidents_that_follow_it() -> None:
    by = office()
    await by.tell("pagerduty", WITH_CHANGES, told(alert()))
    await by.tell("pagerduty", WITH_CHANGES, replace(told(alert(id="b")), incident="another"))
    assert [one.url.rpartition("/v2/")[2] for one in by.wire.requests] == [
        "enqueue",
        "change/enqueue",
        "enqueue",
    ]


async def test_a_rollout_of_long_before_is_no_change_that_matters() -> None:
    by = office()
    before = alert().fired_at - timedelta(hours=2)
    await by.tell("pagerduty", WITH_CHANGES, told(alert(rolled_out_at=before)))
    assert len(by.wire.requests) == 1


@pytest.mark.parametrize("bad", [answer(500), no_answer(), answer(400, {"errors": ["no"]})])
async def test_a_rollout_that_is_not_taken_is_a_warning(bad: Any) -> None:
    by = office(DONE, bad)
    receipt = await by.tell("pagerduty", WITH_CHANGES, STORIES["first"])
    assert receipt.warning.startswith("the rollout was not told as a change event: ")


@pytest.mark.parametrize("story", ["repeat", "all resolved", "acknowledged"])
async def test_nothing_but_the_first_tells_a_rollout(story: str) -> None:
    by = office()
    await by.tell("pagerduty", WITH_CHANGES, STORIES[story])
    assert len(by.wire.requests) == 1


@pytest.mark.parametrize(
    "errors",
    [["Invalid routing key"], ["Length of 'routing_key' is incorrect (should be 32 characters)"]],
)
async def test_an_unknown_key_says_where_it_is_and_is_read_anew(errors: list[str]) -> None:
    by = office(answer(400, {"status": "invalid event", "errors": errors}))
    error = await refused(by)
    assert "put the integration key (32 characters)" in str(error)
    assert "key routing-key of Secret fraud/pd" in str(error)
    assert error.retry  # the Secret may be mended
    assert by.vault.forgotten == ["fraud/pd"]


async def test_an_event_that_is_refused_says_why_in_pagerduty_s_words() -> None:
    body = {"message": "Event object is invalid", "errors": [f"no \u202e{KEY}", "'x' is\nwrong"]}
    error = await refused(office(answer(400, body)))
    assert str(error) == "PagerDuty refused the event: no [hidden]; 'x' is wrong"
    assert not error.retry


async def test_too_many_events_wait_as_long_as_they_are_asked_to() -> None:
    error = await refused(office(answer(429, retry_after="42")))
    assert (error.retry, error.after) == (True, timedelta(seconds=42))


async def test_other_answers_are_as_everywhere() -> None:
    assert (await refused(office(answer(500)))).retry
    assert not (await refused(office(answer(404)))).retry
    assert (await refused(office(no_answer()))).uncertain


async def test_another_address_is_that_of_another_region() -> None:
    by = office()
    settings = {**SETTINGS, "url": "https://events.eu.pagerduty.com/"}
    await by.tell("pagerduty", settings, STORIES["first"])
    assert by.last.url == "https://events.eu.pagerduty.com/v2/enqueue"
    assert by.vault.hosts == ["events.eu.pagerduty.com"]


async def test_without_a_key_the_field_is_named() -> None:
    error = await refused(office(), {})
    assert "pagerduty.routingKeySecretRef: it has to be set" in str(error)


async def test_a_template_is_the_summary_and_a_detail() -> None:
    by = office()
    template = {"title": "{{ $workload.name }} is slow", "text": "{{ $value }}"}
    await by.tell("pagerduty", {**SETTINGS, "template": template}, STORIES["first"])
    payload = by.last.json["payload"]
    assert payload["summary"] == "scorer is slow"
    assert payload["custom_details"]["text"] == "312ms"


async def test_keys_of_groups_differ_and_may_be_long() -> None:
    async def key(notification: Notification) -> str:
        by = office()
        await by.tell("pagerduty", SETTINGS, notification)
        return str(by.last.json["dedup_key"])

    some = told(alert())
    keys = {await key(replace(some, key=k)) for k in ("a", "b", "x" * 10**6, "\ud800")}
    assert len(keys) == 4
    assert await key(some) == await key(replace(some, at=T0 + timedelta(days=3), id="other"))
