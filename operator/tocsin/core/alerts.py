"""One alert, and the step that a verdict makes it take."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TypedDict

from tocsin.core.amounts import quantize
from tocsin.core.identity import Identity, alert_id
from tocsin.core.reduction import Reading
from tocsin.core.rules import Rule
from tocsin.core.states import MOVES, Move, State
from tocsin.core.verdicts import Outcome


class EndReason(StrEnum):
    """Why an alert ended: a closed list, and the only ways to end."""

    RECOVERED = "Recovered"  # a good value was observed
    SERIES_GONE = "SeriesGone"
    WORKLOAD_DELETED = "WorkloadDeleted"
    WORKLOAD_DESELECTED = "WorkloadDeselected"
    SCALED_TO_ZERO = "ScaledToZero"
    RULE_CHANGED = "RuleChanged"
    RULE_DELETED = "RuleDeleted"
    RULE_SUSPENDED = "RuleSuspended"


@dataclass(frozen=True)
class Alert:
    """A pending or firing alert.

    `value` and `threshold` are those of the last transition, as status shows them (four digits),
    so that texts made of them are the same after a restart. `observed_at` is when a sample was
    last seen, `missing_since` since when answers speak of others only; both are None after a
    restart, when nobody knows.
    """

    id: str
    identity: Identity
    state: State
    value: float
    threshold: float | None
    labels: Mapping[str, str]
    active_at: datetime
    fired_at: datetime | None = None
    observed_at: datetime | None = None
    missing_since: datetime | None = None
    unobserved_since: datetime | None = None
    reason: str = ""


class _Shown(TypedDict):
    """What a transition shows of the sample that caused it."""

    value: float
    threshold: float | None
    labels: Mapping[str, str]
    reason: str


@dataclass(frozen=True)
class Ended:
    """A fired alert that is over; `value` is the last observed one, if the end came with one."""

    alert: Alert
    resolved_at: datetime
    reason: EndReason
    message: str
    value: float | None = None


@dataclass(frozen=True)
class Step:
    """What became of one alert; `fired` only in the step in which it started to fire."""

    alert: Alert | None = None
    ended: Ended | None = None
    fired: bool = field(default=False)


def advance(
    rule: Rule,
    identity: Identity,
    prior: Alert | None,
    outcome: Outcome,
    reading: Reading | None,
    now: datetime,
) -> Step:
    """The next state of the alert of `identity` after `outcome`.

    `reading` is None exactly when the verdict rests on no sample (Unknown, Failed).
    """
    move = MOVES[prior.state if prior else State.INACTIVE][outcome.verdict]
    match move, prior, reading:
        case Move.BEGIN, None, Reading():
            return _ripen(rule, _begin(rule, identity, outcome, reading, now), outcome, reading)
        case Move.RIPEN, Alert(), Reading():
            return _ripen(rule, _close_gap(rule, prior, now), outcome, reading)
        case Move.CONTINUE, Alert(), Reading():
            return Step(replace(prior, observed_at=now, unobserved_since=None))
        case Move.RESOLVE, Alert(), Reading():
            value = quantize(reading.value, rule.metric.unit)
            return Step(ended=Ended(prior, now, EndReason.RECOVERED, outcome.reason, value))
        case Move.HOLD, Alert(), _:
            return Step(replace(prior, unobserved_since=prior.unobserved_since or now))
        case (Move.REST, None, _) | (Move.DROP, Alert(), _):
            return Step()
    raise AssertionError(f"no step for {move} of {prior} with {reading}")


def end(alert: Alert, reason: EndReason, message: str, now: datetime) -> Ended | None:
    """The end of `alert` for a named reason; a pending one leaves no trace."""
    return Ended(alert, now, reason, message) if alert.state is State.FIRING else None


def _begin(
    rule: Rule, identity: Identity, outcome: Outcome, reading: Reading, now: datetime
) -> Alert:
    return Alert(
        id=alert_id(rule.key, identity),
        identity=identity,
        state=State.PENDING,
        active_at=now,
        observed_at=now,
        **_shown(rule, outcome, reading),
    )


def _close_gap(rule: Rule, alert: Alert, now: datetime) -> Alert:
    """`for` counts only time between samples at most two intervals apart: leave a gap out."""
    if alert.observed_at is None:  # restored: nobody knows how long nobody looked
        active_at = now
    elif now - alert.observed_at > 2 * rule.interval:
        active_at = alert.active_at + (now - alert.observed_at)
    else:
        active_at = min(alert.active_at, now)  # a clock that went back delays nothing for long
    return replace(alert, active_at=active_at, observed_at=now, unobserved_since=None)


def _ripen(rule: Rule, alert: Alert, outcome: Outcome, reading: Reading) -> Step:
    """Fire if the condition has held, on observed samples, for as long as the rule says."""
    now = alert.observed_at
    if now is None or now - alert.active_at < rule.for_:
        return Step(alert)
    shown = _shown(rule, outcome, reading)
    return Step(replace(alert, state=State.FIRING, fired_at=now, **shown), fired=True)


def _shown(rule: Rule, outcome: Outcome, reading: Reading) -> _Shown:
    unit = rule.metric.unit
    threshold = outcome.threshold
    return {
        "value": quantize(reading.value, unit),
        "threshold": None if threshold is None else quantize(threshold, unit),
        "labels": reading.labels,
        "reason": outcome.reason,
    }
