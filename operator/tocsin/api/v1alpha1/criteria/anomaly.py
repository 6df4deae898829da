"""`criterion.anomaly`: how far from what is usual, and what that is."""

from collections.abc import Iterator, Mapping, Set
from datetime import timedelta
from typing import Annotated, ClassVar, Final

from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.criteria.spec import CriterionSpec, in_force
from tocsin.api.v1alpha1.types import LimitField, Reference, Within
from tocsin.core.amounts import Amount, Unit
from tocsin.core.criteria.anomaly import Anomaly, Direction, Method, deviations_of

_USUAL_WINDOW: Final = timedelta(days=3)
_USUAL_SEASONS: Final = timedelta(days=28)
_USUAL_END: Final = timedelta(hours=1)
_USUAL_DEVIATIONS: Final = Amount(3)

Window = Annotated[timedelta, Within(timedelta(minutes=2), timedelta(days=35))]
EndingBefore = Annotated[timedelta, Within(timedelta(), timedelta(days=7))]


class AnomalyBaseline(Schema):
    """Which values say what is usual."""

    window: Window | None = None
    """How long the time is whose values count: a duration from 2m to 840h. Default: `3d`; for the
    method Seasonal `28d`. Example: `7d`."""

    ending_before: EndingBefore | None = None
    """How long before now that time ends, so that what is wrong now does not count: a duration
    from 0s to 168h. Default: `1h`. Example: `2h`."""


class AnomalySpec(CriterionSpec):
    """A value that is far from what its series is like as a rule."""

    limits: ClassVar[tuple[str, ...]] = ("deviations", "minimum")

    method: Method | None = None
    """What is usual: ZScore (mean and standard deviation), Robust (median and median deviation) or
    Seasonal (the median at the same hour of former weeks, or of former days where `window` is
    shorter than three weeks). Default: `ZScore`. Example: `Robust`."""

    deviations: LimitField | None = None
    """How many deviations from what is usual are too many: a number of 1 or more, or $ and the name
    of one of the rule's `parameters`. Default: `3`. Example: `4`."""

    minimum: LimitField | None = None
    """The smallest deviation that a series is taken to have, in the metric's unit, so that one that
    hardly moves does not alert for every small step; 5 % of what is usual is the least in any case.
    Default: none. Example: `20ms`."""

    direction: Direction | None = None
    """Which side is bad: Both, Up or Down. Default: `Both`. Example: `Up`."""

    baseline: AnomalyBaseline | None = None
    """Which values say what is usual. Default: those of three days that end an hour ago. Example:
    `{window: 7d, endingBefore: 2h}`."""

    def to_core(self, parameters: Mapping[str, Amount], namespace: str) -> Anomaly:
        """The method with its limits.

        Raises:
            ValueError: a limit is none; `misfits` tells before.
            KeyError: there is no such parameter.
        """
        method, baseline = self.method or Method.Z_SCORE, self.baseline or AnomalyBaseline()
        usual = _USUAL_SEASONS if method is Method.SEASONAL else _USUAL_WINDOW
        deviations = _USUAL_DEVIATIONS if self.deviations is None else self.deviations
        least = Amount(0) if self.minimum is None else in_force(self.minimum, parameters)
        end = _USUAL_END if baseline.ending_before is None else baseline.ending_before
        return Anomaly(
            method,
            deviations_of(in_force(deviations, parameters)),
            baseline.window or usual,
            end,
            self.direction or Direction.BOTH,
            least.in_base(self.metric.unit),
        )

    def named(self) -> Iterator[tuple[str, str]]:
        """The limits that parameters give."""
        for name, limit in (("deviations", self.deviations), ("least", self.minimum)):
            if isinstance(limit, Reference):
                yield name, limit.name

    @classmethod
    def misfits(
        cls, amounts: Mapping[str, Amount], unit: Unit | None, written: Set[str]
    ) -> Iterator[tuple[str, str]]:
        """Deviations that are too few, and a minimum that does not fit the unit."""
        for name, amount in amounts.items():
            try:
                if name == "deviations":
                    deviations_of(amount)
                elif amount.in_base(unit) < 0:
                    yield name, "a deviation is not less than 0: write an amount like 20ms"
            except ValueError as error:
                yield name, str(error)
