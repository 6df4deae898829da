"""What is due when: one heap of due times, as data."""

import heapq
import itertools
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple


class Task(StrEnum):
    """What can be due."""

    EVALUATE = "evaluate"
    PUBLISH = "publish"
    REPORT = "report"
    ASK = "ask"
    SILENCE = "silence"
    TELL = "tell"
    TIDY = "tidy"
    POST = "post"
    STRAY = "stray"
    DISPATCH = "dispatch"
    SEND = "send"
    BEAT = "beat"
    CHECK = "check"


class Item(NamedTuple):
    """One thing to do, for the rule, notice or incident that `key` names."""

    task: Task
    key: Any


class Agenda:
    """Each item is due at most once; putting it again moves it. `on_put` is told of each."""

    def __init__(self) -> None:
        self.on_put: Callable[[], None] = _nobody
        self._heap: list[tuple[datetime, int, Item]] = []
        self._due: dict[Item, tuple[datetime, int]] = {}
        self._count = itertools.count()

    def put(self, item: Item, due: datetime) -> None:
        """Make `item` due at `due`, and at no other time."""
        entry = (due, next(self._count))
        self._due[item] = entry
        heapq.heappush(self._heap, (*entry, item))
        self.on_put()

    def put_by(self, item: Item, due: datetime) -> None:
        """Make `item` due at `due` unless it is due earlier."""
        if item not in self._due or due < self._due[item][0]:
            self.put(item, due)

    def is_due(self, item: Item, now: datetime) -> bool:
        """Whether `item` waits to be taken at `now`."""
        return item in self._due and self._due[item][0] <= now

    def due_of(self, item: Item) -> datetime | None:
        """When `item` is due, if it is."""
        entry = self._due.get(item)
        return entry[0] if entry else None

    def drop(self, item: Item) -> None:
        """Make `item` not due."""
        self._due.pop(item, None)

    def shift(self, by: timedelta) -> None:
        """Make everything due so much later."""
        self._due = {item: (due + by, number) for item, (due, number) in self._due.items()}
        self._heap = [(*entry, item) for item, entry in self._due.items()]
        heapq.heapify(self._heap)

    def take_due(self, now: datetime) -> Iterator[tuple[Item, datetime]]:
        """Take what is due at `now`, earliest first, with the time it was due at."""
        while (due := self.next_due()) is not None and due <= now:
            *_, item = heapq.heappop(self._heap)
            del self._due[item]
            yield item, due

    def next_due(self) -> datetime | None:
        """The earliest due time."""
        while self._heap:
            due, number, item = self._heap[0]
            if self._due.get(item) == (due, number):
                return due
            heapq.heappop(self._heap)  # moved or dropped since
        return None


def _nobody() -> None:
    """Nobody wants to know."""
