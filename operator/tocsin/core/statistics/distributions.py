"""Tails of the distributions that tests refer to, in double precision."""

import math
from functools import lru_cache


def chi_squared_tail(x: float, freedom: int) -> float:
    """P(X > `x`) of a chi-squared variable with `freedom` ≥ 1 degrees of freedom.

    The regularised incomplete gamma function Q(freedom/2, x/2): for whole and half parameters it
    is a finite sum (Abramowitz & Stegun 26.4.4 and 26.4.5), here by Q(s+1) = Q(s) + hˢe⁻ʰ/Γ(s+1).
    """
    half, odd = x / 2, freedom % 2
    if half <= 0:
        return 1.0
    log = math.log(half)
    first, steps = odd / 2, freedom // 2
    tail = math.erfc(math.sqrt(half)) if odd else 0.0
    terms = (
        math.exp((first + i) * log - half - math.lgamma(first + i + 1))
        for i in range(steps)
    )  # fmt: skip
    return min(1.0, tail + math.fsum(terms))


@lru_cache(maxsize=256)
def chi_squared_limit(tail: float, freedom: int) -> float:
    """The x that a chi-squared variable exceeds with probability `tail`, 0 < `tail` < 1."""
    low, high = 0.0, float(freedom)
    while chi_squared_tail(high, freedom) > tail:
        low, high = high, 2 * high
    while low < (middle := (low + high) / 2) < high:
        if chi_squared_tail(middle, freedom) > tail:
            low = middle
        else:
            high = middle
    return high


def kolmogorov_tail(x: float) -> float:
    """P(K > `x`) of Kolmogorov's distribution, the limit of √nₑ·D.

    Two series for the same function, each where it converges within a few terms (Kolmogorov 1933;
    the theta identity for small x).
    """
    if x < 0.04:  # 1 − 10⁻³³⁰
        return 1.0
    if x < 1:
        exponent = -(math.pi**2) / (8 * x * x)
        return 1 - math.sqrt(2 * math.pi) / x * sum(math.exp(j * j * exponent) for j in (1, 3, 5))
    square = -2 * x * x
    terms = (math.exp(square * j * j) * (1 if j % 2 else -1) for j in range(1, 5))
    return 2 * math.fsum(terms)


def normal_tail(z: float) -> float:
    """P(Z > `z`) of a standard normal variable."""
    return math.erfc(z / math.sqrt(2)) / 2
