"""What the criteria of a rule have in common: a metric, and limits that parameters may give."""

from collections.abc import Iterator, Mapping, Set
from typing import Any, ClassVar

from tocsin.api.problems import Problem, cut
from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.cel import JsonSchema, rule
from tocsin.api.v1alpha1.metrics import MetricSpec
from tocsin.api.v1alpha1.stored import at
from tocsin.api.v1alpha1.types import Reference, read_amount, read_limit
from tocsin.core.amounts import Amount, Unit
from tocsin.core.criteria.criterion import Criterion


class CriterionSpec(Schema):
    """One criterion. `limits` names its fields that are amounts, as users write them."""

    limits: ClassVar[tuple[str, ...]] = ()

    metric: MetricSpec
    """The numbers to judge. Example:
    `{prometheus: {query: ml_prediction_error_ratio}, unit: Ratio}`."""

    def to_core(self, parameters: Mapping[str, Amount], namespace: str) -> Criterion:
        """The criterion of a rule in `namespace`, with its limits in base units.

        A parameter stands for its value.

        Raises:
            ValueError: an amount does not fit; `misfits` tells before.
            KeyError: there is no such parameter.
        """
        raise NotImplementedError

    def named(self) -> Iterator[tuple[str, str]]:
        """Each limit that a parameter gives, by its name in the core, and the parameter's name."""
        return iter(())

    @classmethod
    def misfits(
        cls, amounts: Mapping[str, Amount], unit: Unit | None, written: Set[str]
    ) -> Iterator[tuple[str, str]]:
        """Field (empty: the criterion itself) and message for each limit that does not fit.

        `written` names those that are set, also what cannot be read and is no amount.
        """
        return iter(())

    @classmethod
    def clashes(cls, written: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Field and message for each field that does not go with another, as they are written."""
        return iter(())


def in_force(limit: Amount | Reference, parameters: Mapping[str, Amount]) -> Amount:
    """The amount that a limit is, or that its parameter gives."""
    return parameters[limit.name] if isinstance(limit, Reference) else limit


def limit_problems(
    spec: type[CriterionSpec], written: Mapping[str, Any], path: str, parameters: object
) -> Iterator[Problem]:
    """How the limits that are `written` at `path` fit, even where other fields are broken.

    `parameters` is `spec.parameters` as it is written.
    """
    for name, message in spec.clashes(written):
        yield Problem(f"{path}.{name}", message)
    amounts: dict[str, Amount] = {}
    for name in spec.limits:
        try:
            limit = read_limit(written.get(name))
        except ValueError:
            continue  # the model tells of it, or it is not there
        if isinstance(limit, Reference):
            value = at(parameters, limit.name)
            if value is None:
                yield Problem(f"{path}.{name}", _no_parameter(parameters, limit.name))
            try:
                limit = read_amount(value)
            except ValueError:
                continue
        amounts[name] = limit
    unit = at(written, "metric.unit")
    if unit is None or (isinstance(unit, str) and unit in list(Unit)):
        there = {name for name in spec.limits if written.get(name) is not None}
        for name, message in spec.misfits(amounts, None if unit is None else Unit(unit), there):
            yield Problem(f"{path}.{name}" if name else path, message)


def known_parameter(criterion: str, limit: str) -> JsonSchema:
    """For the spec as a whole: a limit `$x` needs a parameter x."""
    where = f"self.criterion.{criterion}"
    text = f"string({where}.{limit})"
    return rule(
        f"!has({where}) || !has({where}.{limit}) || !{text}.startsWith('$') || "
        f"(has(self.parameters) && {text}.substring(1) in self.parameters)",
        f"{limit} names a parameter that there is not: add it to spec.parameters",
        field=f"criterion.{criterion}.{limit}",
    )


def _no_parameter(parameters: object, name: str) -> str:
    known = sorted(map(str, parameters)) if isinstance(parameters, Mapping) else []
    shown = cut(", ".join(known)) if known else "none"
    return f"there is no parameter {name}: add it to spec.parameters (there: {shown})"
