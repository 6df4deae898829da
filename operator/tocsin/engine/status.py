"""The status of a rule, composed of what is known; the same knowledge gives the same status."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from tocsin.api.v1alpha1.status import MAX_ALERTS, MLAlertRuleStatus
from tocsin.core.alerts import Alert, Ended, PartSeen
from tocsin.core.amounts import Unit, format_amount
from tocsin.core.durations import format_duration
from tocsin.core.feature import Feature
from tocsin.core.identity import Identity
from tocsin.core.inventory import ObjectRef
from tocsin.core.rules import Mode, Rule
from tocsin.core.rulestate import RuleState, quiet_message, rule_state, worst_of
from tocsin.core.states import State
from tocsin.engine.conditions import conditions_of
from tocsin.engine.fitting import that_fit
from tocsin.engine.record import Record
from tocsin.engine.times import write_time
from tocsin.engine.wording import with_context
from tocsin.ports import Renderer

MESSAGE_LIMIT = 1024
#: Bytes: an object that is larger than 1.5 MiB is refused, and with it all that it tells.
_ROOM_FOR_ALERTS: Final = 512 * 1024
_ROOM_FOR_HISTORY: Final = 256 * 1024
#: A field of another version of the schema would have the whole status refused.
_FIELDS: Final = {field.alias or name for name, field in MLAlertRuleStatus.model_fields.items()}
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
    entries = that_fit([_entry(rule, alert) for alert in alerts[:MAX_ALERTS]], _ROOM_FOR_ALERTS)
    facts = {
        **_counts(alerts),
        **_requests(record),
        "effective": {
            "interval": format_duration(rule.interval, parts=6),
            "criterionHash": rule.semantics,
            **({"datapoints": str(rule.datapoints)} if rule.datapoints else {}),
        },
        "alerts": entries,
        "history": that_fit(record.history, _ROOM_FOR_HISTORY),
    }
    if evaluation:
        facts["workloadCount"] = evaluation.workload_count
    if evaluation and evaluation.attribution:
        facts["unattributed"] = len(evaluation.attribution.unattributed)
    hidden = len(alerts) - len(entries)
    return _finish(record, _state(record), message, facts, problems, hidden, now)


def history_entry(rule: Rule, ended: Ended) -> dict[str, Any]:
    """An alert that is over, as status keeps it."""
    entry = _entry(rule, ended.alert)
    for key in ("state", "recoveringSince", "unobservedSince", "toldWithoutData"):
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
    kept: dict[str, Any] = {
        "firing": 0,
        "recovering": 0,
        "pending": 0,
        "workloadCount": 0,
        "unattributed": 0,
    }
    kept |= {k: v for k, v in before.items() if k in _FIELDS and k != "conditions"}
    after = {
        **{k: v for k, v in {**kept, **facts}.items() if v is not None},
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
    if worst := worst_of(record.alerts.values()):
        return worst
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
        summary += _outlook(rule, leading)
        if len(alerts) > 1:
            summary += f" (and {len(alerts) - 1} more)"
        summary = with_context(summary, leading)
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
    return f"waiting for the next evaluation, within {format_duration(rule.interval)}", problems


def _outlook(rule: Rule, alert: Alert) -> str:
    """What comes next for an alert that does not plainly fire."""
    if alert.state is State.RECOVERING:
        return (
            f"; recovering, ends once it has been good for {format_duration(rule.keep_firing_for)}"
        )
    if alert.state is not State.PENDING:
        return ""
    if rule.datapoints:
        return f"; fires once {rule.datapoints.matching} of {rule.datapoints.of} values are like it"
    return f"; fires once it has lasted {format_duration(rule.for_)}"


def _counts(alerts: Sequence[Alert]) -> dict[str, int]:
    states = (State.FIRING, State.RECOVERING, State.PENDING)
    return {str(state).lower(): sum(a.state is state for a in alerts) for state in states}


def _requests(record: Record) -> dict[str, Any]:
    """What people asked for, as far as it matters after a restart; None is left out."""
    held = [
        {"workload": _ref(one.workload), "name": name, "value": one.held}
        for one in record.bound.unreadable
        if one.held is not None and (name := one.annotation.rpartition(".")[2])
    ]
    shadow = record.rule is not None and record.rule.mode is Mode.SHADOW
    requests: dict[str, Any] = {
        "wouldHaveNotified": record.shadowed if shadow else None,
        "resolveHandled": record.resolve_handled or None,
    }
    if record.evaluation:  # before it, what status holds is what is known
        requests["heldParameters"] = held[:MAX_ALERTS] or None
    return requests


_ORDER: Final = {State.FIRING: 0, State.RECOVERING: 1, State.PENDING: 2}


def _urgency(alert: Alert) -> tuple[int, datetime, str]:
    return (_ORDER[alert.state], alert.active_at, alert.id)


def _entry(rule: Rule, alert: Alert) -> dict[str, Any]:
    unit = rule.unit
    entry: dict[str, Any] = {"id": alert.id, "state": str(alert.state)}
    entry |= _subject(alert.identity)
    entry["labels"] = dict(alert.labels)
    entry["valueAtTransition"] = format_amount(alert.value, unit)
    if alert.threshold is not None:
        entry["threshold"] = format_amount(alert.threshold, unit)
    if alert.baseline is not None:
        entry["baseline"] = format_amount(alert.baseline, unit)
    if alert.parts:
        units = {part.name: part.metric.unit for part in rule.parts}
        entry["parts"] = [_part(part, units.get(part.name)) for part in alert.parts]
    if alert.features:
        entry["features"] = [_feature(feature) for feature in alert.features]
    times = {
        "activeAt": alert.active_at,
        "firedAt": alert.fired_at,
        "recoveringSince": alert.recovering_since,
        "unobservedSince": alert.unobserved_since,
    }
    entry |= {name: write_time(time) for name, time in times.items() if time}
    entry["reason"] = alert.reason
    if alert.shadow:
        entry["shadow"] = True
    if alert.context:
        entry["context"] = alert.context
    if alert.told_without_data:
        entry["toldWithoutData"] = True
    return entry


def _part(part: PartSeen, unit: Unit | None) -> dict[str, str]:
    numbers = {"value": part.value, "threshold": part.threshold, "baseline": part.baseline}
    shown = {k: format_amount(n, unit) for k, n in numbers.items() if n is not None}
    return {"name": part.name, "verdict": str(part.verdict), "reason": part.reason} | shown


def _feature(feature: Feature) -> dict[str, str]:
    entry = {"name": feature.name, "statistic": format_amount(feature.statistic, None)}
    p = {} if feature.p is None else {"p": f"{feature.p:.2g}"}
    return entry | p | {"reason": feature.reason}


def _subject(identity: Identity) -> dict[str, Any]:
    ref = identity.workload
    if ref is None:
        return {}
    return {"workload": _ref(ref)}


def _ref(ref: ObjectRef) -> dict[str, str]:
    return {"kind": ref.kind, "namespace": ref.namespace, "name": ref.name}
