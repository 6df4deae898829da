"""Threshold: a value strictly above or strictly below a limit, with hysteresis on the way back."""

import math
from dataclasses import dataclass

from tocsin.core.amounts import Unit, format_amount
from tocsin.core.verdicts import Outcome, Verdict


@dataclass(frozen=True)
class Threshold:
    """Limits in base units; at least one of `above` and `below` is set.

    Met: value > above, or value < below. NotMet: value ≤ recover_below (by default `above`) and
    value ≥ recover_above (by default `below`). Deadband: neither.
    """

    above: float | None = None
    below: float | None = None
    recover_below: float | None = None
    recover_above: float | None = None

    def judge(self, value: float, unit: Unit | None) -> Outcome:
        """The verdict on `value`, in base units; NaN is no data."""
        if math.isnan(value):
            return Outcome(Verdict.UNKNOWN, "the query returned NaN, which is no data")
        shown = format_amount(value, unit)
        if self.above is not None and value > self.above:
            limit = format_amount(self.above, unit)
            return Outcome(Verdict.MET, f"{shown} is above {limit}", self.above)
        if self.below is not None and value < self.below:
            limit = format_amount(self.below, unit)
            return Outcome(Verdict.MET, f"{shown} is below {limit}", self.below)
        return self._judge_recovery(value, shown, unit)

    def described(self, unit: Unit | None) -> str:
        """When it is met, in words: "above 200ms", "above 5 or below 1"."""
        limits = (("above", self.above), ("below", self.below))
        return " or ".join(
            f"{name} {format_amount(limit, unit)}" for name, limit in limits if limit is not None
        )

    def excess(self, value: float) -> float:
        """How far `value` is on the bad side of the nearest limit; negative on the good side."""
        beyond = []
        if self.above is not None:
            beyond.append(value - self.above)
        if self.below is not None:
            beyond.append(self.below - value)
        return max(beyond)

    def _judge_recovery(self, value: float, shown: str, unit: Unit | None) -> Outcome:
        upper = self.above if self.recover_below is None else self.recover_below
        lower = self.below if self.recover_above is None else self.recover_above
        if upper is not None and value > upper:
            reason = f"{shown} has not recovered to {format_amount(upper, unit)}"
            return Outcome(Verdict.DEADBAND, reason, self.above)
        if lower is not None and value < lower:
            reason = f"{shown} has not recovered to {format_amount(lower, unit)}"
            return Outcome(Verdict.DEADBAND, reason, self.below)
        limit = self._nearest(value)
        return Outcome(Verdict.NOT_MET, f"{shown} is within {format_amount(limit, unit)}", limit)

    def _nearest(self, value: float) -> float:
        limits = [limit for limit in (self.above, self.below) if limit is not None]
        return min(limits, key=lambda limit: abs(value - limit))
