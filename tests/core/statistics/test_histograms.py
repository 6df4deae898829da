"""What Prometheus says of histograms, as counts."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.statistics.histograms import Counts, Unreadable, classic, native

from .cases import amounts


def counts(read: Counts | Unreadable) -> Counts:
    assert isinstance(read, Counts), read
    return read


def test_cumulative_buckets_become_counts_in_the_order_of_numbers() -> None:
    read = counts(classic([("+Inf", 10), ("10", 9.5), ("9", 4), ("0.5", 1)]))
    assert read == Counts((0.5, 9.0, 10.0), (1, 3, 5.5, 0.5))
    assert read.total == 10


def test_a_reset_counter_counts_as_0_and_is_said_and_the_sum_stays() -> None:
    read = counts(classic([("1", 10), ("2", 8), ("3", 7), ("+Inf", 12)]))
    assert read.counts == (10, 0, 0, 2)
    assert read.remark.startswith("2 buckets have less than the one below")


def test_what_rounding_makes_of_equal_buckets_is_no_reset() -> None:
    read = counts(classic([("1", 10), ("2", 10 * (1 - 1e-15)), ("+Inf", 10)]))
    assert (read.counts, read.remark) == ((10, 0, 0), "")


@pytest.mark.parametrize(
    ("buckets", "said"),
    [
        ([], "there are no buckets"),
        ([("1", 3), ("2", 4)], '"+Inf" is missing'),
        ([("one", 3), ("+Inf", 4)], 'le="one", which is not a number'),
        ([("NaN", 3), ("+Inf", 4)], 'le="NaN", which is not a number'),
        ([("1", math.nan), ("+Inf", 4)], 'le="1" has the count nan'),
        ([("1", 1), ("1.0", 2), ("+Inf", 4)], "sum the query by (le)"),
    ],
)
def test_what_is_no_histogram_says_why(buckets: list[tuple[str, float]], said: str) -> None:
    read = classic(buckets)
    assert isinstance(read, Unreadable)
    assert said in read.reason


def test_a_bucket_up_to_minus_infinity_is_no_edge() -> None:
    assert counts(classic([("-Inf", 1), ("1", 3), ("+Inf", 4)])) == Counts((1,), (3, 1))


@given(st.dictionaries(st.floats(-1e9, 1e9), amounts, max_size=30), amounts)
def test_classic_buckets_lose_nothing(bins: dict[float, float], beyond: float) -> None:
    below = 0.0
    buckets: list[tuple[str | float, float]] = []
    for edge in sorted(bins):
        below += bins[edge]
        buckets.append((repr(edge), below))
    read = counts(classic([("+Inf", below + beyond), *reversed(buckets)]))
    assert read.edges == tuple(sorted(bins))
    assert read.total == pytest.approx(below + beyond)
    assert min(read.counts) >= 0


def test_a_gap_between_native_buckets_counts_as_0() -> None:
    read = native([[1, "-2", "-1", "3"], [3, "-0.1", "0.1", "1"], [0, "0.1", "2", "4.5"]])
    assert read == Counts((-2, -1, -0.1, 0.1, 2), (0, 3, 0, 1, 4.5, 0), native=True)


def test_native_buckets_may_reach_to_infinity() -> None:
    read = native([[0, "2", "+Inf", "4"], [0, "-Inf", "1", "3"]])
    assert read == Counts((1, 2), (3, 0, 4), native=True)


@pytest.mark.parametrize(
    ("buckets", "said"),
    [
        ([], "there are no buckets"),
        ([["0", "1", "2"]], "of the form [rule, left, right, count]"),
        ([["0", "1", "2", "many"]], "of the form [rule, left, right, count]"),
        ([["0", "2", "1", "3"]], "do not ascend"),
        ([["0", "1", "3", "3"], ["0", "2", "4", "3"]], "overlap between 2 and 3"),
    ],
)
def test_what_is_no_native_histogram_says_why(buckets: list[list[str]], said: str) -> None:
    read = native(buckets)
    assert isinstance(read, Unreadable)
    assert said in read.reason


@given(st.sets(st.floats(-1e6, 1e6), min_size=2, max_size=30), st.data())
def test_native_buckets_lose_nothing(edges: set[float], data: st.DataObject) -> None:
    cuts = sorted(edges)
    rows: list[list[str | float]] = [
        [0, left, right, data.draw(amounts)]
        for left, right in pairwise(cuts)
        if data.draw(st.booleans())
    ]
    if not rows:
        rows = [[0, cuts[0], cuts[-1], 1.0]]
    read = counts(native(reversed(rows)))
    assert read.total == pytest.approx(sum(float(row[3]) for row in rows))
    assert list(read.edges) == sorted(set(read.edges))
    assert len(read.counts) == len(read.edges) + 1
