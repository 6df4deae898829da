"""What is normal, how far a value is from it, and when that cannot be said yet."""

from math import inf, isnan, nan, sqrt
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.statistics.baselines import (
    Baseline,
    Floors,
    WarmingUp,
    WarmUp,
    by_mean,
    by_median,
)
from tocsin.core.statistics.points import Points

AT_ONCE = WarmUp(points=1, span=0)
BARE = Floors(relative=0, absolute=0)
CONTAMINATED = [100.0, 101, 99, 100, 102, 98, 100, 101, 99, 100, 500, 520]

numbers = st.lists(st.integers(-1000, 1000).map(float), min_size=2, max_size=60)


def series(values: list[float], every: float = 60) -> Points:
    return Points.of((i * every, value) for i, value in enumerate(values))


def known(baseline: Baseline | WarmingUp) -> Baseline:
    assert isinstance(baseline, Baseline), baseline
    return baseline


def test_outliers_in_the_baseline_blind_the_mean_and_not_the_median() -> None:
    points = series(CONTAMINATED)
    z = known(by_mean(points, BARE, AT_ONCE)).score(150)
    robust = known(by_median(points, BARE, AT_ONCE)).score(150)
    assert z == pytest.approx(-0.115, abs=5e-4)
    assert robust == pytest.approx(33.72, abs=5e-3)


def test_five_percent_of_the_centre_are_the_least_scale() -> None:
    baseline = known(by_median(series(CONTAMINATED), warm_up=AT_ONCE))
    assert (baseline.centre, baseline.scale) == (100, 5)
    assert baseline.spread == pytest.approx(1.4826)
    assert baseline.score(150) == 10


def test_the_largest_floor_holds() -> None:
    points = series([10, 10, 10])
    assert known(by_mean(points, Floors(0.05, 2), AT_ONCE)).score(14) == 2
    assert known(by_mean(points, Floors(0.5, 2), AT_ONCE)).score(15) == 1


def test_what_never_moved_is_as_ever_and_any_step_is_infinitely_far() -> None:
    for method in (by_mean, by_median):
        baseline = known(method(series([0.0] * 60), warm_up=AT_ONCE))
        assert baseline.score(0) == 0
        assert (baseline.score(1e-9), baseline.score(-1e-9)) == (inf, -inf)


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_what_is_no_number_has_no_score(value: float) -> None:
    assert isnan(known(by_mean(series(CONTAMINATED), warm_up=AT_ONCE)).score(value))


def test_values_that_are_no_numbers_are_not_in_the_baseline() -> None:
    points = series([1, nan, 2, inf, 3, -inf])
    baseline = known(by_mean(points, BARE, AT_ONCE))
    assert (baseline.centre, baseline.points) == (2, 3)


def test_warming_up_says_what_is_missing() -> None:
    missing = by_mean(series([1.0] * 31, every=600))
    assert missing == WarmingUp(
        19,
        19 * 3600,
        "warming up: 31 points over 5h so far; 19 more points and 19h more of history needed",
    )


def test_enough_points_of_too_short_a_time_are_not_enough_nor_few_of_a_long_one() -> None:
    short, long = by_median(series([1.0] * 500)), by_median(series([1.0] * 49, every=3600))
    assert isinstance(short, WarmingUp)
    assert isinstance(long, WarmingUp)
    assert (short.points, long.points) == (0, 1)
    assert long.reason.endswith("so far; 1 more point needed")
    assert short.reason.endswith("so far; 15h41m more of history needed")
    assert isinstance(by_mean(series([1.0] * 50, every=1800)), Baseline)


def test_nothing_at_all_is_warming_up_even_if_nothing_is_asked() -> None:
    for by in (by_mean, by_median):
        assert isinstance(by(series([]), BARE, WarmUp(0, 0)), WarmingUp)


def test_a_point_in_its_own_baseline_cannot_be_far() -> None:
    """Why the baseline has to end before the value: of 10 points none is beyond 3 sigma."""
    values = [*[1.0] * 9, 1e9]
    score = known(by_mean(series(values), BARE, AT_ONCE)).score(1e9)
    assert score == pytest.approx(9 / sqrt(10))


@given(numbers)
def test_mean_and_deviation_are_those_of_the_standard_library(values: list[float]) -> None:
    baseline = known(by_mean(series(values), BARE, AT_ONCE))
    assert baseline.centre == pytest.approx(mean(values), abs=1e-9)
    assert baseline.spread == pytest.approx(stdev(values), abs=1e-9)


@given(numbers, st.floats(-2000, 2000), st.floats(1e-3, 1e3), st.booleans())
def test_the_unit_of_the_values_does_not_matter(
    values: list[float], value: float, unit: float, robust: bool
) -> None:
    method = by_median if robust else by_mean
    floors = Floors(0.05)
    one = known(method(series(values), floors, AT_ONCE))
    other = known(method(series([unit * each for each in values]), floors, AT_ONCE))
    if one.scale > 1e-6:
        assert other.score(unit * value) == pytest.approx(one.score(value), rel=1e-6, abs=1e-6)


@given(numbers, st.integers(-1000, 1000), st.booleans())
def test_where_the_zero_is_does_not_matter_without_a_relative_floor(
    values: list[float], by: int, robust: bool
) -> None:
    method, floors = by_median if robust else by_mean, Floors(0, 1)
    one = known(method(series(values), floors, AT_ONCE))
    other = known(method(series([each + by for each in values]), floors, AT_ONCE))
    assert other.score(5.0 + by) == pytest.approx(one.score(5), abs=1e-9)


@given(numbers, st.booleans())
def test_the_order_of_the_values_does_not_matter(values: list[float], robust: bool) -> None:
    method = by_median if robust else by_mean
    one = known(method(series(values), BARE, AT_ONCE))
    other = known(method(series(values[::-1]), BARE, AT_ONCE))
    assert (one.centre, one.spread) == pytest.approx((other.centre, other.spread))


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=60))
def test_no_value_however_large_is_an_error(values: list[float]) -> None:
    for method in (by_mean, by_median):
        baseline = method(series(values), warm_up=AT_ONCE)
        if isinstance(baseline, Baseline):
            assert baseline.scale >= 0
            baseline.score(1.0)
