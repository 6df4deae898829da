"""Parameters: limits that a rule names once, and that a workload may set for itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tocsin.core.amounts import Amount, parse_amount
from tocsin.core.criteria.criterion import Criterion
from tocsin.core.inventory import ObjectRef, Workload
from tocsin.core.rules import Rule

#: `param.tocsin.dev/<rule>.<name>` on a workload sets a rule's parameter for that workload.
ANNOTATION_PREFIX: Final = "param.tocsin.dev/"


@dataclass(frozen=True)
class Unreadable:
    """An annotation that cannot be used, and what holds instead (None: the rule's own value).

    `unknown` says that the rule has no such parameter.
    """

    workload: ObjectRef
    annotation: str
    problem: str
    held: str | None
    unknown: bool = False

    def __str__(self) -> str:
        holds = f"{self.held} stays in force" if self.held else "the rule's own value is used"
        if self.unknown:
            holds = "it sets nothing"
        where = f"{self.workload.kind} {self.workload.name}, annotation {self.annotation}"
        return f"{where}: {self.problem}; {holds}"


@dataclass(frozen=True)
class Bound:
    """A rule's criterion for each workload that sets parameters for itself.

    `texts` has, by workload and parameter, the last text that could be read. `refused` is what was
    said, before a restart, of texts that could not.
    """

    criteria: Mapping[ObjectRef, Criterion] = field(default_factory=dict)
    texts: Mapping[tuple[ObjectRef, str], str] = field(default_factory=dict)
    unreadable: tuple[Unreadable, ...] = ()
    refused: str = ""


def bind(rule: Rule, workloads: Mapping[ObjectRef, Workload], before: Bound) -> Bound:
    """What `workloads` set by annotation; an unreadable text leaves in force what was before."""
    criteria: dict[ObjectRef, Criterion] = {}
    texts: dict[tuple[ObjectRef, str], str] = {}
    unreadable: list[Unreadable] = []
    for ref, workload in workloads.items():
        if not workload.annotations:
            continue
        unreadable += _misspelt(rule, workload)
        written = _written(rule, workload)
        if not written:
            continue
        held = {name: text for name in written if (text := before.texts.get((ref, name)))}
        in_force, problems = _choose(rule, written, held)
        if in_force:
            criteria[ref] = _with(rule, in_force)
        texts |= {(ref, name): text for name, text in in_force.items()}
        unreadable += [
            Unreadable(ref, _annotation(rule, name), problem, in_force.get(name))
            for name, problem in problems.items()
        ]
    return Bound(criteria, texts, tuple(unreadable))


def _annotation(rule: Rule, name: str) -> str:
    return f"{ANNOTATION_PREFIX}{rule.key.name}.{name}"


def _written(rule: Rule, workload: Workload) -> dict[str, str]:
    """The texts by which `workload` sets parameters of `rule`, by the parameters' names."""
    names = (parameter.name for parameter in rule.parameters)
    texts = {name: workload.annotations.get(_annotation(rule, name)) for name in names}
    return {name: text for name, text in texts.items() if text is not None}


def _misspelt(rule: Rule, workload: Workload) -> Iterator[Unreadable]:
    """Annotations that set what the rule has no parameter of."""
    names = sorted(parameter.name for parameter in rule.parameters)
    has = f"it has {', '.join(names)}" if names else "it has none"
    for annotation in sorted(workload.annotations):
        of_rule, _, name = annotation.removeprefix(ANNOTATION_PREFIX).partition(".")
        ours = annotation.startswith(ANNOTATION_PREFIX) and of_rule == rule.key.name
        if ours and name not in names:
            problem = f'rule {rule.key.name} has no parameter "{name}": {has}'
            yield Unreadable(workload.ref, annotation, problem, None, unknown=True)


def _choose(
    rule: Rule, written: Mapping[str, str], held: Mapping[str, str]
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The texts that are in force, and by name what is wrong with others.

    All that can be read count together, unless they leave no value that is good: then what was
    before does, and where that does not fit any more either, the rule's own.
    """
    problems = {
        name: wrong for name, text in written.items() if (wrong := _misread(rule, name, text))
    }
    readable = {name: text for name, text in written.items() if name not in problems}
    before = {name: text for name, text in held.items() if not _misread(rule, name, text)}
    both = {**before, **readable}
    crossed = _with(rule, both).contradiction(rule.unit)
    if not crossed:
        return both, problems
    in_force = {} if _with(rule, before).contradiction(rule.unit) else before
    for name, text in readable.items():
        if in_force.get(name) != text:
            problems[name] = crossed
    return in_force, problems


def _with(rule: Rule, texts: Mapping[str, str]) -> Criterion:
    """The rule's criterion with these values; they can be read."""
    amounts: dict[str, Amount] = {}
    for parameter in rule.parameters:
        if parameter.name in texts:
            amounts |= dict.fromkeys(parameter.limits, _read(texts[parameter.name]))
    return rule.criterion.with_amounts(amounts, rule.unit)


def _misread(rule: Rule, name: str, text: str) -> str:
    """Why `text` cannot be the value of the parameter `name`, if it cannot."""
    try:
        _with(rule, {name: text})
    except ValueError as error:
        return str(error)
    return ""


def _read(text: str) -> Amount:
    return parse_amount(text.strip())
