"""Durations: what users write, read as the API server reads it."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.durations import DURATION_PATTERN, format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("0s", timedelta()),
        ("250ms", timedelta(milliseconds=250)),
        ("90s", timedelta(seconds=90)),
        ("1h30m", timedelta(minutes=90)),
        ("2d", timedelta(days=2)),
        ("52w", timedelta(weeks=52)),
        ("1m1m", timedelta(minutes=2)),
    ],
)
def test_a_duration_is_the_sum_of_its_parts(text: str, span: timedelta) -> None:
    assert parse_duration(text) == span


@pytest.mark.parametrize(
    "text", ["", "5", "1M", "-5m", "1.5h", " 5m", "5m\n", "5 m", "m", "1y", "٥m"]
)
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration: write one like 30s"):
        parse_duration(text)


def test_a_duration_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        parse_duration("99999999999999w")


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(minutes=4, seconds=12), "4m12s"),
        (timedelta(days=2, hours=3, minutes=7), "2d3h"),
        (timedelta(hours=1, seconds=5), "1h"),
        (timedelta(milliseconds=350), "350ms"),
        (timedelta(), "0s"),
        (timedelta(microseconds=1), "0s"),
        (timedelta(minutes=-5), "-5m"),
    ],
)
def test_a_duration_is_shown_in_its_largest_units(span: timedelta, text: str) -> None:
    assert format_duration(span) == text


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(weeks=1000)))
def test_what_is_shown_is_a_duration_and_never_more_than_the_span(span: timedelta) -> None:
    text = format_duration(span)
    assert re.fullmatch(DURATION_PATTERN, text)
    assert span - timedelta(weeks=1) < parse_duration(text) <= span


@given(st.integers(min_value=0, max_value=10**6), st.sampled_from(["ms", "s", "m", "h", "d", "w"]))
def test_showing_what_was_read_loses_nothing_of_a_single_unit(number: int, unit: str) -> None:
    span = parse_duration(f"{number}{unit}")
    if span >= timedelta(seconds=1):  # milliseconds beside seconds are not shown
        span = timedelta(seconds=span // timedelta(seconds=1))
    assert parse_duration(format_duration(span, parts=6)) <= span
    assert format_duration(parse_duration(format_duration(span))) == format_duration(span)
