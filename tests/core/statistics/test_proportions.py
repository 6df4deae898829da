"""Shares: their bounds and their differences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.statistics.proportions import (
    Bounds,
    two_proportions,
    wilson,
    wilson_lower,
    wilson_upper,
)


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    total = draw(st.integers(1, 10**6))
    return draw(st.integers(0, total)), total


def test_one_error_in_three_requests_says_little() -> None:
    bounds = wilson(1, 3)
    assert (bounds.lower, bounds.upper) == pytest.approx((0.0615, 0.7923), abs=5e-5)


def test_70_of_100_may_still_be_76_percent_and_700_of_1000_may_not() -> None:
    assert wilson_upper(70, 100) == pytest.approx(0.7693, abs=5e-5)
    assert wilson_upper(700, 1000) < 0.76 < wilson_upper(70, 100)


def test_nothing_is_known_of_none() -> None:
    assert wilson(0, 0) == Bounds(0, 1)


@given(shares(), st.floats(0.5, 0.999))
def test_bounds_hold_the_share_and_one_sided_ones_lie_within(
    share: tuple[int, int], confidence: float
) -> None:
    two = wilson(*share, confidence)
    lower, upper = wilson_lower(*share, confidence), wilson_upper(*share, confidence)
    slack, seen = 1e-9, share[0] / share[1]
    assert 0 <= two.lower <= lower + slack <= seen + 2 * slack
    assert seen - 2 * slack <= upper - slack <= two.upper <= 1


@given(shares())
def test_bounds_of_failures_mirror_those_of_successes(share: tuple[int, int]) -> None:
    bounds, mirror = wilson(*share), wilson(share[1] - share[0], share[1])
    assert bounds.lower == pytest.approx(1 - mirror.upper, abs=1e-9)


@given(shares())
def test_more_of_the_same_is_surer(share: tuple[int, int]) -> None:
    few, many = wilson(*share), wilson(10 * share[0], 10 * share[1])
    assert many.upper - many.lower <= few.upper - few.lower


def test_a_small_loss_of_accuracy_shows_in_many_labels() -> None:
    found = two_proportions(4715, 5000, 4575, 5000)
    assert found.difference == pytest.approx(-0.028)
    assert found.p == pytest.approx(5e-8, rel=0.01)


@pytest.mark.parametrize("counts", [(0, 0, 1, 2), (1, 2, 0, 0), (5, 5, 7, 7), (0, 5, 0, 7)])
def test_without_values_or_differences_there_is_no_evidence(
    counts: tuple[int, int, int, int],
) -> None:
    assert two_proportions(*counts).p == 1


@given(shares(), shares())
def test_p_is_a_probability_and_the_order_turns_the_sign(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    found, back = two_proportions(*one, *other), two_proportions(*other, *one)
    assert 0 <= found.p <= 1
    assert found.p == pytest.approx(back.p)
    assert found.difference == pytest.approx(-back.difference)
