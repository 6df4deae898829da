"""`criterion.composite`: named parts, and when they count together."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final

from pydantic import ConfigDict, Field

from tocsin.api.problems import Problem
from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.criteria.single import SPECS, SingleCriterion
from tocsin.api.v1alpha1.criteria.spec import limit_problems
from tocsin.api.v1alpha1.markers import Form, UniqueBy
from tocsin.core.amounts import Amount
from tocsin.core.criteria.composite import Composite, Part
from tocsin.core.criteria.expressions import When, parse_when

MAX_PARTS: Final = 8
PART_NAME: Final = Form(
    "^[a-zA-Z][a-zA-Z0-9_]{0,21}$", "a name of at most 22 letters, digits and _, like errors"
)


class PartSpec(SingleCriterion):
    """One named criterion of a composite."""

    model_config = ConfigDict(json_schema_extra={"x-like": "spec.criterion", "x-own": ["name"]})

    settings: ClassVar[frozenset[str]] = frozenset({"name"})

    name: Annotated[str, Field(max_length=22), PART_NAME]
    """What `when` and messages call it: at most 22 letters, digits and _. Example: `errors`."""


class CompositeSpec(Schema):
    """Several criteria, and which of them have to be met together."""

    parts: Annotated[list[PartSpec], Field(min_length=2, max_length=MAX_PARTS), UniqueBy(("name",))]
    """The parts, 2 to 8, each with one criterion over its own metric. Example:
    `[{name: errors, threshold: {…}}, {name: latency, threshold: {…}}]`."""

    when: Annotated[str, Field(min_length=1, max_length=512)]
    """Which parts have to be met: their names with && (and), || (or), ! (not) and parentheses. What
    is not known of a part matters only where it decides. Example:
    `errors && (latency || drift)`."""

    def to_core(self, parameters: Mapping[str, Amount], namespace: str) -> Composite:
        """The parts and the condition.

        Raises:
            ValueError: an amount or the condition does not fit; `composite_problems` tells before.
            KeyError: there is no such parameter.
        """
        parts = (
            Part(part.name, spec.metric.to_core(), spec.to_core(parameters, namespace))
            for part in self.parts
            for spec in [part.chosen]
        )
        return Composite(tuple(parts), parse_when(self.when))

    def named(self) -> Iterator[tuple[str, str]]:
        """Each limit that a parameter gives, as `part.limit`, and the parameter's name."""
        for part in self.parts:
            for limit, parameter in part.chosen.named():
                yield f"{part.name}.{limit}", parameter


def composite_problems(
    written: Mapping[str, Any], path: str, parameters: object
) -> Iterator[Problem]:
    """What is wrong with the parts' limits and the condition, even where fields are broken."""
    parts = written.get("parts")
    parts = [part for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []
    for index, part in enumerate(parts):
        for name, spec in SPECS.items():
            if isinstance(its := part.get(name), Mapping):
                where = f"{path}.parts[{index}].{name}"
                yield from limit_problems(spec, its, where, parameters)
                if its.get("confidence") is not None:
                    alone = "it needs the rule's minSamples, which are not a part's: leave it out"
                    yield Problem(f"{where}.confidence", alone)
                if name == "absence" and its.get("window") is not None:
                    waits = "in a composite the rule's `for` says how long: leave window out"
                    yield Problem(f"{where}.window", waits)
    when = written.get("when")
    if isinstance(when, str) and when:
        names = [name for part in parts if isinstance(name := part.get("name"), str)]
        for message in _condition_problems(when, names):
            yield Problem(f"{path}.when", message)


def _condition_problems(text: str, names: list[str]) -> Iterator[str]:
    try:
        when = parse_when(text)
    except ValueError as error:
        yield str(error)
        return
    for unknown in sorted(when.names - set(names)):
        yield f"there is no part {unknown}: add it to parts (there: {', '.join(names) or 'none'})"
    for unused in (name for name in names if name not in when.names):
        yield f"the part {unused} is not in it: name it, or remove it from parts"
    if len(when.names) <= MAX_PARTS and (constant := _constant(when)):
        yield constant


def _constant(when: When) -> str:
    if (constant := when.constant) is None:
        return ""
    return f"it is always {str(constant).lower()}, whatever the parts say: rewrite it"
