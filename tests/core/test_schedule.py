"""When evaluations are due: on a grid that rules over one query share."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.schedule import missed_between, next_due, offset_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 1, 31, 12, 0, 7, tzinfo=UTC)
TEN = timedelta(seconds=10)
TIMES = st.integers(0, 2_000_000_000_000).map(lambda ms: EPOCH + timedelta(milliseconds=ms))
INTERVALS = st.integers(1_000, 86_400_000).map(lambda count: timedelta(milliseconds=count))


def test_an_offset_is_the_same_on_every_machine_and_in_every_version() -> None:
    assert offset_of("default", "up", TEN) == timedelta(milliseconds=1777)


def test_different_queries_are_spread() -> None:
    offsets = {offset_of("default", f"q{number}", TEN) for number in range(50)}
    assert len(offsets) > 45
    assert offset_of("a", "q", TEN) != offset_of("b", "q", TEN)


@given(st.text(max_size=20), INTERVALS, TIMES)
def test_due_times_are_on_the_grid_and_the_first_after_now(
    query: str, interval: timedelta, now: datetime
) -> None:
    offset = offset_of("default", query, interval)
    due = next_due(now, interval, offset)
    assert timedelta() <= offset < interval
    assert now < due <= now + interval
    assert (due - EPOCH - offset) % interval == timedelta()


@given(st.text(max_size=20), INTERVALS, st.integers(1, 60), TIMES)
def test_the_due_times_of_a_multiple_are_due_times_of_the_interval_too(
    query: str, interval: timedelta, times: int, now: datetime
) -> None:
    longer = interval * times
    rare = next_due(now, longer, offset_of("default", query, longer))
    just_before = rare - timedelta(microseconds=1)
    assert next_due(just_before, interval, offset_of("default", query, interval)) == rare


def test_what_is_due_exactly_now_is_next_due_one_interval_later() -> None:
    assert next_due(NOW, TEN, timedelta(seconds=7)) == NOW + TEN


def test_missed_evaluations_are_counted_without_the_one_that_is_made_now() -> None:
    assert missed_between(NOW, NOW, TEN) == 0
    assert missed_between(NOW, NOW + timedelta(seconds=9), TEN) == 0
    assert missed_between(NOW, NOW + timedelta(seconds=35), TEN) == 3


def test_a_clock_that_went_back_misses_nothing() -> None:
    assert missed_between(NOW, NOW - timedelta(hours=1), TEN) == 0
