"""`criterion.rateOfChange`: how far back, and by how much."""

from collections.abc import Iterator, Mapping, Set
from datetime import timedelta
from typing import Annotated, ClassVar, Final

from pydantic import ConfigDict

from tocsin.api.v1alpha1.cel import exactly_one, exactly_one_message, rules
from tocsin.api.v1alpha1.criteria.spec import CriterionSpec, in_force
from tocsin.api.v1alpha1.types import LimitField, Reference, Within
from tocsin.core.amounts import Amount, Unit
from tocsin.core.criteria.rate_of_change import Change, RateOfChange

_WAYS: Final = ["increasesBy", "decreasesBy"]
_WHAT: Final = "direction"

Over = Annotated[timedelta, Within(timedelta(minutes=1), timedelta(days=30))]


class RateOfChangeSpec(CriterionSpec):
    """A value now against the value some time before."""

    model_config = ConfigDict(json_schema_extra=rules(exactly_one(_WAYS, _WHAT)))

    limits: ClassVar[tuple[str, ...]] = tuple(_WAYS)

    over: Over
    """How long before now the value is that is compared with: a duration from 1m to 720h. Example:
    `1h`."""

    increases_by: LimitField | None = None
    """Alert when the value is more than this above the former one. With % it is a share of the
    former value; else an amount in the metric's unit, as 50ms; or $ and the name of one of the
    rule's `parameters`. Default: none; exactly one of this and `decreasesBy` is set. Example:
    `50%`."""

    decreases_by: LimitField | None = None
    """Alert when the value is more than this below the former one; written like `increasesBy`.
    Default: none. Example: `10%`."""

    def to_core(self, parameters: Mapping[str, Amount], namespace: str) -> RateOfChange:
        """The change in base units.

        Raises:
            ValueError: an amount does not fit; `misfits` tells before.
            KeyError: there is no such parameter.
        """
        by = self.increases_by or self.decreases_by
        if by is None:
            raise ValueError(exactly_one_message(_WAYS, _WHAT))
        change = Change.of(in_force(by, parameters), self.metric.unit)
        return RateOfChange(self.over, change, increases=self.increases_by is not None)

    def named(self) -> Iterator[tuple[str, str]]:
        """The change, where a parameter gives it."""
        for by in (self.increases_by, self.decreases_by):
            if isinstance(by, Reference):
                yield "by", by.name

    @classmethod
    def misfits(
        cls, amounts: Mapping[str, Amount], unit: Unit | None, written: Set[str]
    ) -> Iterator[tuple[str, str]]:
        """A direction too many or none, and a change that is none."""
        if len(written) != 1:
            yield "", exactly_one_message(_WAYS, _WHAT)
        for name, amount in amounts.items():
            try:
                Change.of(amount, unit)
            except ValueError as error:
                yield name, str(error)
