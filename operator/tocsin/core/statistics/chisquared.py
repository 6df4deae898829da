"""Pearson's chi-squared test of two samples in the same bins or categories."""

from math import sqrt

from tocsin.core.statistics.aligning import Pair
from tocsin.core.statistics.comparing import Comparison, Finding, shown, too_coarse, too_few
from tocsin.core.statistics.distributions import chi_squared_tail

#: Below it the statistic does not follow the distribution (Cochran 1954).
LEAST_EXPECTED = 5.0
OTHERS = "others"


def pooled(pair: Pair, least: float = LEAST_EXPECTED) -> Pair:
    """The same with bins joined until each expects `least` values of either sample.

    Neighbours are joined if bins have an order, the rarest if they have labels. No count is lost.
    """
    n, m = sum(pair.baseline), sum(pair.current)
    if n <= 0 or m <= 0:
        return pair
    wanted = least * (n + m) / min(n, m)
    joined = _rarest(pair, wanted) if pair.labels else _neighbours(pair, wanted)
    return pair if len(joined) == len(pair.baseline) else _unzipped(joined)


Row = tuple[float, float, str]


def _neighbours(pair: Pair, wanted: float) -> list[Row]:
    rows: list[Row] = []
    a, b = 0.0, 0.0
    for one, other in zip(pair.baseline, pair.current, strict=True):
        a, b = a + one, b + other
        if a + b >= wanted:
            rows.append((a, b, ""))
            a, b = 0.0, 0.0
    if a + b > 0 or not rows:
        last = rows.pop() if rows else (0.0, 0.0, "")
        rows.append((last[0] + a, last[1] + b, ""))
    return rows


def _rarest(pair: Pair, wanted: float) -> list[Row]:
    rows = sorted(
        zip(pair.baseline, pair.current, pair.labels, strict=True), key=lambda row: row[0] + row[1]
    )
    a, b, label, taken = 0.0, 0.0, "", 0
    for one, other, name in rows:
        if one + other >= wanted and (taken == 0 or a + b >= wanted):
            break
        a, b, label, taken = a + one, b + other, OTHERS if taken else name, taken + 1
    joined: list[Row] = [(a, b, label)] if taken else []
    return joined + rows[taken:]


def _unzipped(rows: list[Row]) -> Pair:
    labels = tuple(row[2] for row in rows)
    return Pair(
        tuple(row[0] for row in rows),
        tuple(row[1] for row in rows),
        labels if any(labels) else (),
    )


def statistic(pair: Pair) -> float:
    """χ² of the two samples as rows of a table; bins that both leave empty add nothing."""
    n, m = sum(pair.baseline), sum(pair.current)
    to_m, to_n = sqrt(m / n), sqrt(n / m)
    return sum(
        (a * to_m - b * to_n) ** 2 / (a + b)
        for a, b in zip(pair.baseline, pair.current, strict=True)
        if a + b > 0
    )


def effect_size(pair: Pair) -> float:
    """Cramér's V of the shares, as if both samples were equally large; 0 to 1.

    √(½Σ(p−q)²/(p+q)). V of the counts themselves shrinks the more one sample outnumbers the other:
    against a million values of training data no drift of a thousand would ever reach 0.1.
    """
    n, m = sum(pair.baseline), sum(pair.current)
    shares = ((a / n, b / m) for a, b in zip(pair.baseline, pair.current, strict=True))
    return min(1.0, sqrt(sum((p - q) ** 2 / (p + q) for p, q in shares if p + q > 0) / 2))


def compare_by_chi_squared(
    pair: Pair, significance: float = 0.01, *, effect: float = 0.1, least: float = 1
) -> Comparison:
    """Drifted, if p is below `significance` and `effect_size` is at least `effect`.

    Bins are pooled first. The statistic of the result is Cramér's V: with very many values χ² grows
    without end for differences that do not matter.
    """
    n, m = sum(pair.baseline), sum(pair.current)
    if few := too_few(n, m, least):
        return few
    bins = pooled(pair)
    if len(bins.baseline) < 2:
        return too_coarse(n, m)
    chi, v = statistic(bins), effect_size(bins)
    p = chi_squared_tail(chi, len(bins.baseline) - 1)
    drifted = p < significance and v >= effect
    if drifted:
        reason = f"Cramér's V {v:.3g} is at least {effect:g} (χ² {chi:.4g}, {shown(p)})"
    elif v >= effect:
        reason = f"Cramér's V {v:.3g} may be chance ({shown(p)})"
    else:
        reason = f"Cramér's V {v:.3g} is below {effect:g}"
    finding = Finding.DRIFTED if drifted else Finding.SAME
    return Comparison(finding, reason, n, m, v, effect, p)
