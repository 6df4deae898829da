"""What a series is like as a rule, and how far a value is from that."""

from dataclasses import dataclass
from datetime import timedelta
from math import copysign, fsum, hypot, inf, isfinite, nan, sqrt

from tocsin.core.durations import format_duration
from tocsin.core.statistics.points import Points

#: Makes the median deviation of normal values their standard deviation: 1/Φ⁻¹(¾).
MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True, slots=True)
class Floors:
    """The least scale: a share of the centre, and an amount in the unit of the values.

    A series that hardly moves would call each small step an anomaly.
    """

    relative: float = 0.05
    absolute: float = 0.0


@dataclass(frozen=True, slots=True)
class WarmUp:
    """How many points, over how many seconds, are needed to say what a series is like."""

    points: int = 50
    span: float = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Baseline:
    """Centre and scale of a series; `spread` is the scale before floors.

    `points` are what it rests on and `span` the seconds between the first and the last of them.
    """

    centre: float
    spread: float
    scale: float
    points: int
    span: float

    def score(self, value: float) -> float:
        """How many scales `value` is above the centre; negative below, NaN for NaN.

        Where nothing ever moved and no floor holds, any difference is infinite.
        """
        if not isfinite(value):
            return nan
        difference = value - self.centre
        if self.scale > 0:
            return difference / self.scale
        return copysign(inf, difference) if difference else 0.0


@dataclass(frozen=True, slots=True)
class WarmingUp:
    """There is no baseline yet: what is still missing, and the same in words."""

    points: int
    span: float
    reason: str


def by_mean(
    points: Points, floors: Floors = Floors(), warm_up: WarmUp = WarmUp()
) -> Baseline | WarmingUp:
    """Mean and standard deviation (n−1). The value to be scored must not be among the points.

    With it among n points no score is above (n−1)/√n.
    """
    if missing := still_missing(points, warm_up):
        return missing
    values, n = points.values, len(points.values)
    try:
        centre = fsum(values) / n
    except OverflowError:
        centre = fsum(value / n for value in values)
    spread = hypot(*[value - centre for value in values]) / sqrt(max(1, n - 1))
    return around(centre, spread, points, floors)


def by_median(
    points: Points, floors: Floors = Floors(), warm_up: WarmUp = WarmUp()
) -> Baseline | WarmingUp:
    """Median and 1.4826 times the median absolute deviation: a few outliers do not move them.

    The deviation is 0 if half of the values are equal; then only floors hold.
    """
    if missing := still_missing(points, warm_up):
        return missing
    centre = median(sorted(points.values))
    spread = MAD_TO_SIGMA * median(sorted([abs(value - centre) for value in points.values]))
    return around(centre, spread, points, floors)


def still_missing(points: Points, warm_up: WarmUp) -> WarmingUp | None:
    """What is missing until `warm_up` is reached; None if nothing is."""
    seen, span = len(points.values), points.span
    more, longer = max(0, max(1, warm_up.points) - seen), max(0.0, warm_up.span - span)
    if not more and not longer:
        return None
    wanted = []
    if more:
        wanted.append(f"{more} more point{'s' * (more > 1)}")
    if longer:
        wanted.append(f"{_duration(longer)} more of history")
    over = f"{seen} points over {_duration(span)} so far"
    return WarmingUp(more, longer, f"warming up: {over}; {' and '.join(wanted)} needed")


def around(centre: float, spread: float, points: Points, floors: Floors) -> Baseline:
    """The baseline of `points`, with its scale not below the floors."""
    scale = max(spread, floors.relative * abs(centre), floors.absolute)
    return Baseline(centre, spread, scale, len(points.values), points.span)


def median(ascending: list[float]) -> float:
    """The middle of sorted values, at least one; of two, their mean."""
    half = len(ascending) // 2
    if len(ascending) % 2:
        return ascending[half]
    return ascending[half - 1] / 2 + ascending[half] / 2


def _duration(seconds: float) -> str:
    return format_duration(timedelta(seconds=round(seconds)))
