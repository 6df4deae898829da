"""The status of a rule, composed of what is known; the same knowledge gives the same status."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tocsin.api.v1alpha1.status import MAX_ALERTS
from tocsin.core.alerts import Alert, Ended
from tocsin.core.amounts import format_amount
from tocsin.core.durations import format_duration
from tocsin.core.identity import Identity
from tocsin.core.rules import Rule
from tocsin.core.rulestate import RuleState, quiet_message, rule_state
from tocsin.core.states import State
from tocsin.engine.conditions import conditions_of
from tocsin.engine.record import Record
from tocsin.engine.times import write_time
from tocsin.ports import Renderer

MESSAGE_LIMIT = 1024
_QUIET = (RuleState.FAILED, RuleState.UNKNOWN, RuleState.INACTIVE)


def compose(record: Record, renderer: Renderer, now: datetime) -> dict[str, Any]:
    """The status that `record` should have; it differs from the last one only after a transition.

    A rule that cannot be understood keeps the alerts it had.
    """
    if record.rule is None:
        message = record.stalled.message if record.stalled else ""
        return _finish(record, RuleState.INVALID, message, {}, (), 0, now)
    rule, alerts = record.rule, sorted(record.alerts.values(), key=_urgency)
    message, problems = _message(rule, record, alerts, renderer)
    evaluation = record.evaluation
    facts = {
        "firing": sum(alert.state is State.FIRING for alert in alerts),
        "pending": sum(alert.state is State.PENDING for alert in alerts),
        "effective": {
            "interval": format_duration(rule.interval, parts=6),
            "criterionHash": rule.semantics,
        },
        "alerts": [_entry(rule, alert) for alert in alerts[:MAX_ALERTS]],
        "history": list(record.history),
    }
    if evaluation:
        facts["workloadCount"] = evaluation.workload_count
    if evaluation and evaluation.attribution:
        facts["unattributed"] = len(evaluation.attribution.unattributed)
    hidden = max(0, len(alerts) - MAX_ALERTS)
    return _finish(record, _state(record), message, facts, problems, hidden, now)


def history_entry(rule: Rule, ended: Ended) -> dict[str, Any]:
    """An alert that is over, as status keeps it."""
    entry = _entry(rule, ended.alert)
    for key in ("state", "unobservedSince"):
        entry.pop(key, None)
    return {
        **entry,
        "resolvedAt": write_time(ended.resolved_at),
        "reason": str(ended.reason),
        "message": ended.message[:MESSAGE_LIMIT],
    }


def _finish(
    record: Record,
    state: RuleState,
    message: str,
    facts: Mapping[str, Any],
    problems: Sequence[str],
    hidden: int,
    now: datetime,
) -> dict[str, Any]:
    before = record.status
    since = before.get("stateSince") if before.get("state") == state else None
    kept = {"firing": 0, "pending": 0, "workloadCount": 0, "unattributed": 0}
    kept |= {k: v for k, v in before.items() if k != "conditions"}
    after = {
        **kept,
        **facts,
        "observedGeneration": record.generation,
        "state": str(state),
        "stateSince": since or write_time(now),
        "message": message[:MESSAGE_LIMIT],
        "conditions": conditions_of(record, problems, hidden, now),
    }
    return _without_counting(before, after)


def _without_counting(before: Mapping[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """A count of series that moves with every rollout is not worth a write of its own."""
    uncounted = {**after, "unattributed": before.get("unattributed")}
    some = before.get("unattributed") and after["unattributed"]
    return uncounted if some and uncounted == before else after


def _state(record: Record) -> RuleState:
    if record.trouble:
        return RuleState.INVALID
    if record.rule and record.rule.suspended:
        return RuleState.SUSPENDED
    if record.evaluation:
        return rule_state(record.evaluation)
    states = {alert.state for alert in record.alerts.values()}
    if State.FIRING in states:
        return RuleState.FIRING
    if states:
        return RuleState.PENDING
    return RuleState(record.status["state"]) if _still_stands(record) else RuleState.UNKNOWN


def _still_stands(record: Record) -> bool:
    """Whether a quiet rule was only not looked at yet since a restart: nothing has changed."""
    before = record.status
    return before.get("observedGeneration") == record.generation and before.get("state") in _QUIET


def _message(
    rule: Rule, record: Record, alerts: Sequence[Alert], renderer: Renderer
) -> tuple[str, tuple[str, ...]]:
    """The message of status, and what is wrong with the rule's templates."""
    problems = record.words.mistakes(renderer, rule)
    summary = ""
    if alerts:
        leading = alerts[0]
        wording = record.words.of(renderer, rule, leading)
        problems = tuple(dict.fromkeys([*problems, *wording.problems]))
        summary = wording.summary
        if leading.state is State.PENDING:
            summary += f"; fires once it has lasted {format_duration(rule.for_)}"
        if len(alerts) > 1:
            summary += f" (and {len(alerts) - 1} more)"
    if record.trouble:
        return record.trouble.message, problems
    if rule.suspended:
        return "suspended: nothing is evaluated", problems
    if summary:
        return summary, problems
    if record.evaluation:
        return quiet_message(rule, record.evaluation), problems
    if _still_stands(record):
        return str(record.status.get("message", "")), problems
    return f"waiting for the first evaluation, within {format_duration(rule.interval)}", problems


def _urgency(alert: Alert) -> tuple[bool, datetime, str]:
    return (alert.state is not State.FIRING, alert.active_at, alert.id)


def _entry(rule: Rule, alert: Alert) -> dict[str, Any]:
    unit = rule.metric.unit
    entry: dict[str, Any] = {"id": alert.id, "state": str(alert.state)}
    entry |= _subject(alert.identity)
    entry["labels"] = dict(alert.labels)
    entry["valueAtTransition"] = format_amount(alert.value, unit)
    if alert.threshold is not None:
        entry["threshold"] = format_amount(alert.threshold, unit)
    times = {
        "activeAt": alert.active_at,
        "firedAt": alert.fired_at,
        "unobservedSince": alert.unobserved_since,
    }
    entry |= {name: write_time(time) for name, time in times.items() if time}
    entry["reason"] = alert.reason
    return entry


def _subject(identity: Identity) -> dict[str, Any]:
    ref = identity.workload
    if ref is None:
        return {}
    return {"workload": {"kind": ref.kind, "namespace": ref.namespace, "name": ref.name}}
