"""A column of training data, value by value: numbers as long as all are, else categories."""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from math import ceil, isnan

from tocsin.api.baseline import MAX_BINS
from tocsin.core.statistics.histograms import Counts

#: What programs write where there is no number.
_MISSING = frozenset(("", "na", "n/a", "nan", "null", "none"))


class Column:
    """What is needed of a column to count it. A text that is no number makes all of it text."""

    def __init__(self) -> None:
        self._numbers: array[float] | None = array("d")
        self._texts: Counter[str] | None = Counter()

    def add_cell(self, text: str) -> None:
        """A cell of a file without types."""
        if self._texts is not None:
            self._texts[text] += 1
            if len(self._texts) > MAX_BINS + len(_MISSING):
                self._texts = None  # no categories; they would fill the memory
        if self._numbers is not None and text.strip().lower() not in _MISSING:
            number = _number(text)
            if number is None:
                self._numbers = None
            else:
                self._numbers.append(number)

    def add_number(self, number: float) -> None:
        """A value of a column of numbers; NaN is no value."""
        self._texts = None
        if self._numbers is not None and not isnan(number):
            self._numbers.append(number)

    def add_text(self, text: str) -> None:
        """A value of a column of text, whatever it looks like."""
        self._numbers = None
        if self._texts is not None:
            self._texts[text] += 1
            if len(self._texts) > MAX_BINS:
                self._texts = None

    @property
    def numbers(self) -> Sequence[float]:
        """Its values, if it is a column of numbers; else none."""
        return self._numbers or ()

    @property
    def categories(self) -> dict[str, float]:
        """How often each text is in it, most often first; none where there are too many."""
        found = self._texts or Counter()
        counts = {text: float(n) for text, n in found.most_common() if text}
        return counts if len(counts) <= MAX_BINS else {}


def _number(text: str) -> float | None:
    try:
        return None if "_" in text else float(text)  # Python reads 1_000, other programs do not
    except ValueError:
        return None


def quantiles(numbers: Sequence[float], bins: int) -> tuple[float, ...]:
    """Edges between which about equally many of the numbers lie; fewer where many are equal.

    They are rounded to six digits where that leaves them apart.
    """
    ascending = sorted(numbers)
    last = len(ascending)
    cuts = {ascending[ceil(last * part / bins) - 1] for part in range(1, bins)}
    inner = sorted(cut for cut in cuts if abs(cut) != float("inf") and cut < ascending[-1])
    if not inner:
        inner = [cut for cut in ascending[-1:] if abs(cut) != float("inf")]
    rounded = [float(f"{cut:.6g}") for cut in inner]
    return tuple(rounded if len({*rounded}) == len(inner) else inner)


def counted(numbers: Sequence[float], edges: Sequence[float]) -> Counts:
    """How many numbers are up to and with each edge, and above the last."""
    counts = [0.0] * (len(edges) + 1)
    for number in numbers:
        counts[bisect_left(edges, number)] += 1
    return Counts(tuple(edges), tuple(counts))
