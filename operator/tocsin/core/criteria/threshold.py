"""Threshold: a value strictly above or strictly below a limit, with hysteresis on the way back."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from tocsin.core.amounts import Amount, Unit, format_amount
from tocsin.core.metrics import Question
from tocsin.core.reduction import Reading, Reduce, reduce_samples
from tocsin.core.samples import Sample
from tocsin.core.statistics.proportions import wilson_lower, wilson_upper
from tocsin.core.verdicts import Outcome, Verdict


@dataclass(frozen=True)
class Threshold:
    """Limits in base units; at least one of `above` and `below` is set.

    Met: value > above, or value < below. NotMet: value ≤ recover_below (by default `above`) and
    value ≥ recover_above (by default `below`). Deadband: neither. With `confidence`, as 0.95,
    values are shares of a number of samples, and are met only where that number makes it sure.
    """

    above: float | None = None
    below: float | None = None
    recover_below: float | None = None
    recover_above: float | None = None
    confidence: float | None = None

    agos: ClassVar[tuple[timedelta, ...]] = (timedelta(),)
    beside: ClassVar[tuple[Question, ...]] = ()
    judges_silence: ClassVar[bool] = False
    reads_histograms: ClassVar[bool] = False

    def read(
        self, samples: tuple[tuple[Sample, ...], ...], how: Reduce, unit: Unit | None
    ) -> Reading:
        """The samples as one value."""
        return reduce_samples(how, unit, self.excess, samples[0])

    def verdict(self, reading: Reading) -> Verdict:
        """The verdict on a value in base units; NaN is no data."""
        value = reading.value
        if (self.above is not None and value > self.above) or (
            self.below is not None and value < self.below
        ):
            return Verdict.MET
        upper = self.above if self.recover_below is None else self.recover_below
        lower = self.below if self.recover_above is None else self.recover_above
        if (upper is not None and value > upper) or (lower is not None and value < lower):
            return Verdict.DEADBAND
        return Verdict.UNKNOWN if math.isnan(value) else Verdict.NOT_MET

    def judge(self, reading: Reading, unit: Unit | None) -> Outcome:
        """The verdict on a value in base units, and its reason in words."""
        value = reading.value
        verdict, shown = self.verdict(reading), format_amount(value, unit)
        if verdict is Verdict.UNKNOWN:
            return Outcome(verdict, "the query returned NaN, which is no data")
        limit, recovery, side = self._side(value)
        match verdict:
            case Verdict.MET:
                reason = f"{shown} is {side} {format_amount(limit, unit)}"
            case Verdict.DEADBAND:
                reason = f"{shown} has not recovered to {format_amount(recovery, unit)}"
            case _:
                reason = f"{shown} is within {format_amount(limit, unit)}"
        return Outcome(verdict, reason, limit)

    def is_sure(self, share: float, samples: float) -> bool:
        """Whether so many samples make it sure that the true share is beyond a limit (Wilson).

        Without `confidence` any value is sure.
        """
        if self.confidence is None:
            return True
        hits = min(1.0, max(0.0, share)) * samples
        if self.above is not None and wilson_lower(hits, samples, self.confidence) > self.above:
            return True
        return self.below is not None and wilson_upper(hits, samples, self.confidence) < self.below

    @property
    def limit(self) -> float | None:
        """The limit to name where there is no value: the upper one, else the lower one."""
        return self.below if self.above is None else self.above

    def described(self, unit: Unit | None) -> str:
        """When it is met, in words: "above 200ms", "above 5 or below 1", "above 5%, 95% sure"."""
        limits = (("above", self.above), ("below", self.below))
        beyond = " or ".join(
            f"{name} {format_amount(limit, unit)}" for name, limit in limits if limit is not None
        )
        if self.confidence is None:
            return beyond
        return f"{beyond}, {format_amount(self.confidence, Unit.RATIO)} sure"

    def recovery(self, unit: Unit | None) -> str:
        """Which values end it, in words: "150ms or less", "1 or more", "between 1 and 5"."""
        upper, lower = self._recovery_limits()
        if upper is None:
            return f"{format_amount(lower or 0.0, unit)} or more"
        if lower is None:
            return f"{format_amount(upper, unit)} or less"
        return f"between {format_amount(lower, unit)} and {format_amount(upper, unit)}"

    def excess(self, value: float) -> float:
        """How far `value` is on the bad side of the nearest limit; negative on the good side."""
        beyond = []
        if self.above is not None:
            beyond.append(value - self.above)
        if self.below is not None:
            beyond.append(self.below - value)
        return max(beyond)

    def contradiction(self, unit: Unit | None) -> str:
        """Why no value could be good, if the limits leave none."""
        upper, lower = self._recovery_limits()
        if self.above is not None and self.below is not None and self.below > self.above:
            return _crossing("below", self.below, "above", self.above, unit, "alert")
        if upper is not None and lower is not None and lower > upper:
            return _crossing("recoverAbove", lower, "recoverBelow", upper, unit, "keep an alert")
        return ""

    def with_amounts(self, amounts: Mapping[str, Amount], unit: Unit | None) -> "Threshold":
        """The same with other limits; recoveries that these have put before them move along.

        Raises:
            ValueError: an amount does not fit the unit.
        """
        limits = {name: amount.in_base(unit) for name, amount in amounts.items()}
        new = replace(self, **limits)
        return replace(
            new,
            recover_below=new._within(new.recover_below),  # noqa: SLF001  # one of our own
            recover_above=new._within(new.recover_above),  # noqa: SLF001  # one of our own
        )

    def _within(self, recovery: float | None) -> float | None:
        if recovery is None:
            return None
        recovery = recovery if self.above is None else min(recovery, self.above)
        return recovery if self.below is None else max(recovery, self.below)

    def _side(self, value: float) -> tuple[float, float, str]:
        """The limit that `value` has passed or is nearest to, its recovery, and its name."""
        sides = []
        if self.above is not None:
            recovery = self.above if self.recover_below is None else self.recover_below
            sides.append((value - recovery, self.above, recovery, "above"))
        if self.below is not None:
            recovery = self.below if self.recover_above is None else self.recover_above
            sides.append((recovery - value, self.below, recovery, "below"))
        # Equally far from both: the upper one, as it is named first.
        _, limit, recovery, side = max(sides, key=lambda one: one[0])
        return limit, recovery, side

    def _recovery_limits(self) -> tuple[float | None, float | None]:
        upper = self.above if self.recover_below is None else self.recover_below
        lower = self.below if self.recover_above is None else self.recover_above
        return upper, lower


def _crossing(
    low: str, lower: float, high: str, upper: float, unit: Unit | None, every_value: str
) -> str:
    shown = f"{low} ({format_amount(lower, unit)}) would be more than"
    return f"{shown} {high} ({format_amount(upper, unit)}), and every value would {every_value}"
