"""The step that a look makes an alert take."""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from tocsin.core.alerts import Alert, Ended, EndReason, PartSeen, Step
from tocsin.core.amounts import Unit, quantize
from tocsin.core.feature import Feature
from tocsin.core.identity import Identity, alert_id
from tocsin.core.looks import Look, PartLook, outcome_of
from tocsin.core.reduction import Reading
from tocsin.core.rules import Mode, Rule
from tocsin.core.states import MOVES, Move, State
from tocsin.core.trails import Window
from tocsin.core.verdicts import Verdict

#: So many features an alert lists.
MAX_FEATURES: Final = 20


def advance(
    rule: Rule, identity: Identity, prior: Alert | None, look: Look, window: Window, now: datetime
) -> Step:
    """The next state of the alert of `identity` after `look`.

    `window` has the last values, this one included; it counts only where the rule has `datapoints`.
    """
    state = prior.state if prior else State.INACTIVE
    move = MOVES[state][_smoothed(rule, state, look.verdict, window)]
    match move, prior:
        case (Move.REST, None) | (Move.DROP, Alert()):
            step = Step()
        case Move.BEGIN, None:
            step = _ripen(rule, _begin(rule, identity, look, now), look, window, now)
        case Move.RIPEN, Alert():
            step = _ripen(rule, _observed(rule, prior, now), look, window, now)
        case Move.CONTINUE, Alert():
            step = Step(_observed(rule, prior, now))
        case Move.RELAPSE, Alert():
            firing = replace(_observed(rule, prior, now), state=State.FIRING, recovering_since=None)
            step = Step(_showing(rule, firing, look))
        case ((Move.RESOLVE | Move.SETTLE), Alert()):
            step = _recover(rule, _observed(rule, prior, now), look, now)
        case Move.HOLD, Alert():
            since = prior.unobserved_since or prior.observed_at or now
            step = Step(replace(prior, unobserved_since=since))
        case _:
            raise AssertionError(f"no step for {move} of {prior}")
    return step


def _smoothed(rule: Rule, state: State, verdict: Verdict, window: Window) -> Verdict:
    """With `datapoints`, what the last values say together, rather than the last one alone.

    A good value ends an alert once so many were not Met that M of N cannot be, whatever those were
    that a restart or a gap has hidden; a single bad one does not fire a recovering alert again.
    """
    points = rule.datapoints
    if points is None or not verdict.observed:
        return verdict
    if state is State.PENDING and window.met:
        return Verdict.MET
    if state is State.FIRING and window.others <= points.of - points.matching:
        return Verdict.MET
    if state is State.RECOVERING and verdict is Verdict.MET and window.met < points.matching:
        return Verdict.DEADBAND
    return verdict


def _begin(rule: Rule, identity: Identity, look: Look, now: datetime) -> Alert:
    alert = Alert(
        id=alert_id(rule.key, identity),
        identity=identity,
        state=State.PENDING,
        value=math.nan,
        threshold=None,
        labels=dict(identity.labels),
        active_at=now,
        observed_at=now,
    )
    return _showing(rule, alert, look)


def _observed(rule: Rule, alert: Alert, now: datetime) -> Alert:
    """`alert`, observed now. Only time between samples at most two intervals apart counts."""
    active_at, recovering_since = alert.active_at, alert.recovering_since
    if alert.observed_at is None:  # nobody knows how long nobody looked: what counts begins anew
        active_at = now if alert.state is State.PENDING else active_at
        recovering_since = recovering_since and now
    elif now - alert.observed_at > 2 * rule.interval:
        gap = now - alert.observed_at
        active_at = active_at + gap if alert.state is State.PENDING else active_at
        recovering_since = recovering_since and recovering_since + gap
    return replace(
        alert,
        active_at=min(active_at, now),  # a clock that went back delays nothing for long
        recovering_since=recovering_since and min(recovering_since, now),
        observed_at=now,
        unobserved_since=None,
        told_without_data=False,
    )


def _ripen(rule: Rule, alert: Alert, look: Look, window: Window, now: datetime) -> Step:
    """Fire if the condition has held, on observed samples, for as long as the rule says."""
    if rule.datapoints:
        ripe = look.verdict is Verdict.MET and window.met >= rule.datapoints.matching
    else:
        ripe = now - alert.active_at >= rule.for_
    if not ripe:
        return Step(alert)
    firing = replace(alert, state=State.FIRING, fired_at=now, shadow=rule.mode is Mode.SHADOW)
    return Step(_showing(rule, firing, look), fired=True)


def _recover(rule: Rule, alert: Alert, look: Look, now: datetime) -> Step:
    """End, or be kept firing until good values were observed for as long as the rule says."""
    outcome = outcome_of(rule, look)
    if now - (alert.recovering_since or now) >= rule.keep_firing_for:
        reason = EndReason.NO_DATA if look.no_data else EndReason.RECOVERED
        value = quantize(look.reading.value, rule.unit) if look.reading else None
        return Step(ended=Ended(alert, now, reason, outcome.reason, value))
    if alert.state is State.RECOVERING:
        return Step(alert)
    kept = replace(alert, state=State.RECOVERING, recovering_since=now, reason=outcome.reason)
    return Step(kept)


def _showing(rule: Rule, alert: Alert, look: Look) -> Alert:
    """`alert` as the look shows it that made it take a step; without data its labels stay."""
    unit, outcome = rule.unit, outcome_of(rule, look)
    return replace(
        alert,
        value=quantize(look.reading.value, unit) if look.reading else math.nan,
        threshold=_shown(outcome.threshold, unit),
        baseline=_shown(look.reading.baseline, unit) if look.reading else None,
        parts=tuple(map(_seen, look.parts)),
        features=tuple(_drifted(look.reading)) if look.reading else (),
        labels=look.reading.labels if look.reading else alert.labels,
        reason=outcome.reason,
    )


def _seen(part: PartLook) -> PartSeen:
    outcome, reading, unit = part.look.outcome(part.unit), part.look.reading, part.unit
    return PartSeen(
        part.name,
        outcome.verdict,
        outcome.reason,
        _shown(reading.value, unit) if reading else None,
        _shown(outcome.threshold, unit),
        _shown(reading.baseline, unit) if reading else None,
    )


def _drifted(reading: Reading) -> Iterator[Feature]:
    """The worst features that drifted, with numbers as status shows them."""
    for one in [feature for feature in reading.features if feature.drifted][:MAX_FEATURES]:
        statistic = quantize(one.statistic, None)
        yield replace(one, statistic=statistic, p=None if one.p is None else float(f"{one.p:.2g}"))


def _shown(value: float | None, unit: Unit | None) -> float | None:
    return None if value is None else quantize(value, unit)
