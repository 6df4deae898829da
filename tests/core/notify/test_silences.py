"""When a silence mutes, and when that changes next."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.notify.schedules import Schedule, Window
from tocsin.core.notify.selectors import AlertSelector
from tocsin.core.notify.silences import Silence, SilenceKey

T0 = datetime(2026, 1, 31, 12, tzinfo=UTC)  # a Saturday
HOUR = timedelta(hours=1)
NOON = Schedule(UTC, (Window(frozenset(range(7)), time(12), time(13)),))


def silence(**changes: Any) -> Silence:
    """One that lasts from T0 for two hours."""
    whole = Silence(
        SilenceKey("fraud", "deploy"),
        AlertSelector(frozenset({"fraud"}), everything=True),
        T0,
        T0 + 2 * HOUR,
    )
    return replace(whole, **changes)


def test_it_mutes_from_its_start_to_its_end() -> None:
    one = silence()
    assert one.next_change(T0 - HOUR) == T0
    assert not one.is_active(T0 - HOUR)
    assert one.is_active(T0)
    assert one.next_change(T0) == T0 + 2 * HOUR
    assert not one.is_active(T0 + 2 * HOUR)
    assert one.next_change(T0 + 2 * HOUR) is None


def test_one_without_an_end_never_changes_once_it_has_started() -> None:
    assert silence(ends_at=None).next_change(T0) is None


def test_one_that_is_suspended_or_has_ended_mutes_nothing() -> None:
    assert not silence(suspended=True).is_active(T0)
    assert silence(suspended=True).next_change(T0 - HOUR) is None
    assert not silence(ended_at=T0).is_active(T0)
    assert silence(ended_at=T0 + HOUR).next_change(T0) == T0 + HOUR
    assert silence(ended_at=T0).is_over(T0)


def test_with_a_schedule_it_mutes_only_within_its_windows() -> None:
    one = silence(schedule=NOON, ends_at=T0 + timedelta(days=2, minutes=30))
    assert one.is_active(T0)
    assert one.next_change(T0) == T0 + HOUR
    assert not one.is_active(T0 + HOUR)
    assert one.next_change(T0 + HOUR) == T0 + timedelta(days=1)
    last = T0 + timedelta(days=2)
    assert one.next_change(last) == last + timedelta(minutes=30)  # its own end, within a window


def test_a_window_that_opens_after_the_end_changes_nothing() -> None:
    one = silence(schedule=NOON, starts_at=T0 + HOUR, ends_at=T0 + 3 * HOUR)
    assert one.next_change(T0) is None
    assert one.next_change(T0 + 2 * HOUR) is None


def test_one_that_starts_between_windows_waits_for_the_next() -> None:
    one = silence(schedule=NOON, starts_at=T0 + 2 * HOUR, ends_at=None)
    assert one.next_change(T0) == T0 + timedelta(days=1)


def test_until_resolved_ends_only_what_has_matched_and_matches_no_more() -> None:
    one = silence(until_resolved=True)
    assert one.is_outlived(matched_before=True, matched_now=False)
    assert not one.is_outlived(matched_before=False, matched_now=False)
    assert not one.is_outlived(matched_before=True, matched_now=True)
    assert not silence().is_outlived(matched_before=True, matched_now=False)


@given(
    st.integers(-100, 100),
    st.integers(0, 100),
    st.none() | st.integers(0, 100),
    st.booleans(),
    st.integers(-100, 200),
)
def test_a_change_is_where_it_starts_or_stops_and_nothing_changes_before(
    starts: int, lasts: int, ended: int | None, scheduled: bool, hour: int
) -> None:
    start = T0 + starts * HOUR
    one = silence(
        starts_at=start,
        ends_at=start + lasts * HOUR,
        ended_at=None if ended is None else start + ended * HOUR,
        schedule=NOON if scheduled else None,
    )
    now = T0 + hour * HOUR
    change, before = one.next_change(now), one.is_active(now)
    until = change or now + 400 * HOUR
    assert all(one.is_active(now + (until - now) * step / 50) is before for step in range(50))
    if change:
        assert one.is_active(change) is not before


def test_the_times_at_which_it_muted_are_those_at_which_it_was_active() -> None:
    day = T0 - 12 * HOUR, T0 + 36 * HOUR
    cases = [
        silence(),
        silence(ended_at=T0 + HOUR),
        silence(suspended=True),
        silence(ends_at=None, schedule=NOON),
        silence(starts_at=T0 - 24 * HOUR, ends_at=T0 + 24.5 * HOUR, schedule=NOON),
    ]
    for one in cases:
        spans = list(one.muted_within(*day))
        for quarter in range(48 * 4):
            at = day[0] + quarter * HOUR / 4
            assert any(start <= at < end for start, end in spans) is one.is_active(at), (one, at)


def test_of_a_schedule_without_an_end_so_many_times_are_told_at_most() -> None:
    forever = silence(ends_at=None, schedule=NOON)
    assert len(list(forever.muted_within(T0, T0 + timedelta(days=10_000)))) == 500
