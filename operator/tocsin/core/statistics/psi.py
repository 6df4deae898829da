"""The population stability index of two samples in the same bins."""

from math import log

from tocsin.core.statistics.aligning import Pair
from tocsin.core.statistics.comparing import Comparison, Finding, too_coarse, too_few
from tocsin.core.statistics.distributions import chi_squared_limit

#: Added to each count, so that an empty bin has a logarithm.
SMOOTHING = 0.5


def psi(pair: Pair, smoothing: float = SMOOTHING) -> float:
    """Σ(q−p)·ln(q/p) with p = (a+s)/(n+s·k), for k bins; all counts positive if `smoothing` is 0.

    It is symmetric, 0 for equal shares, and has no unit.
    """
    bins = len(pair.baseline)
    n = sum(pair.baseline) + smoothing * bins
    m = sum(pair.current) + smoothing * bins
    ratio, index = n / m, 0.0
    for a, b in zip(pair.baseline, pair.current, strict=True):
        p, q = a + smoothing, b + smoothing
        index += (q * ratio - p) * log(q * ratio / p)
    return index / n


def compare_by_psi(
    pair: Pair, threshold: float = 0.2, *, least: float = 200, chance: float = 0.01
) -> Comparison:
    """Drifted, if the index is above `threshold` and above what chance makes of these sizes.

    Without drift it is about χ²(k−1)·(1/n+1/m) (Yurdakul & Naranjo 2020); the limit is the larger
    of `threshold` and what that exceeds with probability `chance`. Below `least` values on a side
    it is not judged.
    """
    n, m = sum(pair.baseline), sum(pair.current)
    if few := too_few(n, m, least):
        return few
    if len(pair.baseline) < 2:
        return too_coarse(n, m)
    index = psi(pair)
    noise = chi_squared_limit(chance, len(pair.baseline) - 1) * (1 / n + 1 / m)
    limit = max(threshold, noise)
    drifted = index > limit
    reason = f"PSI {index:.3g} is {'above' if drifted else 'within'} {limit:.3g}"
    if limit > threshold:
        reason += ", which chance makes of so few values"
    finding = Finding.DRIFTED if drifted else Finding.SAME
    return Comparison(finding, reason, n, m, index, limit)
