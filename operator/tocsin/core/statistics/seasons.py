"""What a series is like at this time of the day or of the week."""

from dataclasses import dataclass
from datetime import timedelta

from tocsin.core.durations import format_duration
from tocsin.core.statistics.baselines import (
    MAD_TO_SIGMA,
    Baseline,
    Floors,
    WarmingUp,
    around,
    median,
)
from tocsin.core.statistics.points import Points


@dataclass(frozen=True, slots=True)
class Season:
    """Seconds after which the series repeats itself, and how many times are looked back at.

    `width` are the seconds around the same time that count as the same, half of them on each side;
    at least `least` of the `periods` need points there. Seconds know no summer time: after the
    clocks change, a day's habits are an hour off until they have moved on.
    """

    period: float = 7 * 24 * 3600.0
    periods: int = 4
    least: int = 3
    width: float = 3600.0


_WEEKLY = Season()
_FLOORS = Floors()


def by_season(
    points: Points, at: float, season: Season = _WEEKLY, floors: Floors = _FLOORS
) -> Baseline | WarmingUp:
    """Median and scaled median deviation of the points at the same time of former periods.

    `at` is the time of the value to be scored, in seconds on the clock of the points.
    """
    times: list[float] = []
    values: list[float] = []
    seen = 0
    for back in range(season.periods, 0, -1):
        middle = at - back * season.period
        same = points.within(middle - season.width / 2, middle + season.width / 2)
        times += same.times
        values += same.values
        seen += bool(same.values)
    least = max(1, season.least)
    if seen < least:
        return _missing(seen, least, season)
    centre = median(sorted(values))
    spread = MAD_TO_SIGMA * median(sorted([abs(value - centre) for value in values]))
    return around(centre, spread, Points(times, values), floors)


def _missing(seen: int, least: int, season: Season) -> WarmingUp:
    period = format_duration(timedelta(seconds=season.period))
    reason = f"warming up: {seen} of {least} former periods of {period} have points at this time"
    return WarmingUp(0, (least - seen) * season.period, reason)
