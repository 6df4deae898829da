"""Unquoted texts mean what they mean to kubectl, where YAML libraries differ."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.api.manifests.scalars import read_scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("yes", True),
        ("y", True),
        ("off", False),
        ("N", False),
        ("TRUE", True),
        ("0", 0),
        ("12", 12),
        ("+5", 5),
        ("-7", -7),
        ("1_000", 1000),
        ("014", 12),
        ("0o14", 12),
        ("0x1F", 31),
        ("-0b11", -3),
        ("08", 8.0),
        ("0.2", 0.2),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("-1.5E-2", -0.015),
        (".inf", math.inf),
        ("-.Inf", -math.inf),
        (".7_5", 0.75),
        ("18446744073709551615", 2**64 - 1),
        ("18446744073709551616", float(2**64)),
        # Texts, though PyYAML reads a date and a number of base 60.
        ("2026-01-31", "2026-01-31"),
        ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"),
        ("1:30", "1:30"),
        ("20%", "20%"),
        ("200ms", "200ms"),
        ("-", "-"),
        ("tRUE", "tRUE"),
        ("1e400", "1e400"),
        ("9" * 5000, "9" * 5000),
        ("5m", "5m"),
    ],
)
def test_an_unquoted_text_is_what_kubernetes_reads(text: str, value: object) -> None:
    read = read_scalar(text)
    assert read == value
    assert type(read) is type(value)


def test_not_a_number_is_one_of_its_kind() -> None:
    read = read_scalar(".nan")
    assert isinstance(read, float)
    assert math.isnan(read)


@given(st.text() | st.text("+-._0123456789eExXbBoO"))
def test_no_text_raises(text: str) -> None:
    read_scalar(text)


@given(st.integers(-(2**63), 2**64 - 1))
def test_a_whole_number_stays_one(number: int) -> None:
    assert read_scalar(str(number)) == number
