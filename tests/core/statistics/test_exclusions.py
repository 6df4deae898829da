"""Times that a baseline leaves out, and a level that stays."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.statistics.exclusions import left_out
from tocsin.core.statistics.points import Interval

DAY = 24 * 3600.0
WINDOW = Interval(0, 100)
times = st.integers(-50, 150).map(float)
intervals = st.lists(st.tuples(times, times).map(lambda ends: Interval(*sorted(ends))), max_size=8)


def test_only_what_lies_in_the_window_is_left_out_and_what_meets_is_one() -> None:
    gone = [Interval(40, 60), Interval(-10, 5), Interval(60, 70), Interval(95, 200)]
    gone.append(Interval(101, 102))
    assert left_out(gone, WINDOW, 100) == ((0, 5), (40, 70), (95, 100))


def test_of_too_much_the_newest_is_left_out() -> None:
    assert left_out([Interval(10, 30), Interval(80, 90)], WINDOW, 15) == ((25, 30), (80, 90))


def test_a_level_that_stays_enters_the_baseline_once_it_is_older_than_the_cap() -> None:
    """The rule fires from the shift on; the window is three days, the cap one and a half."""
    shift, new = 10 * DAY, []
    for days in (1, 1.5, 2, 2.5, 3, 4):
        now = shift + days * DAY
        window = Interval(now - 3 * DAY, now)
        gone = left_out([Interval(shift, now)], window, 1.5 * DAY)
        kept = 3 * DAY - sum(end - start for start, end in gone)
        old = max(0.0, shift - window.start)
        new.append((kept - old) / kept)
    assert new[:2] == [0, 0]
    assert new == sorted(new)
    assert new[2] > 0
    assert new[4:] == [1, 1]


@given(intervals, st.floats(0, 200))
def test_no_more_than_the_cap_and_nothing_else_is_left_out(
    gone: list[Interval], cap: float
) -> None:
    parts = left_out(gone, WINDOW, cap)
    assert sum(end - start for start, end in parts) <= cap + 1e-9
    for (_, end), (start, _) in pairwise(parts):
        assert end < start
    for part in parts:
        middle = (part.start + part.end) / 2
        assert WINDOW.start <= part.start <= part.end <= WINDOW.end
        assert any(start <= middle <= end for start, end in gone)


@given(intervals)
def test_with_a_cap_as_long_as_the_window_all_of_it_is_left_out(gone: list[Interval]) -> None:
    parts = left_out(gone, WINDOW, 100)
    for second in range(100):
        middle = second + 0.5
        expected = any(start <= middle <= end for start, end in gone)
        assert any(start <= middle <= end for start, end in parts) == expected
