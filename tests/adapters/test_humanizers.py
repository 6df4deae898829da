"""The humanizers say what Prometheus's own say: the values are those of its published tests."""

import math

import pytest

from tocsin.adapters.templates import GoTemplates
from tocsin.adapters.templates.renderer import VARIABLES
from tocsin.ports import Rendered

BIGGEST = 2**63 - 1
BEYOND = 2**64 - 1


def rendered_by(function: str, value: object) -> Rendered:
    values = {**dict.fromkeys(VARIABLES, ""), "value": value}
    return GoTemplates().render(f"{{{{ $value | {function} }}}}", values)


def said(function: str, value: object) -> str:
    rendered = rendered_by(function, value)
    assert rendered.problem is None
    return rendered.text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (1.0, "1"), (1234567.0, "1.235M"), (0.12, "120m"),
        ("0.0", "0"), ("1.0", "1"), ("1234567.0", "1.235M"), (".12", "120m"),
        (0, "0"), (-1, "-1"), (1, "1"), (1234567, "1.235M"),
        (BIGGEST, "9.223E"), (BEYOND, "18.45E"),
        (1000, "1k"), (999.9, "999.9"), (-1500, "-1.5k"), (1e30, "1e+06Y"), (0.00012, "120u"),
        (1e-26, "0.01y"), (-0.5, "-500m"),
    ],
)  # fmt: skip
def test_humanize(value: object, text: str) -> None:
    assert said("humanize", value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (1.0, "1"), (1048576.0, "1Mi"), (0.12, "0.12"),
        ("0.0", "0"), ("1.0", "1"), ("1048576.0", "1Mi"), (".12", "0.12"),
        (0, "0"), (-1, "-1"), (1234567, "1.177Mi"), (BIGGEST, "8Ei"), (BEYOND, "16Ei"),
        (1024, "1ki"), (1023, "1023"), (-2048, "-2ki"),
    ],
)  # fmt: skip
def test_humanize1024(value: object, text: str) -> None:
    assert said("humanize1024", value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0s"), (1, "1s"), (60, "1m 0s"), (3600, "1h 0m 0s"), (86400, "1d 0h 0m 0s"),
        (86400 + 3600, "1d 1h 0m 0s"), (-(86400 * 2 + 3600 * 3 + 60 * 4 + 5), "-2d 3h 4m 5s"),
        (899.99, "14m 59s"), (0.1, "100ms"), (0.0001, "100us"), (0.12345, "123.5ms"),
        (60.1, "1m 0s"), (60.5, "1m 0s"), (1.2345, "1.234s"), (12.345, "12.35s"),
        ("0", "0s"), ("1", "1s"), ("60", "1m 0s"), ("3600", "1h 0m 0s"), ("86400", "1d 0h 0m 0s"),
        (".1", "100ms"), (".0001", "100us"), (".12345", "123.5ms"), ("60.1", "1m 0s"),
        (-1, "-1s"), (1234567, "14d 6h 56m 7s"), (59.99, "59.99s"), (-0.25, "-250ms"),
    ],
)  # fmt: skip
def test_humanize_duration(value: object, text: str) -> None:
    assert said("humanizeDuration", value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.22222, "-22.22%"), (0.0, "0%"), (0.1234567, "12.35%"), (1.23456, "123.5%"),
        ("-0.22222", "-22.22%"), ("0.0", "0%"), ("0.1234567", "12.35%"), ("1.23456", "123.5%"),
        (-1, "-100%"), (1, "100%"), (1234567, "1.235e+08%"), (BIGGEST, "9.223e+20%"),
        (BEYOND, "1.845e+21%"), (math.inf, "+Inf%"), (-math.inf, "-Inf%"), (math.nan, "NaN%"),
    ],
)  # fmt: skip
def test_humanize_percentage(value: object, text: str) -> None:
    assert said("humanizePercentage", value) == text


@pytest.mark.parametrize("function", ["humanize", "humanize1024", "humanizeDuration"])
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (math.inf, "+Inf"), (-math.inf, "-Inf"), (math.nan, "NaN"),
        ("+Inf", "+Inf"), ("-Inf", "-Inf"), ("NaN", "NaN"),
    ],
)  # fmt: skip
def test_what_is_no_finite_number_is_named(function: str, value: object, text: str) -> None:
    assert said(function, value) == text


@pytest.mark.parametrize(
    "function", ["humanize", "humanize1024", "humanizeDuration", "humanizePercentage"]
)
@pytest.mark.parametrize("value", ["one", "", True, None, {"a": 1}])
def test_what_is_no_number_at_all_is_a_problem(function: str, value: object) -> None:
    rendered = rendered_by(function, value)
    assert rendered.text == ""
    assert rendered.problem


@pytest.mark.parametrize(
    ("function", "text"),
    [("title", "Aa Bb CC"), ("toUpper", "AA BB CC"), ("toLower", "aa bb cc")],
)
def test_letters_change_as_in_prometheus(function: str, text: str) -> None:
    assert said(function, "aa bb CC") == text
