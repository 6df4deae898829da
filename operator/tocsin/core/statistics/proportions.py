"""Shares of a sample: how sure they are, and whether two differ."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from tocsin.core.statistics.distributions import normal_tail


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which shares the true one lies."""

    lower: float
    upper: float


def wilson(successes: float, total: float, confidence: float = 0.95) -> Bounds:
    """Wilson's bounds (JASA 22, 1927), outside of which the share is with 1 − `confidence`.

    0 ≤ `successes` ≤ `total`. Nothing is known of 0 of 0: the bounds are 0 and 1.
    """
    return _wilson(successes, total, NormalDist().inv_cdf((1 + confidence) / 2))


def wilson_lower(successes: float, total: float, confidence: float = 0.95) -> float:
    """The share below which the true one lies with 1 − `confidence`: a one-sided bound."""
    return _wilson(successes, total, NormalDist().inv_cdf(confidence)).lower


def wilson_upper(successes: float, total: float, confidence: float = 0.95) -> float:
    """The share above which the true one lies with 1 − `confidence`: a one-sided bound."""
    return _wilson(successes, total, NormalDist().inv_cdf(confidence)).upper


def _wilson(successes: float, total: float, z: float) -> Bounds:
    if total <= 0:
        return Bounds(0.0, 1.0)
    share, square = successes / total, z * z / total
    centre = (share + square / 2) / (1 + square)
    spread = z / (1 + square) * sqrt(share * (1 - share) / total + square / (4 * total))
    return Bounds(max(0.0, centre - spread), min(1.0, centre + spread))


@dataclass(frozen=True, slots=True)
class Difference:
    """Of two shares: the second less the first, z, and p that chance makes as large a one."""

    difference: float
    z: float
    p: float


def two_proportions(
    successes: float, total: float, other_successes: float, other_total: float
) -> Difference:
    """The pooled z test, two-sided. No evidence (p 1) without values, or if all are alike.

    It is an approximation for samples with at least 5 successes and failures each.
    """
    if total <= 0 or other_total <= 0:
        return Difference(0.0, 0.0, 1.0)
    difference = other_successes / other_total - successes / total
    pooled = (successes + other_successes) / (total + other_total)
    error = sqrt(max(0.0, pooled * (1 - pooled)) * (1 / total + 1 / other_total))
    if error == 0:
        return Difference(difference, 0.0, 1.0)
    z = difference / error
    return Difference(difference, z, min(1.0, 2 * normal_tail(abs(z))))
