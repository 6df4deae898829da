"""A notification as Alertmanager's webhook sends it, version 4, for what already takes that."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import orjson

from tocsin.adapters.receivers import wording
from tocsin.adapters.receivers.fitting import fitting
from tocsin.adapters.receivers.texts import clean, clean_all, one_line
from tocsin.core.notify.notification import AlertNotice, Notification

BUDGET: Final = 256 * 1024
#: What Alertmanager writes as the end of an alert that fires: Go's zero time.
NO_END: Final = "0001-01-01T00:00:00Z"
_NOT_IN_NAMES: Final = re.compile("[^a-zA-Z0-9_]")
_MAP: Final = 8 * 1024
_URL: Final = 2048
_SLACK: Final = 128
#: How a group that is not made of labels is named in them.
_GROUPS: Final = {
    "rule": ("rule_namespace", "alertname"),
    "workload": ("workload_kind", "workload"),
}


def alertmanager_format(notification: Notification, most: int = 0) -> bytes:
    """`notification` as JSON of at most `BUDGET` bytes, with at most `most` alerts (0: any)."""
    message: dict[str, Any] = {
        "version": "4",
        "groupKey": clean(notification.key, _URL),
        "truncatedAlerts": 0,
        "status": "resolved" if notification.is_resolved else "firing",
        "receiver": notification.receiver,
        "groupLabels": _group(notification.group),  # as long as they get
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": one_line(notification.external_url, _URL),
        "alerts": [],
    }
    room = BUDGET - len(orjson.dumps(message)) - _SLACK
    # What alerts have in common is no more than the first of them has.
    for first in notification.alerts[:1]:
        room -= len(orjson.dumps(_alert(notification, first)))
    fits = fitting(notification, lambda notice: _alert(notification, notice), room, most)
    message["alerts"] = fits.shown
    message["truncatedAlerts"] = fits.cut
    common = _common(alert["labels"] for alert in fits.shown)
    group = _group(notification.group).items()
    message["groupLabels"] = {name: value for name, value in group if common.get(name) == value}
    message["commonLabels"] = common
    message["commonAnnotations"] = _common(alert["annotations"] for alert in fits.shown)
    return orjson.dumps(message)


def _alert(notification: Notification, notice: AlertNotice) -> dict[str, Any]:
    page = notice.explain if notice.explain.startswith(("https://", "http://")) else ""
    digest = hashlib.sha256(f"{notification.cluster}\0{notice.id}".encode("utf-8", "replace"))
    return {
        "status": "resolved" if notice.resolved_at else "firing",
        "labels": _labels(notification, notice),
        "annotations": _annotations(notice),
        "startsAt": _time(notice.fired_at),
        "endsAt": _time(notice.resolved_at) if notice.resolved_at else NO_END,
        "generatorURL": one_line(page or notification.external_url, _URL),
        # Not of the labels, as Alertmanager's: one that is edited must not leave an alert open.
        "fingerprint": digest.hexdigest()[:16],
    }


def _labels(notification: Notification, notice: AlertNotice) -> dict[str, str]:
    ref = notice.workload
    labels = {_name(k): v for k, v in clean_all(notice.labels, _MAP).items()}
    labels |= {
        "alertname": notice.rule.name,
        "severity": str(notice.severity),
        "namespace": notice.namespace,
        "rule_namespace": notice.rule.namespace,
        "cluster": one_line(notification.cluster, 256),
    }
    return labels | ({"workload_kind": ref.kind, "workload": ref.name} if ref else {})


def _annotations(notice: AlertNotice) -> dict[str, str]:
    """The rule's own, and what else is known of it under names that are commonly looked for."""
    links = clean_all(notice.links, _MAP // 2, _URL)
    said = {
        "summary": one_line(notice.summary, wording.SUMMARY),
        "description": clean(notice.description, 4096),
        "value": one_line(notice.value, 256),
        "threshold": one_line(notice.threshold, 256),
        "context": clean("\n".join(wording.changed(notice)), 2048),
        "actions": clean("\n".join(notice.actions[:10]), 2048),
        "resolved": wording.ended(notice),
        "explain": one_line(notice.explain, _URL),
        **{f"{_name(name)}_url": url for name, url in links.items()},
    }
    own = {_name(k): v for k, v in clean_all(notice.annotations, _MAP, each=4096).items()}
    return {name: text for name, text in {**said, **own}.items() if text}


def _group(group: Mapping[str, str]) -> dict[str, str]:
    labels: dict[str, str] = {}
    for name, value in clean_all(group, _MAP).items():
        if name in _GROUPS:
            labels |= zip(_GROUPS[name], value.split("/", 1), strict=False)
        else:
            labels[_name(name.removeprefix("label "))] = value
    return labels


def _common(maps: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """What all of `maps` have."""
    first, *others = [*maps] or [{}]
    shared = set(first.items()).intersection(*(other.items() for other in others))
    return {name: value for name, value in first.items() if (name, value) in shared}


def _name(name: str) -> str:
    """`name` as a label of Prometheus may be called."""
    name = _NOT_IN_NAMES.sub("_", name)
    return f"_{name}" if name[:1].isdigit() else name


def _time(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
