"""Tails of distributions, against values of scipy 1.17."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.statistics.distributions import (
    chi_squared_limit,
    chi_squared_tail,
    kolmogorov_tail,
    normal_tail,
)

TAILS = [
    (1, 0.5, 0.47950012218695337),
    (1, 3.84, 0.05004352124870519),
    (2, 5, 0.0820849986238988),
    (3, 155.4978355, 1.716495846305224e-33),
    (4, 50, 3.610865404890647e-10),
    (7, 0.01, 0.999999999243059),
    (9, 8.22077221, 0.5120600799464536),
    (19, 36.19, 0.010002466497530966),
    (19, 300, 2.0005232442947767e-52),
    (50, 76.15, 0.010007866701540266),
    (99, 80, 0.9191878735980901),
    (200, 249.4, 0.01005207288064702),
    (499, 600, 0.0012451206762262256),
]
LIMITS = [
    (1, 6.634896601021217),
    (2, 9.210340371976182),
    (9, 21.665994333461928),
    (19, 36.19086912927005),
    (99, 134.64161685578915),
    (499, 575.4191950454931),
]
KOLMOGOROV = [
    (0.05, 1.0),
    (0.2, 0.999999999999495),
    (0.5, 0.9639452436648751),
    (0.8, 0.5441424115741981),
    (0.999, 0.27107316411506394),
    (1, 0.26999967167735456),
    (1.5, 0.022217962616525127),
    (5.590169943749474, 1.4375563478122182e-27),
    (8, 5.14441874528483e-56),
]


@pytest.mark.parametrize(("freedom", "x", "tail"), TAILS)
def test_the_tail_of_chi_squared_agrees_to_12_digits(freedom: int, x: float, tail: float) -> None:
    assert chi_squared_tail(x, freedom) == pytest.approx(tail, rel=1e-12, abs=0)


@pytest.mark.parametrize(("freedom", "limit"), LIMITS)
def test_the_limit_of_chi_squared_agrees_to_12_digits(freedom: int, limit: float) -> None:
    assert chi_squared_limit(0.01, freedom) == pytest.approx(limit, rel=1e-12)


@pytest.mark.parametrize(("x", "tail"), KOLMOGOROV)
def test_the_tail_of_kolmogorov_agrees_to_12_digits(x: float, tail: float) -> None:
    assert kolmogorov_tail(x) == pytest.approx(tail, rel=1e-12, abs=0)


@pytest.mark.parametrize(("z", "tail"), [(0, 0.5), (1.6448536269514729, 0.05), (-1e9, 1)])
def test_the_tail_of_the_normal_distribution(z: float, tail: float) -> None:
    assert normal_tail(z) == pytest.approx(tail, rel=1e-12)


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.integers(1, 600))
def test_tails_are_probabilities_and_do_not_grow(x: float, y: float, freedom: int) -> None:
    low, high = sorted((x, y))
    for tail in (lambda x: chi_squared_tail(x, freedom), kolmogorov_tail):
        assert 0 <= tail(high) <= tail(low) + 1e-12 <= 1 + 1e-12


@pytest.mark.parametrize("x", [-1.0, 0.0])
def test_nothing_is_below_nothing(x: float) -> None:
    assert (chi_squared_tail(x, 3), kolmogorov_tail(x)) == (1, 1)


@given(st.floats(1e-9, 1 - 1e-9), st.integers(1, 200))
def test_the_limit_is_where_the_tail_says(tail: float, freedom: int) -> None:
    limit = chi_squared_limit(tail, freedom)
    assert chi_squared_tail(limit, freedom) == pytest.approx(tail, rel=1e-7)


def test_a_tail_beyond_what_a_double_holds_is_0_and_no_error() -> None:
    assert chi_squared_tail(1e9, 19) == 0
    assert kolmogorov_tail(1e9) == 0
    assert not math.isnan(chi_squared_tail(1e300, 500))
