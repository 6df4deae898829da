"""The Kolmogorov-Smirnov test of two samples in the same bins."""

from itertools import accumulate
from math import sqrt

from tocsin.core.statistics.aligning import Pair
from tocsin.core.statistics.comparing import Comparison, Finding, shown, too_coarse, too_few
from tocsin.core.statistics.distributions import kolmogorov_tail


def distance(pair: Pair) -> float:
    """D: the largest difference of the cumulative shares, at edges only; 0 to 1.

    Between edges it may be larger, which is not seen.
    """
    n, m = sum(pair.baseline), sum(pair.current)
    below = zip(accumulate(pair.baseline), accumulate(pair.current), strict=True)
    return min(1.0, max(abs(a / n - b / m) for a, b in below))


def compare_by_ks(
    pair: Pair, significance: float = 0.01, *, effect: float = 0.1, least: float = 1
) -> Comparison:
    """Drifted, if p is below `significance` and D is at least `effect`.

    p = Q(√nₑ·D) with nₑ = nm/(n+m) and Kolmogorov's Q. Counts in bins make D smaller and p larger
    than the values themselves would: the test errs towards Same. With very many values any small
    difference has a small p; so D has to matter by itself.
    """
    n, m = sum(pair.baseline), sum(pair.current)
    if few := too_few(n, m, least):
        return few
    if len(pair.baseline) < 2:
        return too_coarse(n, m)
    d = distance(pair)
    p = kolmogorov_tail(sqrt(n * m / (n + m)) * d)
    drifted = p < significance and d >= effect
    if drifted:
        reason = f"D {d:.3g} is at least {effect:g} ({shown(p)}; buckets make D smaller than it is)"
    elif d >= effect:
        reason = f"D {d:.3g} may be chance ({shown(p)})"
    else:
        reason = f"D {d:.3g} is below {effect:g}"
    finding = Finding.DRIFTED if drifted else Finding.SAME
    return Comparison(finding, reason, n, m, d, effect, p)
