"""Notifications as events of PagerDuty: trigger, acknowledge, resolve, and changes."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from tocsin.adapters.receivers import wording
from tocsin.adapters.receivers.fitting import fitting
from tocsin.adapters.receivers.templates import Words
from tocsin.adapters.receivers.texts import clean, clean_all, cut, one_line
from tocsin.core.notify.notification import AlertNotice, Notification, Reason
from tocsin.core.rules import Severity

#: Bytes of an event: PagerDuty says 512 KB, which may mean thousands.
BUDGET: Final = 512 * 1000
SUMMARY: Final = 1024
#: How many alerts an event shows, links it has, and rollouts are told beside it.
_ALERTS: Final = 50
_LINKS: Final = 20
_ROLLOUTS: Final = 3
#: A rollout so long before an alert has nothing to do with it.
_JUST_BEFORE: Final = timedelta(hours=1)
_SLACK: Final = 128
_URL: Final = 2048
_SEVERITIES: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "info",
    Severity.INFO: "info",
}

Json = dict[str, Any]


def event(notification: Notification, words: Words, routing_key: str) -> bytes:
    """The event that `notification` is, of at most `BUDGET` bytes."""
    told: Json = {
        "routing_key": routing_key,
        "event_action": _action(notification),
        "dedup_key": dedup_key(notification),
    }
    if told["event_action"] != "trigger":
        return orjson.dumps(told)
    told["client"] = "Tocsin"
    if _is_url(notification.external_url):
        told["client_url"] = one_line(notification.external_url, _URL)
    told["links"] = list(_links(notification))
    told["payload"] = _payload(notification, words)
    details = told["payload"]["custom_details"]
    fits = fitting(notification, _alert, BUDGET - len(orjson.dumps(told)) - _SLACK, _ALERTS)
    details["firing"], details["resolved"] = fits.firing, fits.resolved
    details["not_shown"] = {"firing": fits.cut_firing, "resolved": fits.cut_resolved}
    return orjson.dumps(told)


#: What tells one rollout from another.
Rollout = tuple[str, datetime]


def changes(notification: Notification, routing_key: str) -> Iterator[tuple[Rollout, bytes]]:
    """The rollouts that came just before what fires, each as a change event."""
    seen = set[Rollout]()
    for notice in notification.firing[:_ALERTS]:
        at = notice.rolled_out_at
        if at is None or notice.fired_at - at > _JUST_BEFORE or len(seen) >= _ROLLOUTS:
            continue
        rollout = (wording.subject(notice), at)
        if rollout in seen:
            continue
        seen.add(rollout)
        version = one_line(notice.version, 256)
        what = f"Rollout of {wording.subject(notice)}" + (f": {version}" if version else "")
        payload = {
            "summary": cut(what, SUMMARY),
            "timestamp": _time(at),
            "source": one_line(notification.cluster, 256) or "Tocsin",
            "custom_details": {"changes": [one_line(c, 512) for c in notice.changes[:20]]},
        }
        yield rollout, orjson.dumps({"routing_key": routing_key, "payload": payload})


def dedup_key(notification: Notification) -> str:
    """One key for all that is told of a group of alerts: a hash, as keys may have any length."""
    digest = hashlib.sha256(notification.key.encode("utf-8", "replace")).hexdigest()
    return f"tocsin-{digest}"


def _action(notification: Notification) -> str:
    if notification.is_resolved:
        return "resolve"
    return "acknowledge" if notification.reason is Reason.ACKNOWLEDGED else "trigger"


def _payload(notification: Notification, words: Words) -> Json:
    worst = next(iter(notification.firing), None)
    summary = words.title
    if worst and not words.own_title and notification.firing_count == 1:
        summary = f"{summary}: {one_line(worst.summary, SUMMARY)}"
    payload = {
        "summary": cut(summary, SUMMARY),
        "source": _source(notification, worst),
        "severity": _SEVERITIES[notification.severity],
        "timestamp": _time(notification.opened_at),
        "group": notification.namespace,
        "custom_details": _details(notification, words),
    }
    if worst:
        payload["class"] = worst.rule.name
        payload["component"] = worst.workload.name if worst.workload else worst.rule.name
    return payload


def _source(notification: Notification, worst: AlertNotice | None) -> str:
    cluster = one_line(notification.cluster, 256)
    what = wording.subject(worst) if worst else notification.namespace
    return one_line(f"{cluster}: {what}" if cluster else what, SUMMARY)


def _details(notification: Notification, words: Words) -> Json:
    details = {
        "text": words.text,
        "reason": str(notification.reason),
        "cluster": one_line(notification.cluster, 256),
        "namespace": notification.namespace,
        "incident": notification.incident,
        "route": notification.route,
        "acknowledged": wording.acknowledged(notification),
        "to_silence": wording.silence_hint(notification),
        "to_acknowledge": wording.acknowledge_hint(notification),
    }
    return {name: text for name, text in details.items() if text}


def _alert(notice: AlertNotice) -> Json:
    shown = {
        "summary": one_line(notice.summary, wording.SUMMARY),
        "description": clean(notice.description, 4096),
        "about": wording.subject(notice),
        "rule": str(notice.rule),
        "severity": str(notice.severity),
        "value": wording.amount(notice),
        "since": _time(notice.fired_at),
        "ended": wording.ended(notice),
        "silenced_by": one_line(notice.silenced_by, 512),
        "version": one_line(notice.version, 256),
        "around": list(wording.changed(notice)),
        "actions": [one_line(action, 512) for action in notice.actions[:10]],
        "labels": clean_all(notice.labels, 4096),
        "explain": one_line(notice.explain, _URL),
    }
    return {name: value for name, value in shown.items() if value}


def _links(notification: Notification) -> Iterator[Json]:
    seen = set[str]()
    for notice in notification.firing[:_ALERTS]:
        named = {**notice.links, f"explain {notice.rule.name}": notice.explain}
        for name, url in named.items():
            if _is_url(url) and url not in seen and len(seen) < _LINKS:
                seen.add(url)
                yield {"href": one_line(url, _URL), "text": one_line(name, 256) or "link"}


def _is_url(text: str) -> bool:
    return text.startswith(("https://", "http://")) and len(text) <= _URL


def _time(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
