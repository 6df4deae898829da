"""Garbage, looked for when it is due and not in the middle of a large answer.

Nearly all objects here are freed by their last reference. Python still looks for cycles each 700
new objects: over an answer of 20,000 series that costs more than deciding on it, up to 200 ms at a
time in which nothing else runs.
"""

import gc
import itertools
from datetime import timedelta
from typing import Final

EVERY: Final = timedelta(minutes=1)
_WHOLLY_EACH: Final = 30


class Tidier:
    """Looks for garbage among what is new, and now and then among everything."""

    def __init__(self) -> None:
        self._times = itertools.count(1)

    def tidy(self) -> None:
        """Free what nothing refers to but itself."""
        gc.collect(2 if next(self._times) % _WHOLLY_EACH == 0 else 1)
