"""Quantiles of histograms."""

import math
from itertools import accumulate

from tocsin.core.statistics.histograms import Counts


def quantile(counts: Counts, share: float) -> float:
    """The value that `share` (0 to 1) of all values are not above; NaN of an empty histogram.

    Within a bucket values are taken to be spread evenly, and the lowest begins at 0 unless its
    edge is below that; of the bucket without an upper edge, its lower one is taken. So does
    Prometheus: histogram_quantile() in its documentation of functions.
    """
    total = counts.total
    if total <= 0 or not counts.edges:
        return math.nan
    rank = share * total
    edges = counts.edges
    for index, reached in enumerate(accumulate(counts.counts)):
        if reached < rank or counts.counts[index] == 0:
            continue
        if index == len(edges):
            return edges[-1]
        upper = edges[index]
        if index == 0 and upper <= 0:
            return upper
        lower = edges[index - 1] if index else 0.0
        below = reached - counts.counts[index]
        within = lower + (upper - lower) * (rank - below) / counts.counts[index]
        return min(max(lower, within), upper)  # rounding may leave the bucket
    return edges[-1]  # rounding left the rank above all that was counted
