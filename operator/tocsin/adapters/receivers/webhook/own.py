"""A notification in Tocsin's own format, version 1: docs/webhook.schema.json."""

from typing import Any, Final

import orjson

from tocsin.adapters.receivers import wording
from tocsin.adapters.receivers.fitting import fitting
from tocsin.adapters.receivers.templates import Words
from tocsin.adapters.receivers.texts import clean, clean_all, one_line
from tocsin.api.webhook import Acknowledged, Link, Message, ObjectName, ToldAlert, Truncated
from tocsin.core.notify.notification import Acknowledgement, AlertNotice, Notification

#: Bytes of a body: what common receivers and proxies take.
BUDGET: Final = 256 * 1024
_NAME: Final = 256
_URL: Final = 2048
_MAP: Final = 8 * 1024
#: For the digits of how many were cut.
_SLACK: Final = 128


def own_format(notification: Notification, words: Words, most: int = 0) -> bytes:
    """`notification` as JSON of at most `BUDGET` bytes, with at most `most` alerts (0: any)."""
    message = _message(notification, words).to_json()
    room = BUDGET - len(orjson.dumps(message)) - _SLACK
    fits = fitting(notification, _alert, room, most)
    message["firing"], message["resolved"] = fits.firing, fits.resolved
    message["truncated"] = {"firing": fits.cut_firing, "resolved": fits.cut_resolved}
    return orjson.dumps(message)


def _message(notification: Notification, words: Words) -> Message:
    return Message(
        type="incident.resolved" if notification.is_resolved else "incident.firing",
        id=one_line(notification.id, _NAME),
        key=clean(notification.key, _URL),
        timestamp=notification.at,
        reason=notification.reason,
        title=words.title,
        text=words.text,
        detail=clean(notification.detail, wording.SUMMARY) or None,
        cluster=one_line(notification.cluster, _NAME),
        namespace=notification.namespace,
        incident=notification.incident,
        route=notification.route,
        receiver=notification.receiver,
        group=clean_all(notification.group, _MAP),
        severity=notification.severity,
        opened_at=notification.opened_at,
        storm=notification.storm,
        acknowledgement=_acknowledged(notification.acknowledgement),
        firing_count=notification.firing_count,
        resolved_count=notification.resolved_count,
        silenced_count=notification.silenced_count,
        truncated=Truncated(),
        external_url=one_line(notification.external_url, _URL) or None,
    )


def _acknowledged(by: Acknowledgement | None) -> Acknowledged | None:
    if by is None:
        return None
    comment = clean(by.comment, wording.SUMMARY) or None
    return Acknowledged(at=by.at, by=one_line(by.by, _NAME) or None, comment=comment)


def _alert(notice: AlertNotice) -> dict[str, Any]:
    ref, resolved = notice.workload, notice.resolved_at
    return ToldAlert(
        id=notice.id,
        status="resolved" if resolved else "firing",
        rule=notice.rule.name,
        rule_namespace=notice.rule.namespace,
        namespace=notice.namespace,
        workload=ObjectName(kind=ref.kind, namespace=ref.namespace, name=ref.name) if ref else None,
        severity=notice.severity,
        fired_at=notice.fired_at,
        resolved_at=resolved,
        resolved_reason=notice.end_reason if resolved else None,
        resolved_message=clean(notice.end_message, wording.SUMMARY) or None if resolved else None,
        is_new=notice.new,
        silenced_by=one_line(notice.silenced_by, 2 * _NAME) or None,
        summary=one_line(notice.summary, wording.SUMMARY),
        description=clean(notice.description, 4096) or None,
        value=one_line(notice.value, _NAME) or None,
        threshold=one_line(notice.threshold, _NAME) or None,
        context=clean(notice.context, wording.SUMMARY) or None,
        version=one_line(notice.version, _NAME) or None,
        rolled_out_at=notice.rolled_out_at,
        changes=[one_line(change, 256) for change in notice.changes[:20]],
        labels=clean_all(notice.labels, _MAP),
        annotations=clean_all(notice.annotations, 2 * _MAP, each=4096),
        links=[
            Link(name=name, url=url) for name, url in clean_all(notice.links, _MAP, _URL).items()
        ],
        actions=[one_line(action, 512) for action in notice.actions[:10]],
        explain=one_line(notice.explain, _URL) or None,
    ).to_json()
