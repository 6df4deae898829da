"""Asks before each send and each write whether this process may act.

Every side effect on the outside goes through a port, so the question is put around adapters.
"""

from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import Any, TypeVar, cast

from tocsin.ports import Permit

Adapter = TypeVar("Adapter")


def permitted(adapter: Adapter, permit: Permit, *effects: str) -> Adapter:
    """`adapter`, whose methods `effects` ask `permit` before they do anything.

    Raises (by these methods):
        NotLeaderError: it was not permitted, and nothing was done.
    """
    return cast("Adapter", _Permitted(adapter, effects, permit))


class _Permitted:
    def __init__(self, adapter: object, effects: Collection[str], permit: Permit) -> None:
        self._adapter = adapter
        self._effects = effects
        self._permit = permit

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._adapter, name)
        return partial(_asking, method, self._permit) if name in self._effects else method


async def _asking(
    method: Callable[..., Awaitable[Any]], permit: Permit, *args: Any, **kwargs: Any
) -> Any:
    await permit.check()
    return await method(*args, **kwargs)
