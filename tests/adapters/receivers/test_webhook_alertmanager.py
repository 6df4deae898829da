"""What takes Alertmanager's webhooks takes Tocsin's."""

from typing import Any

import pytest

from tocsin.core.notify.notification import Notification

from .fakes import Office
from .told import CONTEXT, STORIES, T0, alert, other, over, told

SETTINGS: dict[str, Any] = {"url": "https://hooks.example.com/in", "format": "Alertmanager"}


async def sent(notification: Notification, **settings: Any) -> dict[str, Any]:
    """The JSON that was sent."""
    office = Office()
    await office.tell("webhook", {**SETTINGS, **settings}, notification)
    message = office.last.json
    assert isinstance(message, dict)
    return message


async def test_a_message_has_all_that_version_4_has() -> None:
    labels = {
        "team": "risk",
        "alertname": "high-latency",
        "severity": "critical",
        "namespace": "fraud",
        "rule_namespace": "fraud",
        "cluster": "prod",
        "workload_kind": "Deployment",
        "workload": "scorer",
    }
    annotations = {
        "summary": "p99 of scorer is 312ms (limit 200ms)",
        "value": "312ms",
        "threshold": "200ms",
        "context": f"{CONTEXT}\nenv MAX_BATCH 8 → 64",
        "actions": "kubectl rollout undo deployment/scorer -n fraud",
        "explain": "https://tocsin.example.com/explain?rule=fraud/high-latency",
        "runbook_url": "https://wiki.example.com/latency",
        "owner": "jane",
    }
    assert await sent(told(alert())) == {
        "version": "4",
        "groupKey": "prod/fraud/oncall/workload=Deployment/scorer",
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "hook",
        "groupLabels": {"namespace": "fraud", "workload_kind": "Deployment", "workload": "scorer"},
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": "https://tocsin.example.com",
        "alerts": [
            {
                "status": "firing",
                "labels": labels,
                "annotations": annotations,
                "startsAt": "2026-01-31T12:00:00.000Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "https://tocsin.example.com/explain?rule=fraud/high-latency",
                "fingerprint": "c226611c9fcdbe15",
            }
        ],
    }


async def test_resolved_alerts_have_their_end_and_the_fingerprint_they_fired_with() -> None:
    fired = await sent(told(alert(), other()))
    message = await sent(STORIES["all resolved"])
    assert message["status"] == "resolved"
    assert [one["status"] for one in message["alerts"]] == ["resolved", "resolved"]
    assert message["alerts"][0]["endsAt"] == "2026-01-31T12:12:00.000Z"
    assert message["alerts"][0]["annotations"]["resolved"] == (
        "resolved after 12m: the value is good again"
    )
    assert [one["fingerprint"] for one in message["alerts"]] == [
        one["fingerprint"] for one in fired["alerts"]
    ]


async def test_a_message_has_all_that_fire_and_those_resolved_since() -> None:
    message = await sent(told(alert(new=False), resolved=(over(other()),)))
    assert message["status"] == "firing"
    assert [one["status"] for one in message["alerts"]] == ["firing", "resolved"]
    assert message["commonLabels"]["workload"] == "scorer"
    assert "alertname" not in message["commonLabels"]
    assert message["commonAnnotations"] == {}


@pytest.mark.parametrize(
    ("group", "labels"),
    [
        ({"namespace": "fraud", "rule": "fraud/high-latency"},
         {"namespace": "fraud", "rule_namespace": "fraud", "alertname": "high-latency"}),
        ({"namespace": "fraud", "severity": "critical", "label team": "risk"},
         {"namespace": "fraud", "severity": "critical", "team": "risk"}),
        ({"namespace": "fraud", "label app.kubernetes.io/name": ""}, {"namespace": "fraud"}),
    ],
)  # fmt: skip
async def test_the_group_s_labels_are_among_those_that_all_alerts_have(
    group: dict[str, str], labels: dict[str, str]
) -> None:
    message = await sent(told(alert(), group=group))
    assert message["groupLabels"] == labels
    assert labels.items() <= message["commonLabels"].items()


async def test_names_become_names_of_labels_and_ours_win() -> None:
    labels = {"app.kubernetes.io/name": "x", "9to5": "y", "severity": "sev1"}
    message = await sent(told(alert(labels=labels, links={"Grafana board": "https://g"})))
    shown = message["alerts"][0]["labels"]
    assert (shown["app_kubernetes_io_name"], shown["_9to5"]) == ("x", "y")
    assert shown["severity"] == "critical"
    assert message["alerts"][0]["annotations"]["Grafana_board_url"] == "https://g"


async def test_an_explanation_that_is_a_command_is_no_generator_url() -> None:
    message = await sent(told(alert(explain="tocsin explain high-latency"), external_url=""))
    assert message["alerts"][0]["generatorURL"] == ""
    assert message["alerts"][0]["annotations"]["explain"] == "tocsin explain high-latency"


async def test_truncated_alerts_are_counted() -> None:
    many = told(*(alert(id=f"{n:016x}", fired_at=T0) for n in range(20)), firing_count=300)
    message = await sent(many, maxAlerts=5)
    assert (len(message["alerts"]), message["truncatedAlerts"]) == (5, 295)


async def test_a_template_has_no_place_in_it_and_that_is_said() -> None:
    office = Office()
    settings = {**SETTINGS, "template": {"title": "x"}}
    receipt = await office.tell("webhook", settings, STORIES["first"])
    assert "template: Alertmanager's format has no place for it" in receipt.warning
