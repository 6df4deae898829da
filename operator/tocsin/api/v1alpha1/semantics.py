"""The hash of what decides who alerts on what: alerts do not outlive a change of it."""

import hashlib
import json
from typing import Any

from tocsin.core.rules import OPERATOR_SOURCE, Metric, Rule, WorkloadSelector


def semantics(rule: Rule) -> str:
    """16 hexadecimal digits over criterion, workloads, reduce and identityLabels.

    It is taken over what the rule means, so that equivalent spellings, as 200ms and "0.2s", have
    the same; a parameter counts by its name, not by its value. What is not set stays out: a field
    that a later version adds changes no hash of a rule that does not use it.
    """
    meant = {
        "criterion": {"threshold": _threshold(rule)},
        "workloads": None if rule.workloads is None else _workloads(rule.workloads),
        "reduce": rule.reduce.value,
        "identityLabels": sorted(set(rule.identity_labels)),
    }
    canonical = json.dumps(_without_none(meant), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _threshold(rule: Rule) -> dict[str, Any]:
    named = {limit: f"${one.name}" for one in rule.parameters for limit in one.limits}
    above, below, recover_below, recover_above = (
        named.get(name, _plain(getattr(rule.criterion, name)))
        for name in ("above", "below", "recover_below", "recover_above")
    )
    return {
        "metric": _metric(rule.metric),
        "above": above,
        "below": below,
        "recoverBelow": _or(recover_below, above),
        "recoverAbove": _or(recover_above, below),
    }


def _metric(metric: Metric) -> dict[str, Any]:
    unit = None if metric.unit is None else metric.unit.value
    if metric.source == OPERATOR_SOURCE:
        return {"operator": str(metric.query), "unit": unit}
    asked = {"source": metric.source, "query": metric.query.strip()}
    return {"prometheus": asked, "unit": unit}


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
