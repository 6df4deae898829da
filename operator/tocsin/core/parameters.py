"""Parameters: limits that a rule names once, and that a workload may set for itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tocsin.core.amounts import Unit, parse_amount
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.inventory import ObjectRef, Workload
from tocsin.core.rules import Parameter, Rule

#: `param.tocsin.dev/<rule>.<name>` on a workload sets a rule's parameter for that workload.
ANNOTATION_PREFIX: Final = "param.tocsin.dev/"


@dataclass(frozen=True)
class Unreadable:
    """An annotation that cannot be used, and what holds instead (None: the rule's own value)."""

    workload: ObjectRef
    annotation: str
    problem: str
    held: str | None

    def __str__(self) -> str:
        holds = f"{self.held} stays in force" if self.held else "the rule's own value is used"
        where = f"{self.workload.kind} {self.workload.name}, annotation {self.annotation}"
        return f"{where}: {self.problem}; {holds}"


@dataclass(frozen=True)
class Bound:
    """A rule's criterion for each workload that sets parameters for itself.

    `texts` has, by workload and parameter, the last text that could be read.
    """

    criteria: Mapping[ObjectRef, Threshold] = field(default_factory=dict)
    texts: Mapping[tuple[ObjectRef, str], str] = field(default_factory=dict)
    unreadable: tuple[Unreadable, ...] = ()


def bind(rule: Rule, workloads: Mapping[ObjectRef, Workload], before: Bound) -> Bound:
    """What `workloads` set by annotation; an unreadable text leaves in force what was before."""
    criteria: dict[ObjectRef, Threshold] = {}
    texts: dict[tuple[ObjectRef, str], str] = {}
    unreadable: list[Unreadable] = []
    for ref, workload in workloads.items() if rule.parameters else ():
        if not workload.annotations:
            continue
        its = rule.criterion
        for parameter in rule.parameters:
            key = f"{ANNOTATION_PREFIX}{rule.key.name}.{parameter.name}"
            text = workload.annotations.get(key)
            if text is None:
                continue
            changed, problem = _changed(its, parameter, text, rule.metric.unit)
            if problem:
                held = before.texts.get((ref, parameter.name))
                unreadable.append(Unreadable(ref, key, problem, held))
                if held is None:
                    continue
                text, (changed, _) = held, _changed(its, parameter, held, rule.metric.unit)
            texts[ref, parameter.name] = text
            its = changed
        if its is not rule.criterion:
            criteria[ref] = its
    return Bound(criteria, texts, tuple(unreadable))


def _changed(
    criterion: Threshold, parameter: Parameter, text: str, unit: Unit | None
) -> tuple[Threshold, str]:
    """`criterion` with another value, or as it was and what is wrong with `text`."""
    try:
        value = parse_amount(text.strip()).in_base(unit)
    except ValueError as error:
        return criterion, str(error)
    changed = replace(criterion, **dict.fromkeys(parameter.limits, value))
    if problem := changed.contradiction(unit):
        return criterion, problem
    return changed.with_recovery_within(), ""
