"""Points of a series: what is one, and which lie where."""

from math import inf, nan

from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.statistics.points import Interval, Points

times = st.integers(0, 100).map(float)
series = st.lists(st.tuples(times, st.floats(-1e6, 1e6))).map(Points.of)
intervals = st.lists(st.tuples(times, times).map(lambda ends: Interval(*sorted(ends))))


def test_what_is_no_number_is_no_point_and_times_ascend() -> None:
    points = Points.of([(3, 1.0), (1, nan), (2, inf), (0, 4.0)])
    assert points == Points([0, 3], [4.0, 1.0])
    assert points.span == 3


def test_nothing_spans_nothing() -> None:
    assert Points.of([]).span == 0


def test_the_start_of_a_window_is_outside_and_its_end_inside() -> None:
    assert Points([1, 2, 3, 4], [5, 6, 7, 8]).within(1, 3) == Points([2, 3], [6, 7])


@given(series, intervals)
def test_what_is_left_out_and_what_is_kept_are_all(points: Points, gone: list[Interval]) -> None:
    pairs = list(zip(points.times, points.values, strict=True))
    kept = [pair for pair in pairs if not any(low <= pair[0] <= high for low, high in gone)]
    rest = points.without(gone)
    assert list(zip(rest.times, rest.values, strict=True)) == kept
