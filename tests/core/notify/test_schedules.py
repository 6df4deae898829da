"""Windows that come again, and what the two nights a year do to them in which clocks are set."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.notify.schedules import Schedule, Window

BERLIN = ZoneInfo("Europe/Berlin")
EVERY_DAY = frozenset(range(7))
SUNDAY = frozenset({6})


def schedule(
    start: str, end: str, days: frozenset[int] = EVERY_DAY, zone: tzinfo = BERLIN
) -> Schedule:
    """One window a day."""
    return Schedule(zone, (Window(days, time.fromisoformat(start), time.fromisoformat(end)),))


def utc(text: str) -> datetime:
    """A time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_window_is_open_from_its_start_and_closed_from_its_end() -> None:
    nightly = schedule("02:00", "04:00")  # 01:00 to 03:00 in UTC, in winter
    assert not nightly.is_open(utc("2026-01-15 00:59:59"))
    assert nightly.is_open(utc("2026-01-15 01:00"))
    assert nightly.is_open(utc("2026-01-15 02:59:59"))
    assert not nightly.is_open(utc("2026-01-15 03:00"))
    assert nightly.next_change(utc("2026-01-15 00:00")) == utc("2026-01-15 01:00")
    assert nightly.next_change(utc("2026-01-15 01:00")) == utc("2026-01-15 03:00")
    assert nightly.next_change(utc("2026-01-15 03:00")) == utc("2026-01-16 01:00")


def test_a_window_that_ends_before_it_starts_spans_midnight_and_belongs_to_its_first_day() -> None:
    late = schedule("22:00", "06:00", frozenset({4}))  # Friday
    assert late.is_open(utc("2026-01-16 21:00"))
    assert late.is_open(utc("2026-01-17 04:59"))
    assert not late.is_open(utc("2026-01-17 21:00"))
    assert late.next_change(utc("2026-01-17 05:00")) == utc("2026-01-23 21:00")


def test_a_window_that_ends_as_it_starts_lasts_a_day() -> None:
    sundays = schedule("00:00", "00:00", SUNDAY)
    assert sundays.next_change(utc("2026-01-17 12:00")) == utc("2026-01-17 23:00")
    assert sundays.next_change(utc("2026-01-17 23:00")) == utc("2026-01-18 23:00")


def test_windows_that_touch_are_one() -> None:
    weekend = schedule("00:00", "00:00", frozenset({5, 6}))
    assert weekend.next_change(utc("2026-01-17 00:00")) == utc("2026-01-18 23:00")


def test_what_is_always_open_never_changes() -> None:
    assert schedule("00:00", "00:00").next_change(utc("2026-03-28 00:00")) is None
    assert schedule("09:00", "09:00").is_open(utc("2026-03-29 01:00"))


def test_without_windows_it_is_never_open() -> None:
    assert not Schedule(BERLIN, ()).is_open(utc("2026-01-15 01:00"))
    assert Schedule(BERLIN, ()).next_change(utc("2026-01-15 01:00")) is None


@pytest.mark.parametrize(
    ("start", "end", "opens", "closes"),
    [
        ("02:30", "04:00", "2026-03-29 01:00", "2026-03-29 02:00"),  # starts as clocks are set
        ("01:00", "02:30", "2026-03-29 00:00", "2026-03-29 01:00"),  # ends as clocks are set
        ("02:15", "02:45", "2026-04-05 00:15", "2026-04-05 00:45"),  # not in that night
    ],
)
def test_a_time_that_does_not_exist_is_the_moment_at_which_clocks_are_set(
    start: str, end: str, opens: str, closes: str
) -> None:
    sundays = schedule(start, end, SUNDAY)
    assert sundays.next_change(utc("2026-03-28 12:00")) == utc(opens)
    assert sundays.next_change(utc(opens)) == utc(closes)


@pytest.mark.parametrize(
    ("start", "end", "opens", "closes"),
    [
        ("02:30", "04:00", "2026-10-25 00:30", "2026-10-25 03:00"),  # from the first 02:30
        ("01:00", "02:30", "2026-10-24 23:00", "2026-10-25 01:30"),  # until the last 02:30
        ("02:15", "02:45", "2026-10-25 00:15", "2026-10-25 01:45"),
    ],
)
def test_where_a_time_comes_twice_a_window_reaches_over_both(
    start: str, end: str, opens: str, closes: str
) -> None:
    sundays = schedule(start, end, SUNDAY)
    assert sundays.next_change(utc("2026-10-24 12:00")) == utc(opens)
    assert sundays.next_change(utc(opens)) == utc(closes)


def test_a_gap_between_windows_that_the_night_swallows_is_found_a_week_later() -> None:
    most = Schedule(
        BERLIN,
        (
            Window(EVERY_DAY - SUNDAY, time(0), time(0)),
            Window(SUNDAY, time(0), time(2, 15)),
            Window(SUNDAY, time(2, 45), time(0)),
        ),
    )
    assert most.next_change(utc("2026-03-22 12:00")) == utc("2026-04-05 00:15")


@given(
    st.lists(
        st.builds(
            Window,
            st.frozensets(st.integers(0, 6), min_size=1),
            st.times().map(lambda one: one.replace(second=0, microsecond=0)),
            st.times().map(lambda one: one.replace(second=0, microsecond=0)),
        ),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
    st.integers(0, 426 * 24 * 60 * 60),
)
def test_a_change_is_where_it_opens_or_closes_and_nothing_changes_before(
    windows: list[Window], zone: str, seconds: int
) -> None:
    now = utc("2025-12-01") + timedelta(seconds=seconds)
    some = Schedule(ZoneInfo(zone), tuple(windows))
    change = some.next_change(now)
    before = some.is_open(now)
    until = min(change or now + timedelta(days=8), now + timedelta(days=8))
    steps = [now + (until - now) * step / 20 for step in range(20)]
    assert all(some.is_open(step) is before for step in steps)
    if change:
        assert some.is_open(change) is not before
        assert some.is_open(change - timedelta(seconds=1)) is before
