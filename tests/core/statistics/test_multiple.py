"""Many tests at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.statistics.multiple import adjusted

probabilities = st.lists(st.floats(0, 1), max_size=60)


def test_it_agrees_with_the_reference_in_any_order() -> None:
    ps = [0.0001, 0.004, 0.019, 0.02, 0.03, 0.3, 0.6]
    expected = [0.0007, 0.014, 0.035, 0.035, 0.042, 0.35, 0.6]
    assert adjusted(ps) == pytest.approx(expected)
    assert adjusted(ps[::-1]) == pytest.approx(expected[::-1])


def test_of_no_tests_there_are_none() -> None:
    assert adjusted([]) == []


@given(probabilities)
def test_each_is_a_probability_not_below_its_own_and_the_order_stays(ps: list[float]) -> None:
    result = adjusted(ps)
    assert all(p <= q + 1e-12 <= 1 + 1e-12 for p, q in zip(ps, result, strict=True))
    ranked = [q for _, q in sorted(zip(ps, result, strict=True))]
    assert ranked == sorted(ranked)


@given(probabilities, st.floats(0.001, 0.5))
def test_it_believes_those_that_the_steps_upward_believe(ps: list[float], rate: float) -> None:
    """Benjamini and Hochberg's own words: up to the largest k with p(k) ≤ k/n·q."""
    ranked = sorted(ps)
    below = [k for k, p in enumerate(ranked, 1) if p * len(ps) / k <= rate]
    assert sum(q <= rate for q in adjusted(ps)) == max(below, default=0)
