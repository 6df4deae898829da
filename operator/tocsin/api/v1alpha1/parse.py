"""From a stored MLAlertRule to the core's Rule, or to all that is wrong with it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tocsin.api.problems import Problem, Problems, cut
from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.criteria.absence import AbsenceSpec
from tocsin.api.v1alpha1.criteria.composite import composite_problems
from tocsin.api.v1alpha1.criteria.promql import NOT_BESIDE
from tocsin.api.v1alpha1.criteria.single import SPECS
from tocsin.api.v1alpha1.criteria.spec import limit_problems
from tocsin.api.v1alpha1.forms import DNS_LABEL
from tocsin.api.v1alpha1.mlalertrule import (
    FOR_OR_DATAPOINTS,
    MAX_NAME_LENGTH,
    MLAlertRuleSpec,
)
from tocsin.api.v1alpha1.mlalertrule import Criterion as CriterionChoice
from tocsin.api.v1alpha1.semantics import semantics
from tocsin.api.v1alpha1.stored import Metadata, at, read_stored
from tocsin.api.v1alpha1.timing import MORE_THAN_ALL
from tocsin.core.criteria.anomaly import Anomaly
from tocsin.core.criteria.composite import Composite
from tocsin.core.criteria.criterion import Criterion
from tocsin.core.criteria.promql import PromQL
from tocsin.core.metrics import Metric
from tocsin.core.queries.home import Home
from tocsin.core.reduction import Reduce
from tocsin.core.rules import MissingData, Mode, Parameter, Rule, RuleKey, Texts, WorkloadSelector

_CRITERION = "spec.criterion"
_NOT_BESIDE_ABSENCE = {
    "missingData": "an absence says itself what no data means (causes)",
    "minSamples": "an absence looks for what is not there",
    "datapoints": "an absence waits for its window",
    "labelDelay": "an absence is about what is there now",
    "labelCoverage": "an absence looks for what is not there",
}
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
    problems += _criterion_problems(body)
    problems += _clashes(body)
    if problems or stored is None:
        return tuple(dict.fromkeys(problems))
    rule = _placed(_rule(stored, default_interval))
    return tuple(_past_problems(rule, body)) or replace(rule, semantics=semantics(rule))


def _placed(rule: Rule) -> Rule:
    """`rule` whose metrics know its namespace and its workloads."""
    workloads = rule.workloads or WorkloadSelector()
    home = Home(rule.key.namespace, workloads.kinds, workloads.selector)
    criterion, counts, covered = rule.criterion, rule.min_samples, rule.label_coverage

    def placed(metric: Metric) -> Metric:
        return replace(metric.placed(home), delay=rule.label_delay)

    if isinstance(criterion, Composite):
        parts = (replace(part, metric=placed(part.metric)) for part in criterion.parts)
        criterion = replace(criterion, parts=tuple(parts))
    return replace(
        rule,
        metric=placed(rule.metric),
        criterion=criterion,
        min_samples=replace(counts, metric=placed(counts.metric)) if counts else None,
        label_coverage=replace(covered, metric=placed(covered.metric)) if covered else None,
    )


def _past_problems(rule: Rule, body: object) -> Iterator[Problem]:
    """What is asked about some time ago, of sources that have no past."""
    for field, beside in (("minSamples", rule.min_samples), ("labelCoverage", rule.label_coverage)):
        if beside and rule.label_delay and not beside.metric.has_past:
            kind = beside.metric.source.strip("()")
            yield Problem(f"spec.{field}.metric.{kind}", _no_past("labelDelay", kind))
    composite = isinstance(rule.criterion, Composite)
    for index, part in enumerate(rule.parts):
        looks_back = any(part.criterion.agos) or isinstance(part.criterion, Anomaly)
        if part.metric.has_past or not (looks_back or rule.label_delay):
            continue
        where = f"{_CRITERION}.composite.parts[{index}]" if composite else _CRITERION
        written = at(body, f"{_CRITERION}.composite.parts") if composite else None
        its = written[index] if isinstance(written, list) else at(body, _CRITERION)
        name = next(name for name in SPECS if at(its, name) is not None)
        kind = part.metric.source.strip("()")
        asks = name if looks_back else "labelDelay"
        yield Problem(f"{where}.{name}.metric.{kind}", _no_past(asks, kind))


def _no_past(what: str, kind: str) -> str:
    instead = "leave labelDelay out" if what == "labelDelay" else "use a threshold"
    return (
        f"{what} asks what the value was some time ago, and {kind} says only what it is now: "
        f"{instead}, or use a metric of a source with a past, such as prometheus"
    )


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


def _criterion_problems(body: object) -> Iterator[Problem]:
    """How limits fit each other and their unit, even where other fields are broken."""
    parameters = at(body, "spec.parameters")
    for name, spec in SPECS.items():
        written = at(body, f"{_CRITERION}.{name}")
        if isinstance(written, Mapping):
            yield from limit_problems(spec, written, f"{_CRITERION}.{name}", parameters)
    composite = at(body, f"{_CRITERION}.composite")
    if isinstance(composite, Mapping):
        yield from composite_problems(composite, f"{_CRITERION}.composite", parameters)


def _clashes(body: object) -> Iterator[Problem]:
    """What has no meaning beside a criterion that says the same itself."""
    sure = at(body, f"{_CRITERION}.threshold.confidence") is not None
    if sure and at(body, "spec.minSamples") is None:
        counts = "it needs to know of how many samples: set spec.minSamples"
        yield Problem(f"{_CRITERION}.threshold.confidence", counts)
    for criterion, others in (("absence", _NOT_BESIDE_ABSENCE), ("promql", NOT_BESIDE)):
        if at(body, f"{_CRITERION}.{criterion}") is None:
            continue
        for name, why in others.items():
            if at(body, f"spec.{name}") is not None:
                yield Problem(f"spec.{name}", f"{why}: remove it")


def _rule(stored: _StoredRule, default_interval: timedelta) -> Rule:
    spec = stored.spec
    criterion, metric, waits = _criterion(spec, stored.metadata.namespace)
    return Rule(
        key=RuleKey(stored.metadata.namespace, stored.metadata.name),
        severity=spec.severity,
        metric=metric,
        criterion=criterion,
        interval=spec.interval or default_interval,
        for_=(spec.for_ or timedelta()) + waits,
        datapoints=spec.datapoints.to_core() if spec.datapoints else None,
        keep_firing_for=spec.keep_firing_for or timedelta(),
        missing_data=spec.missing_data or MissingData.UNKNOWN,
        min_samples=spec.min_samples.to_core() if spec.min_samples else None,
        label_delay=spec.label_delay or timedelta(),
        label_coverage=spec.label_coverage.to_core() if spec.label_coverage else None,
        parameters=_parameters(spec.criterion),
        workloads=spec.workloads.to_core() if spec.workloads else None,
        reduce=spec.reduce or Reduce.WORST,
        identity_labels=tuple(spec.identity_labels or ()),
        mode=spec.mode or Mode.ACTIVE,
        suspended=bool(spec.suspend),
        schedule=spec.schedule.to_core() if spec.schedule else None,
        texts=_texts(spec),
    )


def _criterion(spec: MLAlertRuleSpec, namespace: str) -> tuple[Criterion, Metric, timedelta]:
    """The criterion, the metric by which the rule's values are shown, and how long it waits."""
    parameters = spec.parameters or {}
    if composite := spec.criterion.composite:
        criterion = composite.to_core(parameters, namespace)
        return criterion, replace(criterion.parts[0].metric, unit=None), timedelta()
    if promql := spec.criterion.promql:
        return PromQL(), promql.to_metric(), timedelta()
    chosen = spec.criterion.chosen
    window = chosen.window if isinstance(chosen, AbsenceSpec) else None
    return chosen.to_core(parameters, namespace), chosen.metric.to_core(), window or timedelta()


def _parameters(spec: CriterionChoice) -> tuple[Parameter, ...]:
    if spec.promql:
        return ()
    limits: dict[str, tuple[str, ...]] = {}
    for limit, name in (spec.composite or spec.chosen).named():
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
