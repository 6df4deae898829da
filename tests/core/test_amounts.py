"""Amounts: one grammar for what users write and what status shows."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.amounts import (
    Amount,
    Unit,
    format_amount,
    parse_amount,
    quantize,
    read_shown,
)

UNITS = st.sampled_from([None, *Unit])
VALUES = st.floats(allow_nan=False, allow_infinity=False)
SENSIBLE = st.floats(min_value=1e-9, max_value=1e12)  # where doubles have digits to spare


@pytest.mark.parametrize(
    ("written", "unit", "base"),
    [
        (1, None, 1.0),
        ("0.2", None, 0.2),
        ("20%", Unit.RATIO, 0.2),
        ("20%", Unit.PERCENT, 0.2),
        (20, Unit.PERCENT, 0.2),
        ("200ms", Unit.SECONDS, 0.2),
        (200, Unit.MILLISECONDS, 0.2),
        ("5us", Unit.MICROSECONDS, 5e-6),
        ("2m", Unit.SECONDS, 120.0),
        ("1h", Unit.MILLISECONDS, 3600.0),
        ("5Gi", Unit.BYTES, 5 * 2.0**30),
        ("-1.5Ki", Unit.BYTES, -1536.0),
    ],
)
def test_an_amount_is_converted_into_the_base_of_its_dimension(
    written: int | str, unit: Unit | None, base: float
) -> None:
    assert parse_amount(written).in_base(unit) == base


@pytest.mark.parametrize(
    "written",
    ["", " 1", "1 ", "1\n", "a lot", "1e3", ".5", "5.", "+1", "5MB", "0x10", "--1", "1,5", "१"],
)
def test_what_is_no_amount_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValueError, match="is not an amount: write one like"):
        parse_amount(written)


@pytest.mark.parametrize("written", [True, 10**400, "9" * 400])
def test_what_is_no_finite_number_is_refused(written: int | str) -> None:
    with pytest.raises(ValueError, match="is not an amount"):
        parse_amount(written)


def test_an_amount_with_a_suffix_needs_a_unit() -> None:
    with pytest.raises(ValueError, match=r"set metric\.unit to Seconds or Milliseconds"):
        Amount(200, "ms").in_base(None)


def test_an_amount_needs_a_unit_of_its_own_dimension() -> None:
    with pytest.raises(ValueError, match="amount of ratio, but the metric's unit is Seconds"):
        Amount(20, "%").in_base(Unit.SECONDS)


def test_an_amount_beyond_all_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        Amount(1e308, "Ti").in_base(Unit.BYTES)


@given(st.integers(min_value=0, max_value=10**9))
def test_two_spellings_of_one_amount_are_the_same_number(thousandths: int) -> None:
    whole, rest = divmod(thousandths, 1000)
    seconds = parse_amount(f"{whole}.{rest:03}s").in_base(Unit.SECONDS)
    assert parse_amount(f"{thousandths}ms").in_base(Unit.SECONDS) == seconds
    percent = parse_amount(f"{thousandths // 10}.{thousandths % 10}%").in_base(Unit.RATIO)
    assert parse_amount(f"{whole}.{rest:03}").in_base(Unit.RATIO) == percent


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_a_query_in_percent_returns_what_an_amount_in_percent_means(percent: int) -> None:
    assert Unit.PERCENT.to_base(percent) == parse_amount(f"{percent}%").in_base(Unit.PERCENT)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.312, Unit.SECONDS, "312ms"),
        (0.00001234567, Unit.MILLISECONDS, "12.35us"),
        (0.99996, Unit.SECONDS, "1s"),
        (2**20 - 1.0, Unit.BYTES, "1Mi"),
        (90.0, Unit.SECONDS, "90s"),
        (0.0, Unit.SECONDS, "0s"),
        (0.05, Unit.PERCENT, "5%"),
        (1536.0, Unit.BYTES, "1.5Ki"),
        (7.0, Unit.BYTES, "7"),
        (1234.5678, None, "1235"),
        (-0.00012, None, "-0.00012"),
        (math.nan, Unit.RATIO, "NaN"),
        (math.inf, Unit.RATIO, "+Inf"),
        (-math.inf, None, "-Inf"),
    ],
)
def test_a_value_is_shown_as_a_user_would_write_it(
    value: float, unit: Unit | None, text: str
) -> None:
    assert format_amount(value, unit) == text


@given(SENSIBLE, UNITS)
def test_what_is_shown_reads_back_to_four_digits(value: float, unit: Unit | None) -> None:
    for signed in (value, -value):
        shown = read_shown(format_amount(signed, unit), unit)
        assert shown == pytest.approx(signed, rel=5.1e-4)


@given(VALUES, UNITS)
def test_any_value_can_be_shown_and_read_back(value: float, unit: Unit | None) -> None:
    assert math.isfinite(read_shown(format_amount(value, unit), unit))


@given(SENSIBLE, UNITS)
def test_quantizing_twice_changes_nothing_more(value: float, unit: Unit | None) -> None:
    once = quantize(value, unit)
    assert quantize(once, unit) == once


@given(SENSIBLE, UNITS)
def test_a_value_is_shown_the_same_after_it_was_read_back(value: float, unit: Unit | None) -> None:
    shown = format_amount(value, unit)
    assert format_amount(read_shown(shown, unit), unit) == shown


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_infinities_stay_what_they_are(value: float) -> None:
    assert quantize(value, Unit.RATIO) == value
    assert math.isnan(quantize(math.nan, None))
