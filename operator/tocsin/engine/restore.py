"""From a status back to alerts: what a restart goes on with."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tocsin.core.alerts import Alert, Ended, EndReason, PartSeen
from tocsin.core.amounts import Unit, read_shown
from tocsin.core.attribution import identity_of
from tocsin.core.context.context import SENTENCE_LIMIT
from tocsin.core.feature import Feature
from tocsin.core.identity import alert_id
from tocsin.core.inventory import ObjectRef
from tocsin.core.parameters import Bound
from tocsin.core.rules import Rule
from tocsin.core.states import State
from tocsin.core.statistics.comparing import Finding
from tocsin.core.verdicts import Verdict
from tocsin.engine.times import read_time


def restore(
    rule: Rule, status: Mapping[str, Any], looked_until: datetime | None
) -> dict[str, Alert]:
    """The alerts that `status` holds, by id; an entry that cannot be read is left out.

    `looked_until` is until when the process that wrote it looked at alerts, if that is known.
    """
    alerts: dict[str, Alert] = {}
    for entry in status.get("alerts") or ():
        try:
            alert = _alert(rule, entry)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            continue  # edited by hand: the next evaluation starts this one anew
        alerts[alert.id] = replace(alert, observed_at=_observed_at(alert, looked_until))
    return alerts


def restore_ended(rule: Rule, status: Mapping[str, Any]) -> Iterator[Ended]:
    """The alerts that are over, as the history in `status` holds them, the latest first."""
    for entry in status.get("history") or ():
        try:
            alert = _alert(rule, {**entry, "state": State.FIRING})
            reason, at = EndReason(entry["reason"]), read_time(entry["resolvedAt"])
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            continue  # edited by hand
        yield Ended(alert, at, reason, str(entry.get("message", "")))


def restore_parameters(status: Mapping[str, Any]) -> Bound:
    """The values that stayed in force as their annotations could not be read, and what was said."""
    texts: dict[tuple[ObjectRef, str], str] = {}
    for entry in status.get("heldParameters") or ():
        try:
            texts[_workload(entry["workload"]), str(entry["name"])] = str(entry["value"])
        except (KeyError, TypeError, AttributeError):
            continue  # edited by hand: the rule's own value is used
    return Bound(texts=texts, refused=_refused(status))


def _refused(status: Mapping[str, Any]) -> str:
    for condition in status.get("conditions") or ():
        if (condition.get("type"), condition.get("status")) == ("ParametersAccepted", "False"):
            return str(condition.get("message", ""))
    return ""


def _workload(subject: Mapping[str, Any]) -> ObjectRef:
    return ObjectRef(subject["kind"], subject["namespace"], subject["name"])


def _alert(rule: Rule, entry: Mapping[str, Any]) -> Alert:
    unit = rule.unit
    labels = {str(name): str(value) for name, value in (entry.get("labels") or {}).items()}
    subject = entry.get("workload")
    identity = identity_of(rule, _workload(subject) if subject else None, labels)
    state = State(entry["state"])
    if state not in (State.PENDING, State.FIRING, State.RECOVERING):
        raise ValueError(f"an active alert cannot be {state}")
    return Alert(
        id=alert_id(rule.key, identity),
        identity=identity,
        state=state,
        value=_value(entry["valueAtTransition"], unit),
        threshold=_value(entry["threshold"], unit) if "threshold" in entry else None,
        labels=labels,
        active_at=read_time(entry["activeAt"]),
        fired_at=_time(entry, "firedAt"),
        recovering_since=_time(entry, "recoveringSince"),
        unobserved_since=_time(entry, "unobservedSince"),
        reason=str(entry.get("reason", "")),
        shadow=entry.get("shadow") is True,
        context=str(entry.get("context", ""))[:SENTENCE_LIMIT],
        told_without_data=entry.get("toldWithoutData") is True,
        baseline=_value(entry["baseline"], unit) if "baseline" in entry else None,
        parts=tuple(_parts(rule, entry.get("parts") or ())),
        features=tuple(_features(entry.get("features") or ())),
    )


def _features(entries: Iterable[Mapping[str, Any]]) -> Iterator[Feature]:
    for entry in entries:
        p = float(entry["p"]) if "p" in entry else None
        reason, statistic = str(entry.get("reason", "")), read_shown(entry["statistic"], None)
        yield Feature(str(entry["name"]), Finding.DRIFTED, reason, statistic, p)


def _parts(rule: Rule, entries: Iterable[Mapping[str, Any]]) -> Iterator[PartSeen]:
    units = {part.name: part.metric.unit for part in rule.parts}
    for entry in entries:
        name = str(entry["name"])
        value, threshold, baseline = (
            _value(entry[number], units.get(name)) if number in entry else None
            for number in ("value", "threshold", "baseline")
        )
        verdict, reason = Verdict(entry["verdict"]), str(entry.get("reason", ""))
        yield PartSeen(name, verdict, reason, value, threshold, baseline)


def _observed_at(alert: Alert, looked_until: datetime | None) -> datetime | None:
    """When it was seen last. With its latest transition it was for sure: a Lease may be older."""
    if alert.unobserved_since:
        return alert.unobserved_since
    began = alert.recovering_since or alert.fired_at or alert.active_at
    if looked_until:
        return max(looked_until, began)
    return None if alert.state is State.FIRING else began


def _value(text: str, unit: Unit | None) -> float:
    """The value shown; NaN if it was shown in a unit that the rule no longer has."""
    try:
        return read_shown(text, unit)
    except ValueError:
        return math.nan


def _time(entry: Mapping[str, Any], name: str) -> datetime | None:
    return read_time(entry[name]) if entry.get(name) else None
