"""What a NotificationRoute declares arrives in the core's Route."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.parsers import TIMING
from tests.api.rules import valid_rules
from tocsin.api.problems import Problems
from tocsin.api.v1alpha1.parseroute import parse_route
from tocsin.api.v1alpha1.routestatus import RouteEffective
from tocsin.core.notify.receivers import Receiver
from tocsin.core.notify.routes import GroupField, OnFailure, Route, RouteKey, Timing

SECRET = {"name": "slack", "key": "token"}
SLACK = {"channel": "#ml-alerts", "tokenSecretRef": SECRET}


def body(**spec: Any) -> dict[str, Any]:
    usual = {"selector": {"all": True}, "receivers": [{"name": "chat", "slack": SLACK}]}
    return {"metadata": {"name": "oncall", "namespace": "fraud"}, "spec": {**usual, **spec}}


def parse(own: str | None = "fraud", namespaces: Any = None, **spec: Any) -> Route | Problems:
    return parse_route(body(**spec), default=TIMING, own_namespace=own, namespaces=namespaces)


def route(own: str | None = "fraud", namespaces: Any = None, **spec: Any) -> Route:
    parsed = parse(own, namespaces, **spec)
    assert isinstance(parsed, Route), parsed
    return parsed


def refusal(own: str | None = "fraud", **spec: Any) -> str:
    parsed = parse(own, **spec)
    assert not isinstance(parsed, Route)
    return str(parsed[0])


def receiver(**kind: Any) -> Receiver:
    (one,) = route(receivers=[{"name": "one", **kind}]).receivers
    return one


def test_all_fields_arrive_in_the_route() -> None:
    (example,) = (one for one in valid_rules("routes") if one.name == "everything")
    parsed = parse_route(example.body, default=TIMING, own_namespace=None)
    assert isinstance(parsed, Route)
    assert parsed.key == RouteKey("fraud", "oncall")
    assert parsed.selector.namespaces == frozenset({"fraud"})
    assert parsed.group_by == (GroupField.WORKLOAD, "team")
    assert parsed.timing == Timing(timedelta(seconds=10), timedelta(minutes=1), timedelta(days=1))
    assert [one.kind for one in parsed.receivers] == ["pagerduty", "slack", "webhook", "heartbeat"]
    assert parsed.on_failure == OnFailure(timedelta(minutes=5), ("chat", "hook"))
    assert (parsed.fallback, parsed.suspended) == (False, False)


def test_what_is_not_set_is_the_operators_setting() -> None:
    assert route().timing == TIMING
    assert route().group_by == (GroupField.WORKLOAD,)
    assert route(groupBy=[]).group_by == ()
    assert route(groupWait="0s").timing.group_wait == timedelta()


def test_the_times_that_apply_are_shown_as_they_are_written() -> None:
    effective = RouteEffective.of(route(groupWait="0s", repeatInterval="25h1m1s"))
    assert effective.to_json() == {
        "groupWait": "0s", "groupInterval": "5m", "repeatInterval": "1d1h1m1s"
    }  # fmt: skip


def test_a_receiver_has_its_settings_as_they_are_written_and_the_usual_ones() -> None:
    beat = receiver(heartbeat={"url": "https://example.com/ping", "interval": "90s"})
    assert beat.settings == {"url": "https://example.com/ping", "interval": "1m30s"}
    pager = receiver(pagerduty={"routingKeySecretRef": SECRET})
    assert pager.settings == {"changeEvents": True, "routingKeySecretRef": SECRET}
    hook = receiver(webhook={"urlSecretRef": SECRET, "maxAlerts": 5})
    assert hook.settings == {"format": "Tocsin", "urlSecretRef": SECRET, "maxAlerts": 5}


@pytest.mark.parametrize(
    ("kind", "settings", "destination", "acknowledges"),
    [
        ("slack", SLACK, "slack #ml-alerts via slack/token", True),
        (
            "slack",
            {**SLACK, "url": "https://slack.example.com/api"},
            "slack #ml-alerts via slack/token at https://slack.example.com/api",
            True,
        ),
        ("slack", {"webhookSecretRef": SECRET}, "slack webhook slack/token", False),
        ("pagerduty", {"routingKeySecretRef": SECRET}, "pagerduty slack/token", True),
        ("webhook", {"url": "https://example.com/hook"}, "webhook https://example.com/hook", True),
        (
            "webhook",
            {"urlSecretRef": SECRET, "format": "Alertmanager"},
            "webhook slack/token",
            False,
        ),
    ],
)
def test_a_receiver_says_where_it_leads_and_whether_it_can_show_that_somebody_is_on_it(
    kind: str, settings: dict[str, Any], destination: str, acknowledges: bool
) -> None:
    one = receiver(**{kind: settings})
    assert (one.destination, one.acknowledges) == (destination, acknowledges)


def test_what_a_url_asks_is_no_part_of_a_destination_but_tells_two_apart() -> None:
    one, other = (
        receiver(webhook={"url": f"https://example.com/hook?token={token}"}).destination
        for token in ("hunter2", "hunter3")
    )
    assert one != other
    assert "hunter" not in one + other


def test_a_url_with_a_password_is_refused() -> None:
    said = refusal(receivers=[{"name": "a", "webhook": {"url": "https://me:pw@example.com"}}])
    assert said == (
        "spec.receivers[0].webhook.url: the URL holds a password: put the URL into a Secret, and "
        "name that"
    )


def test_only_the_operators_own_namespace_speaks_of_others() -> None:
    labels = {"matchLabels": {"team": "fraud"}}
    assert "only in the operator's own namespace" in refusal("tocsin", namespaceSelector=labels)
    assert "only in the operator's own namespace" in refusal(None, namespaceSelector={})
    assert route(namespaceSelector={}).selector.namespaces is None
    known = {"a": {"team": "fraud"}, "b": {"team": "credit"}}
    assert route(namespaces=known, namespaceSelector=labels).selector.namespaces == frozenset({"a"})


def test_namespaces_whose_labels_nobody_reads_are_selected_by_name() -> None:
    name = "kubernetes.io/metadata.name"
    exactly = route(namespaceSelector={"matchLabels": {name: "a"}})
    assert exactly.selector.namespaces == frozenset({"a"})
    some = [
        {"key": name, "operator": "In", "values": ["a", "b"]},
        {"key": name, "operator": "NotIn", "values": ["b"]},
    ]
    assert route(namespaceSelector={"matchExpressions": some}).selector.namespaces == frozenset(
        {"a"}
    )
    for unknown in ({"matchLabels": {"team": "x"}}, {"matchExpressions": some[1:]}):
        assert "does not read the labels of namespaces" in refusal(namespaceSelector=unknown)


def test_who_is_told_of_failures_is_a_receiver_that_is_told_of_alerts() -> None:
    beat = {"name": "beat", "heartbeat": {"url": "https://example.com", "interval": "1m"}}
    for name in ("nobody", "beat"):
        failure = {"after": "5m", "notify": [name]}
        receivers = [{"name": "chat", "slack": SLACK}, beat]
        assert f'"{name}": notify names a receiver' in refusal(
            onFailure=failure, receivers=receivers
        )
