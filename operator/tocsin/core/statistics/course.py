"""The recent past of a series in little memory: 8 bytes a point, and cheap to continue.

It does not change: what continues it shares all but the last piece with it, so that it may be read
beside the loop while the loop goes on.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil, floor, isfinite, nan

from tocsin.core.statistics.points import Points

_PIECE = 256


@dataclass(frozen=True, slots=True)
class Course:
    """Values at multiples of `step` seconds, the last `keep` of them or up to a piece more.

    `first` is the number of steps from 0 to the first value; all pieces but the last are full.
    """

    step: float
    keep: int
    first: int = 0
    pieces: tuple["array[float]", ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[float, float]], step: float, keep: int) -> "Course":
        """The course through (time, value), of which the last ones are kept."""
        slots = {_slot(at, step): value for at, value in pairs}
        if not slots:
            return cls(step, keep)
        end = max(slots) + 1
        first = max(min(slots), end - keep)
        values = array("d", [slots.get(slot, nan) for slot in range(first, end)])
        pieces = tuple(values[at : at + _PIECE] for at in range(0, len(values), _PIECE))
        return cls(step, keep, first, pieces)

    def then(self, at: float, value: float) -> "Course":
        """The course with the value of `at`, in seconds; of two in one step the later counts.

        A value of before the last one is not taken in. Steps without a value are gaps.
        """
        slot = _slot(at, self.step)
        gap = slot - self.end
        if not self.pieces or gap >= self.keep:
            return Course(self.step, self.keep, slot, (array("d", [value]),))
        if gap < -1:
            return self
        *full, last = self.pieces
        if gap == -1:
            return replace(self, pieces=(*full, last[:-1] + array("d", [value])))
        last = last + array("d", [nan] * gap + [value])
        cut = (last[low : low + _PIECE] for low in range(0, len(last), _PIECE))
        return self._shortened([*full, *cut])

    @property
    def end(self) -> int:
        """The number of steps from 0 to the one after the last value."""
        if not self.pieces:
            return self.first
        return self.first + _PIECE * (len(self.pieces) - 1) + len(self.pieces[-1])

    def points(self, start: float, end: float) -> Points:
        """The points from `start` to `end`, in seconds, both included; gaps are no points."""
        low = max(self.first, ceil(start / self.step))
        high = min(self.end, floor(end / self.step) + 1)
        values = array("d")
        for at in range((low - self.first) // _PIECE, -(-(high - self.first) // _PIECE)):
            begin = self.first + at * _PIECE
            values += self.pieces[at][max(0, low - begin) : max(0, high - begin)]
        kept = [(slot, value) for slot, value in enumerate(values, low) if isfinite(value)]
        step = self.step
        return Points([slot * step for slot, _ in kept], [value for _, value in kept])

    def _shortened(self, pieces: list["array[float]"]) -> "Course":
        """With no more whole pieces before than are needed to keep enough."""
        length = _PIECE * (len(pieces) - 1) + len(pieces[-1])
        spare = max(0, length - self.keep) // _PIECE
        return replace(self, first=self.first + spare * _PIECE, pieces=tuple(pieces[spare:]))


def _slot(at: float, step: float) -> int:
    return round(at / step)
