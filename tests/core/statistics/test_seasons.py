"""The same hour of former days and weeks."""

from math import sin, tau

import pytest

from tocsin.core.statistics.baselines import Baseline, WarmingUp, by_mean
from tocsin.core.statistics.points import Points
from tocsin.core.statistics.seasons import Season, by_season

HOUR, DAY = 3600.0, 86400.0
DAILY = Season(period=DAY, periods=7, least=3)


def waves(days: int, every: float = 300) -> Points:
    """A load that swings between 0 at 18:00 and 200 at 06:00."""
    count = int(days * DAY / every)
    return Points.of((i * every, 100 + 100 * sin(tau * i * every / DAY)) for i in range(count))


def known(baseline: Baseline | WarmingUp) -> Baseline:
    assert isinstance(baseline, Baseline), baseline
    return baseline


def test_a_peak_at_the_time_of_a_trough_is_seen_where_the_mean_of_all_does_not_see_it() -> None:
    points, evening = waves(7), 7 * DAY + 18 * HOUR
    assert abs(known(by_mean(points)).score(180)) < 3
    assert known(by_season(points, evening, DAILY)).score(180) > 3
    morning = 7 * DAY + 6 * HOUR
    assert abs(known(by_season(points, morning, DAILY)).score(180)) < 3


def test_only_the_same_time_counts() -> None:
    baseline = known(by_season(waves(7), 7 * DAY + 6 * HOUR, DAILY))
    assert baseline.centre == pytest.approx(200, rel=0.01)
    assert baseline.points == 7 * 12
    assert baseline.span == pytest.approx(6 * DAY + 55 * 60)


def test_one_strange_day_does_not_move_it() -> None:
    points, at = waves(7), 7 * DAY + 6 * HOUR
    values = [
        5000.0 if 2 * DAY <= time < 3 * DAY else value
        for time, value in zip(points.times, points.values, strict=True)
    ]
    strange = known(by_season(Points(points.times, values), at, DAILY))
    assert strange.centre == pytest.approx(known(by_season(points, at, DAILY)).centre, rel=0.01)


def test_too_few_former_periods_are_said() -> None:
    missing = by_season(waves(2), 2 * DAY + 6 * HOUR, DAILY)
    assert missing == WarmingUp(
        0, DAY, "warming up: 2 of 3 former periods of 1d have points at this time"
    )


def test_without_a_point_there_is_no_baseline() -> None:
    assert isinstance(by_season(Points([], []), 0, Season(least=0)), WarmingUp)


def test_a_point_an_hour_is_enough() -> None:
    points = Points.of((hour * HOUR, float(hour % 168)) for hour in range(4 * 168))
    baseline = known(by_season(points, 4 * 168 * HOUR + 50 * HOUR))
    assert (baseline.centre, baseline.points) == (50, 4)
