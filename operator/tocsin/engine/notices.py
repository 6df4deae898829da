"""Which Events are due after a step: for alerts that fired or ended, and for what went wrong."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from tocsin.core.alerts import Alert, Ended, EndReason
from tocsin.core.amounts import format_amount
from tocsin.core.context.context import Context
from tocsin.core.durations import format_duration
from tocsin.core.parameters import Unreadable
from tocsin.core.rules import Rule
from tocsin.engine.contexts import as_json
from tocsin.engine.wording import Wording, shows_value, with_context
from tocsin.ports import EventReason, Notice, Regarded

#: Everything that is said of the alert, as JSON, for those who export Events.
DETAILS: Final = "tocsin.dev/alert"
_DETAILS_LIMIT: Final = 16 * 1024

#: Which condition speaks of which problem: (type, status that is bad, reasons or all).
_PROBLEMS: Final = (
    ("Stalled", "True", None, EventReason.RULE_INVALID, "Validate"),
    ("SourceReachable", "False", None, EventReason.SOURCE_FAILED, "Evaluate"),
    ("Rendered", "False", None, EventReason.TEMPLATE_FAILED, "Render"),
    ("Attributed", "False", {"ModelAmbiguous"}, EventReason.MODEL_AMBIGUOUS, "Attribute"),
)


def fired(
    rule: Rule,
    alert: Alert,
    wording: Wording,
    subjects: Sequence[Regarded],
    at: datetime,
    context: Context | None = None,
    where: str = "",
) -> list[Notice]:
    """The Events on each of `subjects` of an alert that starts to fire.

    `where` is where it is explained.
    """
    note = with_context(wording.summary, alert)
    details = {DETAILS: _details(rule, alert, wording, context, where)}
    return list(_on_each(subjects, EventReason.ALERT_FIRING, "Fire", note, at, True, details))


def resolved(
    rule: Rule,
    ended: Ended,
    wording: Wording,
    subjects: Sequence[Regarded],
    at: datetime,
    context: Context | None = None,
    where: str = "",
) -> tuple[str, list[Notice]]:
    """What is said of an alert that is over, and the Events on each of `subjects`."""
    alert = ended.alert
    # A clock that was set back, or a time that somebody wrote into status, is not shown as -5m.
    lasted = max(timedelta(), ended.resolved_at - (alert.fired_at or alert.active_at))
    after = format_duration(lasted)
    if ended.reason is EndReason.RECOVERED and ended.value is not None:  # else told again
        now = f"{alert.identity}: {ended.message} (it was: {wording.summary})"
        note = f"Resolved after {after}: {wording.summary if shows_value(rule) else now}"
    else:
        note = f"Resolved after {after} ({ended.reason}): {alert.identity}: {ended.message}"
    details = {DETAILS: _details(rule, alert, wording, context, where)}
    return note, list(
        _on_each(subjects, EventReason.ALERT_RESOLVED, "Resolve", note, at, False, details)
    )


def silent(
    rule: Rule, alert: Alert, subjects: Sequence[Regarded], at: datetime
) -> tuple[str, list[Notice]]:
    """What is said of a firing alert that has gone without data, and the Events on `subjects`."""
    since = alert.unobserved_since or at
    note = (
        f"{rule.key.name}: no data of {alert.identity} since {since:%Y-%m-%d %H:%M:%SZ}: the alert "
        "keeps firing until a good value is seen. If it is over, end it with the annotation "
        f"tocsin.dev/resolve={alert.id} on the rule"
    )
    told = _on_each(subjects, EventReason.ALERT_WITHOUT_DATA, "Evaluate", note, at, True, {})
    return note, list(told)


def unknown(rule: Regarded, note: str, at: datetime) -> Notice:
    """A Warning that a person asked for an alert that there is not."""
    return Notice(rule, EventReason.ALERT_UNKNOWN, "Resolve", note, at)


def contested(rule: Regarded, writers: str, at: datetime) -> Notice:
    """A Warning that somebody else writes the status of the rule."""
    note = (
        f"the status is written by others too ({writers}), again and again: what it says may not "
        f"be Tocsin's. Stop them; until then it is put right less and less often"
    )
    return Notice(rule, EventReason.STATUS_CONTESTED, "Publish", note, at)


def unreadable(subject: Regarded, rule: Regarded, one: Unreadable, at: datetime) -> Notice:
    """A Warning on the workload whose annotation cannot be read."""
    return Notice(subject, EventReason.PARAMETER_UNREADABLE, "Evaluate", str(one), at, related=rule)


def problems(
    rule: Regarded,
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
    at: datetime,
) -> Iterator[Notice]:
    """A Warning for each condition of `after` that tells of a problem which `before` did not."""
    told = {(c.get("type"), c.get("status"), c.get("message")) for c in before}
    for condition in after:
        for kind, bad, reasons, reason, action in _PROBLEMS:
            if condition["type"] != kind or condition["status"] != bad:
                continue
            if reasons and condition["reason"] not in reasons:
                continue
            if (kind, bad, condition["message"]) not in told:
                yield Notice(rule, reason, action, condition["message"], at)


def ambiguous(
    rule: Regarded, workloads: Sequence[Regarded], note: str, at: datetime
) -> Iterator[Notice]:
    """A Warning on each workload that claims a model which others claim too."""
    for workload in workloads:
        yield Notice(workload, EventReason.MODEL_AMBIGUOUS, "Attribute", note, at, related=rule)


def _on_each(
    subjects: Sequence[Regarded],
    reason: EventReason,
    action: str,
    note: str,
    at: datetime,
    warning: bool,
    annotations: Mapping[str, str],
) -> Iterator[Notice]:
    for subject in subjects:
        related = next((other for other in subjects if other != subject), None)
        yield Notice(subject, reason, action, note, at, warning, related, annotations)


def _details(
    rule: Rule, alert: Alert, wording: Wording, context: Context | None, where: str
) -> str:
    unit = rule.unit
    threshold = alert.threshold
    details = {
        "id": alert.id,
        "rule": str(rule.key),
        "severity": str(rule.severity),
        "summary": wording.summary,
        "description": wording.description,
        "value": format_amount(alert.value, unit),
        "threshold": None if threshold is None else format_amount(threshold, unit),
        "labels": {**alert.labels, **wording.labels},
        "annotations": wording.annotations,
        "links": wording.links,
        "actions": wording.actions,
        "context": as_json(context) if context else None,
        "explain": where,
    }
    text = json.dumps({k: v for k, v in details.items() if v}, ensure_ascii=False)
    if len(text.encode()) > _DETAILS_LIMIT:
        short = {k: details[k] for k in ("id", "rule", "severity", "value", "threshold", "explain")}
        text = json.dumps({**short, "truncated": True}, ensure_ascii=False)
    return text
