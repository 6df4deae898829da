"""Asks before each send and each write whether this process may act.

Every side effect on the outside goes through a port, so the question is put around adapters.
"""

from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import Any, TypeVar, cast

Check = Callable[[], Awaitable[None]]
Adapter = TypeVar("Adapter")


def permitted(adapter: Adapter, check: Check, *effects: str) -> Adapter:
    """`adapter`, whose methods `effects` ask `check` before they do anything.

    Raises (by these methods):
        WriteError: what `check` raised; nothing was done.
    """
    return cast("Adapter", _Permitted(adapter, effects, check))


class _Permitted:
    def __init__(self, adapter: object, effects: Collection[str], check: Check) -> None:
        self._adapter = adapter
        self._effects = effects
        self._check = check

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._adapter, name)
        return partial(_asking, method, self._check) if name in self._effects else method


async def _asking(
    method: Callable[..., Awaitable[Any]], check: Check, *args: Any, **kwargs: Any
) -> Any:
    await check()
    return await method(*args, **kwargs)
