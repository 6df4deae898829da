"""How long to wait before trying again."""

from datetime import timedelta
from typing import Final

_FIRST: Final = timedelta(seconds=1)
_LONGEST: Final = timedelta(seconds=30)


def delay_after(attempts: int) -> timedelta:
    """The wait after so many failed attempts: 1 s, doubled each time, at most 30 s."""
    doublings = min(max(attempts, 1), 10) - 1
    return min(_LONGEST, _FIRST * (1 << doublings))
