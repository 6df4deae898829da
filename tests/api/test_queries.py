"""Queries are refused only for what cannot be right whatever the data is."""

import re

import pytest

from tocsin.api.queries import MAX_NESTING, MAX_QUERY_LENGTH, check_query


@pytest.mark.parametrize(
    "query",
    [
        "up",
        "up > bool 0.2",
        "(up == bool 0)",
        "sum by (pod) (up == 0)",
        "rate(a[5m]) and rate(b[5m]) > 5",
        "a > 5 or b > 5",
        "up # > 5",
        "time()",
        "up offset 5m",
        '{"utf8.name"}',
        "rate(x[5m + 1m])",
        "this is no PromQL > 5",
        "((((",
        "avg_over_time(up[5m:1m])",
    ],
)
def test_a_query_that_may_be_right_is_let_through(query: str) -> None:
    assert check_query(query) is None


@pytest.mark.parametrize(
    ("query", "help_"),
    [
        ("up > 0.2", 'the query ends in `> 0.2`: .* without it and `above: "0.2"`'),
        ("up >= 20", "`>= 20`: .* and `above: 20`"),
        ("rate(x[5m]) < 1e3", "`< 1000`: .* and `below: 1000`"),
        ("x <= -0.5", '`<= -0.5`: .* and `below: "-0.5"`'),
        ("((up) > (5))", r"`> \(5\)`: .* and `above: 5`"),
        ("up == 0", "`== 0`: .* and `below: 1`"),
        ("up != 0", "`!= 0`: .*`!= bool 0` and `above: 0`"),
        ("up == 3", "`== bool 3` and `above: 0`"),
        ("0.2 < up", 'begins with `0.2 <`: .* and `above: "0.2"`'),
        ("a > b", r"compares two expressions \(`> b`\): .*`above: 0` or `above: 1`"),
        ("a == on (pod) b", "`== bool` and `above: 0`"),
        ("up > 5 # at night", "`> 5`: .* and `above: 5`"),
        ("x > 5 - 3", "compares two expressions"),
        ("x > Inf", "compares two expressions"),
    ],
)
def test_an_outermost_comparison_is_refused_with_what_to_write_instead(
    query: str, help_: str
) -> None:
    problem = check_query(query)
    assert problem is not None
    assert "lost data looks like health" in problem
    assert re.search(help_, problem), problem


@pytest.mark.parametrize("query", ["up[5m]", "(up[5m])", "up[5m:1m]", "rate(x[1m])[5m:1m]"])
def test_a_range_is_refused_with_the_functions_that_make_a_value_of_it(query: str) -> None:
    assert "wrap it in rate() or avg_over_time()" in (check_query(query) or "")


def test_a_text_is_refused() -> None:
    assert "text in quotes" in (check_query('"up"') or "")


@pytest.mark.parametrize("query", ["", "  ", "\n"])
def test_an_empty_query_is_refused(query: str) -> None:
    assert "is empty" in (check_query(query) or "")


def test_a_long_query_is_refused_before_it_is_parsed() -> None:
    assert check_query("x" * MAX_QUERY_LENGTH) is None
    assert "recording rule" in (check_query("1+" * 10_000 + "1") or "")


@pytest.mark.parametrize("brackets", ["()", "[]", "{}"])
def test_deep_nesting_is_refused_before_it_is_parsed(brackets: str) -> None:
    opening, closing = brackets[0], brackets[1]
    deep = opening * (MAX_NESTING + 1) + "1" + closing * (MAX_NESTING + 1)
    assert "nested deeper" in (check_query(deep) or "")
    assert check_query("(" * MAX_NESTING + "1" + ")" * MAX_NESTING) is None


@pytest.mark.parametrize(
    "query",
    ["-" * 4000 + "1", "1^" * 2000 + "1", "1+" * 2000 + "1", "a>" * 2000 + "1", "!" * 4000],
)
def test_the_worst_that_fits_into_the_limits_does_not_end_the_process(query: str) -> None:
    check_query(query)
