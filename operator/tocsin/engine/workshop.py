"""Decisions over thousands of samples: one at a time, beside the loop, namespaces in turn."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from tocsin.engine.turns import Pool, Rations, Turn, Turns

Result = TypeVar("Result")

#: Threads of Python share one processor: with more than one, the loop would have less than half.
_ONE: Final = Pool(slots=1, share=1, patience=timedelta(days=1))
_AS_FAST_AS_IT_GOES: Final = Rations(1_000_000)
_NOW: Final = datetime(2000, 1, 1, tzinfo=UTC)  # nothing here depends on the time


@dataclass(frozen=True, eq=False)
class _Job(Generic[Result]):
    work: Callable[[], Result]
    done: asyncio.Future[Result] = field(default_factory=asyncio.Future)


class Workshop:
    """Does heavy work, so that a namespace with much of it delays only itself."""

    def __init__(self) -> None:
        self._turns: Turns[_Job[Any]] = Turns(_ONE, _AS_FAST_AS_IT_GOES)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="decide")
        self._running: set[asyncio.Task[None]] = set()

    async def do(self, namespace: str, work: Callable[[], Result]) -> Result:
        """What `work` returns or raises, in the turn of `namespace`."""
        job = _Job(work)
        self._turns.join(job, namespace, _NOW)
        self._go_on()
        return await job.done

    def _go_on(self) -> None:
        for turn in self._turns.take(_NOW):
            task = asyncio.create_task(self._work(turn))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _work(self, turn: Turn[_Job[Any]]) -> None:
        job = turn.question
        try:
            result = await asyncio.get_running_loop().run_in_executor(self._thread, job.work)
            if not job.done.cancelled():
                job.done.set_result(result)
        except Exception as error:  # noqa: BLE001  # it is raised where the work was ordered
            if not job.done.cancelled():
                job.done.set_exception(error)
        self._turns.done(turn)
        self._go_on()
