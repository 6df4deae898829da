"""Simulated time: a clock for the engine, and what else happens when. Whole milliseconds."""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
SECOND = 1000


class Clockwork:
    """Time that stands still until the world moves it on."""

    def __init__(self) -> None:
        self.ms = 0
        self._heap: list[tuple[int, int, Callable[[], object]]] = []
        self._count = itertools.count()

    def now(self) -> datetime:
        """The time, as the engine's port asks for it."""
        return START + timedelta(milliseconds=self.ms)

    def later(self, ms: int, do: Callable[[], object]) -> None:
        """Have `do` called in so many milliseconds; what is due together keeps its order."""
        heapq.heappush(self._heap, (self.ms + ms, next(self._count), do))

    async def sleep(self, ms: int) -> None:
        """Wait so long, in simulated time."""
        over = asyncio.Event()
        self.later(ms, over.set)
        await over.wait()

    def next(self) -> int | None:
        """When something happens next."""
        return self._heap[0][0] if self._heap else None

    def do_due(self) -> bool:
        """Do what is due now; whether there was anything."""
        found = False
        while self._heap and self._heap[0][0] <= self.ms:
            heapq.heappop(self._heap)[2]()
            found = True
        return found


def ms_of(time: datetime) -> int:
    """A time of the simulated clock as milliseconds since it started."""
    return round((time - START) / timedelta(milliseconds=1))


def ms_by(time: datetime) -> int:
    """The first millisecond at which it is `time`, or later."""
    return -((START - time) // timedelta(milliseconds=1))


def read_ms(text: str) -> int:
    """The same, of a time as status has it."""
    return ms_of(datetime.fromisoformat(text))
