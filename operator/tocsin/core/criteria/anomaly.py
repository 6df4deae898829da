"""Anomaly: a value that is far from what its series is like as a rule."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Final

from tocsin.core.amounts import Amount, Unit, format_amount
from tocsin.core.durations import format_duration
from tocsin.core.metrics import Question
from tocsin.core.reduction import Lacking, Reading, Reduce, reduce_samples
from tocsin.core.samples import Sample
from tocsin.core.statistics.baselines import (
    Baseline,
    Floors,
    WarmingUp,
    WarmUp,
    by_mean,
    by_median,
)
from tocsin.core.statistics.points import Points
from tocsin.core.statistics.seasons import Season, by_season
from tocsin.core.verdicts import Outcome, Verdict

_HOUR: Final = 3600.0
_DAY: Final = 24 * _HOUR
#: So many points a window has at most; more would say nothing more.
_POINTS: Final = 4320


class Method(StrEnum):
    """What a series is like: its mean, its median, or what it was at the same time before."""

    Z_SCORE = "ZScore"
    ROBUST = "Robust"
    SEASONAL = "Seasonal"


class Direction(StrEnum):
    """Which side of the baseline is bad."""

    BOTH = "Both"
    UP = "Up"
    DOWN = "Down"


@dataclass(frozen=True)
class Anomaly:
    """Met when a value is more than so many `deviations` from the baseline.

    The baseline is made of the values of `window` that ends `ending_before` now; `least` is the
    smallest deviation, in base units, that a series is taken to have.
    """

    method: Method
    deviations: float
    window: timedelta
    ending_before: timedelta
    direction: Direction = Direction.BOTH
    least: float = 0.0

    agos: ClassVar[tuple[timedelta, ...]] = (timedelta(),)
    beside: ClassVar[tuple[Question, ...]] = ()
    judges_silence: ClassVar[bool] = False
    reads_histograms: ClassVar[bool] = False
    limit: ClassVar[None] = None

    def step(self, interval: timedelta) -> float:
        """Seconds between the points of the past, for a rule with this interval."""
        return max(interval.total_seconds(), self.window.total_seconds() / _POINTS)

    def like(self, points: Points, at: float) -> Baseline | WarmingUp:
        """What a series with this past is like for a value of the time `at`, in seconds.

        At least 50 points over a day are needed, or over half of a shorter window.
        """
        floors = Floors(absolute=self.least)
        warm_up = WarmUp(span=min(_DAY, self.window.total_seconds() / 2))
        match self.method:
            case Method.Z_SCORE:
                return by_mean(points, floors, warm_up)
            case Method.ROBUST:
                return by_median(points, floors, warm_up)
            case Method.SEASONAL:
                return by_season(points, at, self.season, floors)

    @property
    def season(self) -> Season:
        """By weeks where the window has three of them, else by days."""
        window = self.window.total_seconds()
        period = 7 * _DAY if window >= 21 * _DAY else _DAY
        return Season(period=period, periods=max(3, int(window // period)))

    def read(
        self, samples: tuple[tuple[Sample, ...], ...], how: Reduce, unit: Unit | None
    ) -> Reading:
        """The value, not yet measured against its baseline."""
        return reduce_samples(how, unit, self.excess, samples[0])

    def excess(self, value: float) -> float:
        """Which of several values is the worst: the largest, or the smallest for Down."""
        return -value if self.direction is Direction.DOWN else value

    def measured(self, reading: Reading, like: Baseline | WarmingUp) -> Reading | Lacking:
        """The value with its baseline and the band around it that is good."""
        if isinstance(like, WarmingUp):
            return Lacking(_missing(like), measured=like.reason, warming=like)
        room = self.deviations * like.scale
        return reading._replace(baseline=like.centre, band=(like.centre - room, like.centre + room))

    def warm_after(self, like: WarmingUp, interval: timedelta) -> timedelta:
        """After which time at the earliest a series with this past is known well enough."""
        return timedelta(seconds=max(like.span, like.points * self.step(interval)))

    def verdict(self, reading: Reading) -> Verdict:
        """Whether the value is outside of the band, on a side that is bad."""
        if math.isnan(reading.value) or reading.band is None:
            return Verdict.UNKNOWN
        low, high = reading.band
        up = reading.value > high and self.direction is not Direction.DOWN
        down = reading.value < low and self.direction is not Direction.UP
        return Verdict.MET if up or down else Verdict.NOT_MET

    def judge(self, reading: Reading, unit: Unit | None) -> Outcome:
        """The verdict; its limit is the edge of the band that is nearest."""
        if math.isnan(reading.value) or reading.band is None or reading.baseline is None:
            return Outcome(Verdict.UNKNOWN, "the query returned NaN, which is no data")
        verdict, (low, high) = self.verdict(reading), reading.band
        side = "above" if reading.value >= reading.baseline else "below"
        away = _away(reading.value - reading.baseline, (high - reading.baseline) / self.deviations)
        shown, usual = format_amount(reading.value, unit), format_amount(reading.baseline, unit)
        more = "more" if verdict is Verdict.MET else "not more"
        reason = (
            f"{shown} is {away} deviations {side} the usual {usual}, {more} than the "
            f"{format_amount(self.deviations, None)} allowed"
        )
        upper = self.direction is Direction.UP or (
            self.direction is Direction.BOTH and side == "above"
        )
        return Outcome(verdict, reason, high if upper else low)

    def described(self, unit: Unit | None) -> str:
        """When it is met: "more than 3 deviations from the usual of 3d"."""
        away = {Direction.BOTH: "from", Direction.UP: "above", Direction.DOWN: "below"}
        many = format_amount(self.deviations, None)
        usual = f"the usual of {format_duration(self.window)}"
        return f"more than {many} deviations {away[self.direction]} {usual}"

    def recovery(self, unit: Unit | None) -> str:
        """What ends it."""
        return f"{format_amount(self.deviations, None)} deviations or less"

    def with_amounts(self, amounts: Mapping[str, Amount], unit: Unit | None) -> "Anomaly":
        """The same with other limits: `deviations`, and `least` in the metric's unit.

        Raises:
            ValueError: an amount does not fit.
        """
        changed = self
        if "deviations" in amounts:
            changed = replace(changed, deviations=deviations_of(amounts["deviations"]))
        if "least" in amounts:
            changed = replace(changed, least=amounts["least"].in_base(unit))
        return changed

    def contradiction(self, unit: Unit | None) -> str:
        """None: any limit leaves values that are good."""
        return ""


def deviations_of(amount: Amount) -> float:
    """How many deviations an amount means.

    Raises:
        ValueError: it is not a number of 1 or more.
    """
    if amount.suffix or amount.number < 1:
        raise ValueError("deviations are a number of 1 or more: write 3")
    return amount.number


def _missing(like: WarmingUp) -> str:
    """What is still missing, in steps that a status can follow: hours, and then ten minutes."""
    if like.span > 0:
        step = _HOUR if like.span > _HOUR else _HOUR / 6
        most = timedelta(seconds=math.ceil(like.span / step) * step)
        return f"warming up: up to {format_duration(most)} more of its history is needed"
    if like.points > 0:
        return "warming up: its history has too few points"
    return like.reason


def _away(difference: float, scale: float) -> str:
    return format_amount(abs(difference) / scale, None) if scale > 0 else "+Inf"
