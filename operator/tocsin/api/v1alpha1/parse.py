"""From a stored MLAlertRule to the core's Rule, or to all that is wrong with it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tocsin.api.problems import Problem, Problems, cut
from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.forms import DNS_LABEL
from tocsin.api.v1alpha1.mlalertrule import (
    FOR_OR_DATAPOINTS,
    MAX_NAME_LENGTH,
    MLAlertRuleSpec,
)
from tocsin.api.v1alpha1.semantics import semantics
from tocsin.api.v1alpha1.stored import Metadata, at, read_stored
from tocsin.api.v1alpha1.threshold import LIMITS, NO_LIMIT, ThresholdSpec, misfits
from tocsin.api.v1alpha1.timing import MORE_THAN_ALL
from tocsin.api.v1alpha1.types import Reference, read_amount, read_limit
from tocsin.core.amounts import Amount, Unit
from tocsin.core.rules import MissingData, Mode, Parameter, Reduce, Rule, RuleKey, Texts

_THRESHOLD = "spec.criterion.threshold"
NAME_RULE = (
    f"a rule's name has at most {MAX_NAME_LENGTH} lower-case letters, digits and -, like "
    "high-latency"
)


class _StoredRule(Schema):
    metadata: Metadata
    spec: MLAlertRuleSpec


def parse_rule(
    body: Mapping[str, Any], *, default_interval: timedelta, strict: bool = False
) -> Rule | Problems:
    """The rule that `body`, an MLAlertRule as JSON, declares; else all its problems.

    What the API server checks is checked again: the object may be older than a check. Unknown
    fields are problems only if `strict`. Raises nothing, whatever the JSON.
    """
    stored, problems = read_stored(body, _StoredRule, "mlar", strict=strict)
    problems += _name_problems(body)
    problems += _waiting_problems(body)
    problems += _threshold_problems(body)
    if problems or stored is None:
        return tuple(dict.fromkeys(problems))
    return _rule(stored, default_interval)


def _name_problems(body: object) -> Iterator[Problem]:
    name = at(body, "metadata.name")
    if isinstance(name, str) and not (
        len(name) <= MAX_NAME_LENGTH and re.fullmatch(DNS_LABEL.pattern, name)
    ):
        yield Problem("metadata.name", f'"{cut(name)}" does not fit: {NAME_RULE}')


def _waiting_problems(body: object) -> Iterator[Problem]:
    points = at(body, "spec.datapoints")
    if points is not None and at(body, "spec.for") is not None:
        yield Problem("spec.for", FOR_OR_DATAPOINTS)
    matching, of = at(points, "matching"), at(points, "of")
    if isinstance(matching, int) and isinstance(of, int) and matching > of:
        yield Problem("spec.datapoints.matching", MORE_THAN_ALL)


def _threshold_problems(body: object) -> Iterator[Problem]:
    """How limits fit each other and the unit, even where other fields are broken."""
    threshold = at(body, _THRESHOLD)
    if not isinstance(threshold, Mapping):
        return
    if threshold.get("above") is None and threshold.get("below") is None:
        yield Problem(_THRESHOLD, NO_LIMIT)
    amounts: dict[str, Amount] = {}
    for name in LIMITS:
        try:
            limit = read_limit(threshold.get(name))
        except ValueError:
            continue  # the model tells of it, or it is not there
        if isinstance(limit, Reference):
            written = at(body, f"spec.parameters.{limit.name}")
            if written is None:
                yield Problem(f"{_THRESHOLD}.{name}", _no_parameter(body, limit.name))
            try:
                limit = read_amount(written)
            except ValueError:
                continue
        amounts[name] = limit
    unit = at(threshold, "metric.unit")
    if unit is None or (isinstance(unit, str) and unit in list(Unit)):
        written = {name for name in LIMITS if threshold.get(name) is not None}
        for name, message in misfits(amounts, None if unit is None else Unit(unit), written):
            yield Problem(f"{_THRESHOLD}.{name}", message)


def _no_parameter(body: object, name: str) -> str:
    parameters = at(body, "spec.parameters")
    known = sorted(map(str, parameters)) if isinstance(parameters, Mapping) else []
    shown = cut(", ".join(known)) if known else "none"
    return f"there is no parameter {name}: add it to spec.parameters (there: {shown})"


def _rule(stored: _StoredRule, default_interval: timedelta) -> Rule:
    spec = stored.spec
    threshold = spec.criterion.threshold
    # For the type checker: pydantic has checked it.
    assert threshold is not None, "one criterion is set"  # noqa: S101  # never false
    rule = Rule(
        key=RuleKey(stored.metadata.namespace, stored.metadata.name),
        severity=spec.severity,
        metric=threshold.metric.to_core(),
        criterion=threshold.to_core(spec.parameters or {}),
        interval=spec.interval or default_interval,
        for_=spec.for_ or timedelta(),
        datapoints=spec.datapoints.to_core() if spec.datapoints else None,
        keep_firing_for=spec.keep_firing_for or timedelta(),
        missing_data=spec.missing_data or MissingData.UNKNOWN,
        min_samples=spec.min_samples.to_core() if spec.min_samples else None,
        parameters=_parameters(threshold),
        workloads=spec.workloads.to_core() if spec.workloads else None,
        reduce=spec.reduce or Reduce.WORST,
        identity_labels=tuple(spec.identity_labels or ()),
        mode=spec.mode or Mode.ACTIVE,
        suspended=bool(spec.suspend),
        texts=_texts(spec),
    )
    return replace(rule, semantics=semantics(rule))


def _parameters(threshold: ThresholdSpec) -> tuple[Parameter, ...]:
    limits: dict[str, tuple[str, ...]] = {}
    for limit, name in threshold.named():
        limits[name] = (*limits.get(name, ()), limit)
    return tuple(Parameter(name, its) for name, its in limits.items())


def _texts(spec: MLAlertRuleSpec) -> Texts:
    return Texts(
        summary=spec.summary or "",
        description=spec.description or "",
        labels=spec.labels or {},
        annotations=spec.annotations or {},
        links=spec.links or {},
        actions=tuple(spec.actions or ()),
    )
