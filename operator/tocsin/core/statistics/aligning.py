"""Two histograms brought onto the edges that both have."""

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.core.statistics.histograms import Counts


@dataclass(frozen=True, slots=True)
class Pair:
    """Counts of two samples in the same bins; `labels` name the bins if they have no order."""

    baseline: tuple[float, ...]
    current: tuple[float, ...]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unlike:
    """The two cannot be compared, and why."""

    reason: str


def aligned(baseline: Counts, current: Counts) -> Pair | Unlike:
    """Both counts between the edges that they share; no count is lost.

    Unlike, if they share less than half of the edges of the one that has fewer, as after a
    redeploy that changed them, or if one is native and the other is not. Between buckets that a
    native histogram does not list there is nothing, so that an edge there is shared.
    """
    if baseline.native != current.native:
        kinds = ("native", "classic") if baseline.native else ("classic", "native")
        return Unlike(
            f"the baseline is a {kinds[0]} histogram and the current one a {kinds[1]} one: "
            "both have to be of one kind"
        )
    if not baseline.edges or not current.edges:
        return Unlike("a histogram without edges has one bin, which says nothing")
    if baseline.edges == current.edges:
        return Pair(baseline.counts, current.counts)
    shared = _shared(baseline, current)
    fewer = min(len(baseline.edges), len(current.edges))
    if len(shared) < math.ceil(fewer / 2):
        return Unlike(
            f"the edges of the buckets changed: {len(baseline.edges)} in the baseline, "
            f"{len(current.edges)} now, {len(shared)} in both"
        )
    return Pair(_onto(shared, baseline), _onto(shared, current))


def paired(baseline: Mapping[str, float], current: Mapping[str, float]) -> Pair:
    """Counts of categories side by side, by label; one that a side lacks counts as 0 there."""
    labels = tuple(sorted({*baseline, *current}))
    return Pair(
        tuple(baseline.get(label, 0.0) for label in labels),
        tuple(current.get(label, 0.0) for label in labels),
        labels,
    )


def _shared(one: Counts, other: Counts) -> list[float]:
    if not one.native:
        return sorted({*one.edges} & {*other.edges})
    return [
        e for e in sorted({*one.edges, *other.edges}) if _divides(e, one) and _divides(e, other)
    ]


def _divides(edge: float, histogram: Counts) -> bool:
    """Whether it is known how many values lie on each side of `edge`."""
    at = bisect_left(histogram.edges, edge)
    found = at < len(histogram.edges) and histogram.edges[at] == edge
    return found or not histogram.counts[at]


def _onto(edges: list[float], histogram: Counts) -> tuple[float, ...]:
    """The counts between some of its edges, or between edges in its empty bins."""
    bins = [0.0] * (len(edges) + 1)
    for edge, count in zip((*histogram.edges, math.inf), histogram.counts, strict=True):
        bins[bisect_left(edges, edge)] += count
    return tuple(bins)
