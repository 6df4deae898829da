"""How far the input of late is from the training data: the population stability index (PSI)."""

import math
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from threading import Lock

import numpy as np

from scorer.dataset import FEATURES, Floats

BINS = 10
#: Payments that the score looks back on.
WINDOW = 1000
#: Below so many payments chance alone lifts the score over 0.2, the usual limit.
MIN_SAMPLES = 200


def bin_edges(column: Floats) -> list[float]:
    """Give the inner edges of ten bins with a tenth of the values each, fewer where they tie."""
    inner = np.quantile(column, np.linspace(0.0, 1.0, BINS + 1)[1:-1])
    return [round(float(edge), 6) for edge in np.unique(inner)]


def count_bins(column: Floats, edges: Sequence[float]) -> list[int]:
    """Count the values in each bin; a value on an edge belongs to the bin above."""
    places = np.searchsorted(np.array(edges), column, side="right")
    return [int(n) for n in np.bincount(places, minlength=len(edges) + 1)]


def psi(expected: Sequence[int], actual: Sequence[int]) -> float:
    """Σ(q−p)·ln(q/p) over the bins; half a count in each keeps empty bins finite."""
    p = smoothed(expected)
    q = smoothed(actual)
    return float(np.sum((q - p) * np.log(q / p)))


def smoothed(counts: Sequence[int]) -> Floats:
    """Turn counts into shares, none of which is zero."""
    return (np.array(counts) + 0.5) / (sum(counts) + 0.5 * len(counts))


class DriftWindow:
    """Counts the last payments in the bins of the training data; safe between threads."""

    def __init__(self, edges: Sequence[Sequence[float]], counts: Sequence[Sequence[int]]) -> None:
        """Take each feature's bins: their inner edges, and the training rows in them."""
        self._edges = edges
        self._expected = counts
        self._actual = [[0] * len(expected) for expected in counts]
        self._window: deque[list[int]] = deque()
        self._lock = Lock()

    def add(self, row: Sequence[float]) -> None:
        """Count one payment in, and the oldest out when the window is full."""
        places = [bisect_right(e, value) for e, value in zip(self._edges, row, strict=True)]
        with self._lock:
            self._window.append(places)
            self._count(places, 1)
            if len(self._window) > WINDOW:
                self._count(self._window.popleft(), -1)

    def _count(self, places: list[int], change: int) -> None:
        for counts, place in zip(self._actual, places, strict=True):
            counts[place] += change

    def score(self, feature: str) -> float:
        """Give a feature's PSI, or NaN while there are too few payments to tell."""
        index = FEATURES.index(feature)
        with self._lock:
            if len(self._window) < MIN_SAMPLES:
                return math.nan
            actual = list(self._actual[index])
        return psi(self._expected[index], actual)
