"""`criterion.threshold`: limits, and what makes them fit each other and the metric's unit."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from typing import Any, ClassVar, Final

from pydantic import ConfigDict

from tocsin.api.v1alpha1.cel import at_most, rule, rules, suffix_fits_unit
from tocsin.api.v1alpha1.criteria.spec import CriterionSpec, in_force
from tocsin.api.v1alpha1.stored import at
from tocsin.api.v1alpha1.types import AmountField, LimitField, Reference, read_amount
from tocsin.core.amounts import Amount, Unit
from tocsin.core.criteria.threshold import Threshold

NO_LIMIT: Final = "there is no limit: set above or below, or both"
_NEEDS_ABOVE: Final = "recoverBelow needs above: set above, or use recoverAbove with below"
_NEEDS_BELOW: Final = "recoverAbove needs below: set below, or use recoverBelow with above"
_CROSSED: Final = "below is more than above, so that every value would alert: exchange them"
_OVER_ABOVE: Final = "recoverBelow is more than above: choose one that is at most above"
_UNDER_BELOW: Final = "recoverAbove is less than below: choose one that is at least below"
_NEVER: Final = (
    "no value would end the alert: what recovers from above must not be less than what recovers "
    "from below"
)
#: lower ≤ upper has to hold; the message, and the field that is wrong if it does not.
_ORDER: Final = (
    ("below", "above", _CROSSED, "below"),
    ("recoverBelow", "above", _OVER_ABOVE, "recoverBelow"),
    ("below", "recoverAbove", _UNDER_BELOW, "recoverAbove"),
    ("below", "recoverBelow", _NEVER, "recoverBelow"),
    ("recoverAbove", "above", _NEVER, "recoverAbove"),
    ("recoverAbove", "recoverBelow", _NEVER, "recoverBelow"),
)
LIMITS: Final = ("above", "below", "recoverBelow", "recoverAbove")


class ThresholdSpec(CriterionSpec):
    """A value strictly above or strictly below a limit."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule("has(self.above) || has(self.below)", NO_LIMIT),
            rule("!has(self.recoverBelow) || has(self.above)", _NEEDS_ABOVE, field="recoverBelow"),
            rule("!has(self.recoverAbove) || has(self.below)", _NEEDS_BELOW, field="recoverAbove"),
            *(suffix_fits_unit(name) for name in LIMITS),
            *(at_most(low, high, message, field=field) for low, high, message, field in _ORDER),
        )
    )

    limits: ClassVar[tuple[str, ...]] = LIMITS

    above: LimitField | None = None
    """Alert when the value is strictly more than this. A whole number, or a text: a number with
    or without a suffix (% us ms s m h Ki Mi Gi Ti), or $ and the name of one of the rule's
    `parameters`. Without a suffix it is in the metric's unit; a suffix needs `metric.unit`. Write
    20% or quote it: an unquoted 0.2 is refused. Default: no upper limit. Example: `200ms`."""

    below: LimitField | None = None
    """Alert when the value is strictly less than this; written like `above`. Default: no lower
    limit. Example: `90%`."""

    recover_below: LimitField | None = None
    """An alert that is above ends only at this value or less; between it and `above` a firing
    alert keeps firing, and no new one begins. Written like `above`, and at most that. Default:
    the same as `above`. Example: `150ms`."""

    recover_above: LimitField | None = None
    """An alert that is below ends only at this value or more; between `below` and it a firing
    alert keeps firing, and no new one begins. Written like `above`, and at least `below`.
    Default: the same as `below`. Example: `92%`."""

    confidence: AmountField | None = None
    """For shares of a number of samples, which the rule's `minSamples` counts: how sure it has to
    be that the true share is beyond the limit, from 50% to 99.99% (Wilson's bound). What is beyond
    it without being sure neither fires nor ends an alert. Default: any value counts. Example:
    `95%`."""

    def to_core(self, parameters: Mapping[str, Amount], namespace: str) -> Threshold:
        """The limits in base units; a parameter stands for its value in the rule.

        Raises:
            ValueError: an amount does not fit the unit; `misfits` tells before.
            KeyError: there is no such parameter.
        """
        limits = (self.above, self.below, self.recover_below, self.recover_above)
        unit = self.metric.unit
        confidence = None if self.confidence is None else self.confidence.in_base(Unit.RATIO)
        values = (None if a is None else in_force(a, parameters).in_base(unit) for a in limits)
        return replace(Threshold(*values), confidence=confidence)

    def named(self) -> Iterator[tuple[str, str]]:
        """Each limit that a parameter gives, by its name in the core, and the parameter's name."""
        for name in ("above", "below", "recover_below", "recover_above"):
            if isinstance(limit := getattr(self, name), Reference):
                yield name, limit.name

    @classmethod
    def clashes(cls, written: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """A confidence that is none, and one in what is no share."""
        if written.get("confidence") is None:
            return
        if at(written, "metric.unit") not in (Unit.RATIO, Unit.PERCENT):
            yield "confidence", "it is for shares: set metric.unit to Ratio or Percent"
        try:
            sure = read_amount(written["confidence"]).in_base(Unit.RATIO)
        except ValueError as error:
            yield "confidence", str(error)
            return
        if not 0.5 <= sure <= 0.9999:
            yield "confidence", "it is from 50% to 99.99%: write 95%"

    @classmethod
    def misfits(
        cls, amounts: Mapping[str, Amount], unit: Unit | None, written: Set[str]
    ) -> Iterator[tuple[str, str]]:
        """What has no limit, a recovery without its limit, and limits that cross."""
        if not written & {"above", "below"}:
            yield "", NO_LIMIT
        if "recoverBelow" in amounts and "above" not in written:
            yield "recoverBelow", _NEEDS_ABOVE
        if "recoverAbove" in amounts and "below" not in written:
            yield "recoverAbove", _NEEDS_BELOW
        values: dict[str, float] = {}
        for name, amount in amounts.items():
            try:
                values[name] = amount.in_base(unit)
            except ValueError as error:
                yield name, str(error)
        for low, high, message, field in _ORDER:
            if low in values and high in values and values[low] > values[high]:
                yield field, message
