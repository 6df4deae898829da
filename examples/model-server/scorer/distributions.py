"""Histograms whose buckets differ by feature, which prometheus-client's own cannot."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from threading import Lock

from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector

from scorer.dataset import FEATURES


class FeatureHistograms(Collector):
    """Counts the values of each feature between its own edges; safe between threads."""

    def __init__(self, edges: Sequence[Sequence[float]]) -> None:
        """Take each feature's edges, in the order of FEATURES."""
        self._edges = edges
        self._counts = [[0] * (len(its) + 1) for its in edges]
        self._sums = [0.0] * len(edges)
        self._lock = Lock()

    def add(self, row: Sequence[float]) -> None:
        """Count one payment."""
        with self._lock:
            for index, value in enumerate(row):
                self._counts[index][bisect_left(self._edges[index], value)] += 1
                self._sums[index] += value

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """Give one family with a histogram for each feature."""
        family = HistogramMetricFamily(
            "ml_feature_value", "What the model was asked about, by feature.", labels=["feature"]
        )
        with self._lock:
            for name, edges, counts, total in zip(
                FEATURES, self._edges, self._counts, self._sums, strict=True
            ):
                bounds = [*(f"{edge:g}" for edge in edges), "+Inf"]
                buckets = list(zip(bounds, accumulate(counts), strict=True))
                family.add_metric([name], buckets=buckets, sum_value=total)
        yield family
