"""Rate of change: a value now against the value some time before."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from tocsin.core.amounts import Amount, Unit, format_amount
from tocsin.core.durations import format_duration
from tocsin.core.metrics import Question
from tocsin.core.reduction import Lacking, Reading, Reduce, reduce_samples
from tocsin.core.samples import Sample
from tocsin.core.verdicts import Outcome, Verdict


@dataclass(frozen=True)
class Change:
    """By how much: an amount in base units, or a share of the former value (0.1 is 10 %)."""

    amount: float
    relative: bool

    @classmethod
    def of(cls, amount: Amount, unit: Unit | None) -> "Change":
        """The change that an amount means: with % a share, else an amount of the metric's unit.

        Raises:
            ValueError: it is not more than 0, or does not fit the unit.
        """
        if amount.suffix == "%":
            change = cls(amount.in_base(Unit.RATIO), relative=True)
        else:
            change = cls(amount.in_base(unit), relative=False)
        if change.amount <= 0:
            raise ValueError("a change is more than 0: write 10%, or an amount like 50ms")
        return change

    def shown(self, unit: Unit | None) -> str:
        """As text: "10%", "50ms"."""
        return format_amount(self.amount, Unit.RATIO if self.relative else unit)


@dataclass(frozen=True)
class RateOfChange:
    """Met when a value has changed by more than `by`, upwards or downwards, within `over`.

    The value before is read as the one now is: the worst of now against the worst of then.
    """

    over: timedelta
    by: Change
    increases: bool

    beside: ClassVar[tuple[Question, ...]] = ()
    judges_silence: ClassVar[bool] = False
    reads_histograms: ClassVar[bool] = False
    limit: ClassVar[None] = None

    @property
    def agos(self) -> tuple[timedelta, ...]:
        """Now, and `over` ago."""
        return (timedelta(), self.over)

    def read(
        self, samples: tuple[tuple[Sample, ...], ...], how: Reduce, unit: Unit | None
    ) -> Reading | Lacking:
        """The value now with the former one as its baseline."""
        now, before = samples
        ago = f"{format_duration(self.over)} ago"
        reading = reduce_samples(how, unit, self._excess, now)
        if math.isnan(reading.value):
            return reading
        if not before:
            return Lacking(f"there was no value {ago} to compare with")
        baseline = reduce_samples(how, unit, self._excess, before).value
        if not math.isfinite(baseline):
            return Lacking(f"the value {ago} was {format_amount(baseline, None)}, which is no data")
        if self.by.relative and baseline == 0:
            return Lacking(f"the value {ago} was 0, of which there is no share: use an amount")
        return reading._replace(baseline=baseline)

    def verdict(self, reading: Reading) -> Verdict:
        """Whether the value is beyond the baseline by more than the change."""
        if math.isnan(reading.value) or reading.baseline is None:
            return Verdict.UNKNOWN
        limit = self._limit(reading.baseline)
        beyond = reading.value > limit if self.increases else reading.value < limit
        return Verdict.MET if beyond else Verdict.NOT_MET

    def judge(self, reading: Reading, unit: Unit | None) -> Outcome:
        """The verdict; its limit is the value from which on it is met."""
        if math.isnan(reading.value) or reading.baseline is None:
            return Outcome(Verdict.UNKNOWN, "the query returned NaN, which is no data")
        verdict, baseline = self.verdict(reading), reading.baseline
        moved = "up" if reading.value > baseline else "down"
        by = Change(abs(self._moved(reading.value, baseline)), self.by.relative).shown(unit)
        changed = f"{moved} {by}" if reading.value != baseline else "unchanged"
        shown, before = format_amount(reading.value, unit), format_amount(baseline, unit)
        side = "more" if verdict is Verdict.MET else "not more"
        reason = (
            f"{shown} is {changed} from {before} {format_duration(self.over)} ago, "
            f"{side} than the {self.by.shown(unit)} {'up' if self.increases else 'down'} allowed"
        )
        return Outcome(verdict, reason, self._limit(baseline))

    def described(self, unit: Unit | None) -> str:
        """When it is met: "down more than 10% within 1h"."""
        side = "up" if self.increases else "down"
        return f"{side} more than {self.by.shown(unit)} within {format_duration(self.over)}"

    def recovery(self, unit: Unit | None) -> str:
        """What ends it: a smaller change."""
        return f"a change of {self.by.shown(unit)} or less"

    def with_amounts(self, amounts: Mapping[str, Amount], unit: Unit | None) -> "RateOfChange":
        """The same with another change, named `by`.

        Raises:
            ValueError: the amount is not more than 0, or does not fit the unit.
        """
        return replace(self, by=Change.of(amounts["by"], unit)) if "by" in amounts else self

    def contradiction(self, unit: Unit | None) -> str:
        """None: any change leaves values that are good."""
        return ""

    def _excess(self, value: float) -> float:
        return value if self.increases else -value

    def _moved(self, value: float, baseline: float) -> float:
        return (value - baseline) / (abs(baseline) if self.by.relative else 1.0)

    def _limit(self, baseline: float) -> float:
        step = self.by.amount * (abs(baseline) if self.by.relative else 1.0)
        return baseline + step if self.increases else baseline - step
