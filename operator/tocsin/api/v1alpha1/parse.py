"""From a stored MLAlertRule to the core's Rule, or to all that is wrong with it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

from pydantic import ValidationError

from tocsin.api.problems import Problem, Problems, cut, problems_of
from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.forms import DNS_LABEL
from tocsin.api.v1alpha1.mlalertrule import (
    FOR_OR_DATAPOINTS,
    MAX_NAME_LENGTH,
    MLAlertRuleSpec,
)
from tocsin.api.v1alpha1.semantics import semantics
from tocsin.api.v1alpha1.threshold import LIMITS, NO_LIMIT, ThresholdSpec, misfits
from tocsin.api.v1alpha1.timing import MORE_THAN_ALL
from tocsin.api.v1alpha1.types import Reference, read_amount, read_limit
from tocsin.core.amounts import Amount, Unit
from tocsin.core.rules import MissingData, Mode, Parameter, Reduce, Rule, RuleKey, Texts

_THRESHOLD = "spec.criterion.threshold"
_MAPS = frozenset({"labels", "annotations", "links", "matchLabels", "parameters"})
NAME_RULE = (
    f"a rule's name has at most {MAX_NAME_LENGTH} lower-case letters, digits and -, like "
    "high-latency"
)


class _Metadata(Schema):
    name: str
    namespace: str


class _StoredRule(Schema):
    metadata: _Metadata
    spec: MLAlertRuleSpec


def parse_rule(
    body: Mapping[str, Any], *, default_interval: timedelta, strict: bool = False
) -> Rule | Problems:
    """The rule that `body`, an MLAlertRule as JSON, declares; else all its problems.

    What the API server checks is checked again: the object may be older than a check. Unknown
    fields are problems only if `strict`. Raises nothing, whatever the JSON.
    """
    problems: list[Problem] = []
    stored = None
    extra: Literal["forbid", "ignore"] = "forbid" if strict else "ignore"
    try:
        stored = _StoredRule.model_validate(_known(body), extra=extra, by_name=False)
    except ValidationError as error:
        problems += problems_of(error, _explain)
    problems += _name_problems(body)
    problems += _waiting_problems(body)
    problems += _threshold_problems(body)
    if problems or stored is None:
        return tuple(dict.fromkeys(problems))
    return _rule(stored, default_interval)


def _explain(field: str) -> str:
    """Where the field is described; entries of a map have no description of their own."""
    names = [part.split("[")[0] for part in field.split(".") if part]
    known = next((place for place, name in enumerate(names, 1) if name in _MAPS), len(names))
    return f" (see `kubectl explain {'.'.join(['mlar', *names[:known]])}`)"


def _known(body: object) -> object:
    """What the models describe: strictness is about the spec, not about all of Kubernetes."""
    if not isinstance(body, Mapping):
        return body
    known = {key: body[key] for key in ("metadata", "spec") if key in body}
    metadata = known.get("metadata")
    if isinstance(metadata, Mapping):
        known["metadata"] = {k: metadata[k] for k in ("name", "namespace") if k in metadata}
    return known


def _name_problems(body: object) -> Iterator[Problem]:
    name = _at(body, "metadata.name")
    if isinstance(name, str) and not (
        len(name) <= MAX_NAME_LENGTH and re.fullmatch(DNS_LABEL.pattern, name)
    ):
        yield Problem("metadata.name", f'"{cut(name)}" does not fit: {NAME_RULE}')


def _waiting_problems(body: object) -> Iterator[Problem]:
    points = _at(body, "spec.datapoints")
    if points is not None and _at(body, "spec.for") is not None:
        yield Problem("spec.for", FOR_OR_DATAPOINTS)
    matching, of = _at(points, "matching"), _at(points, "of")
    if isinstance(matching, int) and isinstance(of, int) and matching > of:
        yield Problem("spec.datapoints.matching", MORE_THAN_ALL)


def _threshold_problems(body: object) -> Iterator[Problem]:
    """How limits fit each other and the unit, even where other fields are broken."""
    threshold = _at(body, _THRESHOLD)
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
            written = _at(body, f"spec.parameters.{limit.name}")
            if written is None:
                yield Problem(f"{_THRESHOLD}.{name}", _no_parameter(body, limit.name))
            try:
                limit = read_amount(written)
            except ValueError:
                continue
        amounts[name] = limit
    unit = _at(threshold, "metric.unit")
    if unit is None or (isinstance(unit, str) and unit in list(Unit)):
        written = {name for name in LIMITS if threshold.get(name) is not None}
        for name, message in misfits(amounts, None if unit is None else Unit(unit), written):
            yield Problem(f"{_THRESHOLD}.{name}", message)


def _no_parameter(body: object, name: str) -> str:
    parameters = _at(body, "spec.parameters")
    known = sorted(map(str, parameters)) if isinstance(parameters, Mapping) else []
    shown = cut(", ".join(known)) if known else "none"
    return f"there is no parameter {name}: add it to spec.parameters (there: {shown})"


def _at(value: object, path: str) -> object:
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


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
