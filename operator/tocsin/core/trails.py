"""The last looks at an alert: what M of N is counted on, and what explanations show."""

import struct
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import nan
from typing import Final, NamedTuple

from tocsin.core.verdicts import Verdict

#: So many looks are remembered.
LENGTH: Final = 20

_LETTERS: Final = {verdict: verdict.value[0] for verdict in Verdict}
_VERDICTS: Final = {letter: verdict for verdict, letter in _LETTERS.items()}
_VALUE: Final = struct.Struct("d")


class Window(NamedTuple):
    """Of the last observed looks: how many were Met, and how many were not."""

    met: int = 0
    others: int = 0


class Trail(NamedTuple):
    """Verdicts and values, latest last, packed: there is one for each workload of each rule.

    The times are the rule's, the same for all of its alerts.
    """

    letters: str = ""
    packed: bytes = b""

    def after(self, verdict: Verdict, value: float | None) -> "Trail":
        """The trail with one look more; `value` is in base units, None where there was none."""
        packed = _VALUE.pack(nan if value is None else value)
        return Trail(
            (self.letters + _LETTERS[verdict])[-LENGTH:],
            (self.packed + packed)[-LENGTH * _VALUE.size :],
        )

    def looks(self) -> Iterator[tuple[Verdict, float]]:
        """Verdict and value (NaN where there was none) of each look, latest last."""
        for letter, (value,) in zip(self.letters, _VALUE.iter_unpack(self.packed), strict=True):
            yield _VERDICTS[letter], value

    def window(self, last: int, times: Sequence[datetime], at_most_apart: timedelta) -> Window:
        """What the `last` observed looks were; fewer, where there were not so many.

        `times` end with the time of the latest look. Unobserved looks do not count, and what lies
        before a gap of more than `at_most_apart` between observed ones does not either.
        """
        met = seen = 0
        later: datetime | None = None
        for letter, at in zip(reversed(self.letters), reversed(times), strict=False):
            if not _VERDICTS[letter].observed:
                continue
            if seen == last or (later is not None and later - at > at_most_apart):
                break
            met += letter == _LETTERS[Verdict.MET]
            seen, later = seen + 1, at
        return Window(met, seen - met)
