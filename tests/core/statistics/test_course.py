"""The recent past of a series, point by point or at once."""

from math import isfinite, nan

from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.statistics.course import Course
from tocsin.core.statistics.points import Points

STEP = 60.0
past = st.dictionaries(st.integers(0, 1500), st.one_of(st.just(nan), st.floats(-1e9, 1e9)))


def pairs(slots: dict[int, float]) -> list[tuple[float, float]]:
    return [(slot * STEP, slots[slot]) for slot in sorted(slots)]


@given(past, st.integers(1, 1000))
def test_point_by_point_and_at_once_are_the_same(slots: dict[int, float], keep: int) -> None:
    one = Course(STEP, keep)
    for time, value in pairs(slots):
        one = one.then(time, value)
    other = Course.of(pairs(slots), STEP, keep)
    start = (max(slots, default=0) - keep + 1) * STEP
    assert one.points(start, 1e6) == other.points(start, 1e6)
    assert one.end == other.end or not slots


@given(past, st.integers(-5, 1600), st.integers(-5, 1600))
def test_points_are_those_between_two_times(slots: dict[int, float], start: int, end: int) -> None:
    course = Course.of(pairs(slots), STEP, 2000)
    expected = [(t, v) for t, v in pairs(slots) if start <= t / STEP <= end and isfinite(v)]
    assert course.points(start * STEP, end * STEP) == Points.of(expected)


@given(st.integers(1, 900), st.integers(1, 2000))
def test_no_more_is_kept_than_asked_for_and_a_piece(keep: int, count: int) -> None:
    course = Course(STEP, keep)
    for slot in range(count):
        course = course.then(slot * STEP, 1.0)
    kept = course.end - course.first
    assert min(keep, count) <= kept < keep + 256
    assert kept == sum(len(piece) for piece in course.pieces)


def test_what_continues_it_leaves_it_as_it_was() -> None:
    course = Course.of([(0, 1.0), (60, 2.0)], STEP, 10)
    assert course.then(120, 3.0).points(0, 120).values == [1, 2, 3]
    assert course.then(60, 9.0).points(0, 120).values == [1, 9]
    assert course.points(0, 120).values == [1, 2]


def test_a_value_that_comes_late_is_not_taken_in() -> None:
    course = Course.of([(0, 1.0), (60, 2.0)], STEP, 10)
    assert course.then(0, 9.0) is course


def test_after_a_gap_longer_than_what_is_kept_it_begins_anew() -> None:
    course = Course.of([(0, 1.0)], STEP, 10).then(1e12, 2.0)
    assert (course.end - course.first, course.points(0, 2e12).values) == (1, [2])
