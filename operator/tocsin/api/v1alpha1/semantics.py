"""The hash of what decides who alerts on what: alerts do not outlive a change of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Any

from tocsin.core.criteria.absence import Absence
from tocsin.core.criteria.anomaly import Anomaly
from tocsin.core.criteria.composite import Composite, Part
from tocsin.core.criteria.drift import Drift
from tocsin.core.criteria.promql import PromQL
from tocsin.core.criteria.rate_of_change import RateOfChange
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.metrics import OPERATOR_SOURCE, Metric
from tocsin.core.rules import Rule, WorkloadSelector


def semantics(rule: Rule) -> str:
    """16 hexadecimal digits over criterion, workloads, reduce and identityLabels.

    It is taken over what the rule means, so that equivalent spellings, as 200ms and "0.2s", have
    the same; a parameter counts by its name, not by its value. What is not set stays out: a field
    that a later version adds changes no hash of a rule that does not use it.
    """
    meant = {
        "criterion": _criterion(rule),
        "workloads": None if rule.workloads is None else _workloads(rule.workloads),
        "reduce": rule.reduce.value,
        "labelDelay": rule.label_delay.total_seconds() or None,
        "identityLabels": sorted(set(rule.identity_labels)),
    }
    canonical = json.dumps(_without_none(meant), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _criterion(rule: Rule) -> dict[str, Any]:
    named = {limit: f"${one.name}" for one in rule.parameters for limit in one.limits}
    if not isinstance(rule.criterion, Composite):
        return _single(rule.parts[0], named)
    parts = {}
    for part in rule.criterion.parts:
        its = {
            k[len(part.name) + 1 :]: v for k, v in named.items() if k.startswith(part.name + ".")
        }
        parts[part.name] = _single(part, its)
    return {"composite": {"parts": parts, "when": "".join(rule.criterion.when.text.split())}}


def _single(part: Part, named: Mapping[str, str]) -> dict[str, Any]:
    """The criterion of one part; `named` has the limits that parameters give."""
    if isinstance(part.criterion, PromQL):
        return {"promql": _metric(part.metric)}
    metric = {"metric": _metric(part.metric)}
    match part.criterion:
        case Threshold() as threshold:
            return {"threshold": metric | _threshold(threshold, named)}
        case RateOfChange() as change:
            by = named.get("by", [_plain(change.by.amount), change.by.relative])
            meant = {"over": change.over.total_seconds(), "by": by, "up": change.increases}
            return {"rateOfChange": metric | meant}
        case Absence() as absence:
            return {"absence": metric | {"causes": sorted(absence.causes)}}
        case Drift() as drift:
            meaning = {
                "method": drift.method.value,
                "limit": named.get("limit", drift.limit),
                "ago": drift.ago.total_seconds() if drift.ago else None,
                "stored": drift.stored.name if drift.stored else None,
                "labels": [drift.feature_label, drift.categories],
            }
            return {"drift": metric | meaning}
        case Anomaly() as anomaly:
            usual = {
                "method": anomaly.method.value,
                "deviations": named.get("deviations", anomaly.deviations),
                "least": named.get("least", anomaly.least),
                "window": anomaly.window.total_seconds(),
                "endingBefore": anomaly.ending_before.total_seconds(),
                "direction": anomaly.direction.value,
            }
            return {"anomaly": metric | usual}
    raise AssertionError(f"no meaning for {part.criterion}")


def _threshold(threshold: Threshold, named: Mapping[str, str]) -> dict[str, Any]:
    above, below, recover_below, recover_above = (
        named.get(name, _plain(getattr(threshold, name)))
        for name in ("above", "below", "recover_below", "recover_above")
    )
    return {
        "above": above,
        "below": below,
        "recoverBelow": _or(recover_below, above),
        "recoverAbove": _or(recover_above, below),
        "confidence": threshold.confidence,
    }


def _metric(metric: Metric) -> dict[str, Any]:
    unit = None if metric.unit is None else metric.unit.value
    if metric.source == OPERATOR_SOURCE:
        return {"operator": str(metric.query), "unit": unit}
    if isinstance(metric.query, str):
        asked = {"source": metric.source, "query": metric.query.strip()}
        return {"prometheus": asked, "unit": unit}
    return {metric.source: _asked(metric.query), "unit": unit}


def _asked(query: Any) -> dict[str, Any]:
    """What a query of several fields asks, without those that only say whose rule it is of.

    A field as it is by default stays out, so that one which a later version adds changes no hash.
    """
    return {
        one.name: _said(value)
        for one in fields(query)
        if "placed" not in one.metadata and (value := getattr(query, one.name)) != one.default
    }


def _said(value: Any) -> Any:
    match value:
        case timedelta():
            return value.total_seconds()
        case tuple():
            return [_said(entry) for entry in value]
    return _asked(value) if is_dataclass(value) else value


def _workloads(workloads: WorkloadSelector) -> dict[str, Any]:
    requirements = {
        (one.key, one.operator.value, *sorted(one.values))
        for one in workloads.selector.requirements
    }
    return {
        "kinds": sorted(workloads.kinds),
        "selector": sorted(list(requirement) for requirement in requirements),
    }


def _or(value: float | str | None, default: float | str | None) -> float | str | None:
    return default if value is None else value


def _plain(value: float | None) -> float | None:
    return None if value is None else value + 0.0  # -0.0 is 0.0


def _without_none(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: _without_none(entry) for key, entry in value.items() if entry is not None}
