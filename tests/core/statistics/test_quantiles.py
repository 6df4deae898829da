"""Quantiles of histograms, as Prometheus estimates them."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tocsin.core.statistics.histograms import Counts
from tocsin.core.statistics.quantiles import quantile


@pytest.mark.parametrize(
    ("share", "value"),
    [(0.0, 0.0), (0.25, 0.05), (0.5, 0.1), (0.75, 0.15), (0.95, 0.19), (1.0, 0.2)],
)
def test_values_are_spread_evenly_within_a_bucket(share: float, value: float) -> None:
    assert quantile(Counts((0.1, 0.2), (10.0, 10.0, 0.0)), share) == pytest.approx(value)


def test_of_the_bucket_without_upper_edge_the_lower_is_taken() -> None:
    assert quantile(Counts((0.1, 0.2), (1.0, 0.0, 9.0)), 0.99) == 0.2


def test_a_lowest_edge_below_0_is_taken_as_it_is() -> None:
    assert quantile(Counts((-5.0, 5.0), (10.0, 0.0, 0.0)), 0.5) == -5.0


def test_an_empty_histogram_has_none() -> None:
    assert math.isnan(quantile(Counts((0.1,), (0.0, 0.0)), 0.5))
    assert math.isnan(quantile(Counts((), (3.0,)), 0.5))


@given(
    counts=st.lists(st.floats(0, 1e6), min_size=2, max_size=8),
    shares=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
@example(counts=[1.0, 0.02, 0.0], shares=(0.0, 1.0))
def test_it_lies_within_the_edges_and_grows_with_the_share(
    counts: list[float], shares: tuple[float, float]
) -> None:
    edges = tuple(float(edge) for edge in range(1, len(counts)))
    histogram = Counts(edges, tuple(counts))
    if histogram.total <= 0:
        return
    low, high = (quantile(histogram, share) for share in sorted(shares))
    assert 0 <= low <= high <= edges[-1]
