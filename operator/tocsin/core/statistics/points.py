"""A series as numbers: when, and how much."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from math import inf, isfinite
from typing import NamedTuple


class Interval(NamedTuple):
    """From `start` to `end`, in seconds on the clock of the points, both included."""

    start: float
    end: float


class Points(NamedTuple):
    """Values that are numbers, with the times at which they were seen, in seconds, ascending."""

    times: Sequence[float]
    values: Sequence[float]

    @classmethod
    def of(cls, pairs: Iterable[tuple[float, float]]) -> "Points":
        """The points (time, value) in order of time; NaN and infinities are no points."""
        kept = sorted((pair for pair in pairs if isfinite(pair[1])), key=lambda pair: pair[0])
        return cls([at for at, _ in kept], [value for _, value in kept])

    @property
    def span(self) -> float:
        """Seconds between the first and the last; 0 if there are none."""
        return self.times[-1] - self.times[0] if self.times else 0.0

    def within(self, start: float, end: float) -> "Points":
        """Those after `start`, up to and with `end`."""
        first, last = bisect_right(self.times, start), bisect_right(self.times, end)
        return Points(self.times[first:last], self.values[first:last])

    def without(self, intervals: Iterable[Interval]) -> "Points":
        """Those in none of the intervals."""
        times: list[float] = []
        values: list[float] = []
        at = 0
        for start, end in (*sorted(intervals), Interval(inf, inf)):
            until = max(at, bisect_left(self.times, start))
            times += self.times[at:until]
            values += self.values[at:until]
            at = max(until, bisect_right(self.times, end))
        return Points(times, values)
