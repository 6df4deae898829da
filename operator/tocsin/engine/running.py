"""The steps that run just now."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, NamedTuple

from tocsin.engine.agenda import Agenda, Item, Task

#: Does what is due, which was due at a time.
Do = Callable[[Item, datetime], Coroutine[Any, Any, None]]


class Pace(NamedTuple):
    """When a step is due next, if it is, and when that one was due which runs now."""

    due: datetime | None
    running_since: datetime | None = None


class Running:
    """Steps by item, each at most once at a time; `on_end` is told when one has ended."""

    def __init__(self, do: Do, on_end: Callable[[], None]) -> None:
        self._do = do
        self._on_end = on_end
        self._tasks: dict[Item, asyncio.Task[None]] = {}
        self._asking: dict[Item, datetime] = {}

    def __contains__(self, item: Item) -> bool:
        return item in self._tasks

    @property
    def evaluations(self) -> list[datetime]:
        """When the evaluations were due that go on."""
        return list(self._asking.values())

    def pace_of(self, item: Item, agenda: Agenda) -> Pace:
        """When `item`, an evaluation, is due on `agenda` and since when it runs."""
        return Pace(agenda.due_of(item), self._asking.get(item))

    def start(self, item: Item, due: datetime) -> None:
        """Do `item`, which was due at `due`."""
        task = asyncio.create_task(self._do(item, due), name=item.task)
        self._tasks[item] = task
        if item.task is Task.EVALUATE:
            self._asking[item] = due
        task.add_done_callback(lambda _: self._ended(item))

    async def settle(self) -> None:
        """Wait until all that was started has ended."""
        while self._tasks:
            await asyncio.wait(self._tasks.values())

    def cancel(self) -> None:
        """End all of them."""
        for task in self._tasks.values():
            task.cancel()

    def _ended(self, item: Item) -> None:
        del self._tasks[item]
        self._asking.pop(item, None)
        self._on_end()
