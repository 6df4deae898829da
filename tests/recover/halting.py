"""A process that stands still (SIGSTOP): nothing that it waits for comes to it until it goes on."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Generator
from contextvars import Context, ContextVar, copy_context
from typing import Any, Final, TypeVar, cast

Adapter = TypeVar("Adapter")
T = TypeVar("T")

#: In which life a task works; 0: it is the world's.
_LIFE: Final[ContextVar[int]] = ContextVar("life", default=0)


class Stillness:
    """Of one life; `context` is what its tasks are to be made in, so that they are known as its."""

    def __init__(self, life: int) -> None:
        self.context: Context = copy_context()
        self.context.run(_LIFE.set, life)
        self._moves = asyncio.Event()
        self._moves.set()
        self._missed: list[Callable[[], object]] = []

    @property
    def is_still(self) -> bool:
        """Whether the process is stopped."""
        return not self._moves.is_set()

    def begin(self) -> None:
        """From now on nothing comes to it."""
        self._moves.clear()

    def end(self) -> None:
        """It goes on with what came meanwhile."""
        self._moves.set()
        missed, self._missed = self._missed, []
        for do in missed:
            self.context.run(do)

    def call(self, do: Callable[[], object]) -> None:
        """Have it do something, as soon as it can."""
        if self.is_still:
            self._missed.append(do)
        else:
            self.context.run(do)

    async def over(self) -> None:
        """Wait until the process can go on."""
        await self._moves.wait()


def halting(adapter: Adapter, stillness: Stillness, *effects: str) -> Adapter:
    """`adapter`, whose `effects` are begun, and their answers taken, by a process that moves."""
    return cast("Adapter", _Halting(adapter, stillness, effects))


class _Halting:
    def __init__(self, adapter: object, stillness: Stillness, effects: Collection[str]) -> None:
        self._adapter = adapter
        self._stillness = stillness
        self._effects = effects

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._adapter, name)
        if name not in self._effects:
            return method

        async def effect(*args: Any, **kwargs: Any) -> Any:
            await self._stillness.over()
            try:
                return await method(*args, **kwargs)
            finally:
                await self._stillness.over()

        return effect


class Living:
    """All tasks of each life."""

    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[Any], int] = {}

    def make(
        self,
        loop: asyncio.AbstractEventLoop,
        task: Coroutine[Any, Any, T] | Generator[Any, None, T],
        /,
        **settings: Any,
    ) -> asyncio.Task[T]:
        """As the loop's factory of tasks: one of the life that makes it."""
        made = asyncio.Task(task, loop=loop, **settings)
        context = settings.get("context")
        self._tasks[made] = context.get(_LIFE, 0) if context else _LIFE.get()
        made.add_done_callback(self._tasks.pop)
        return made

    async def bury(self, *lives: int) -> None:
        """End all tasks of these, who are dead; of all, if none are named."""
        rest = [t for t, life in self._tasks.items() if life and (life in lives or not lives)]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
