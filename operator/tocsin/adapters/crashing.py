"""Crash points: where the process can be made to die, before and after each of its side effects.

Every side effect goes through a port, so the points are put around adapters, and only where
somebody asks for it: without TOCSIN_CRASH_AT nothing is wrapped, and nothing is paid.
"""

import os
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final, Protocol, TypeVar, cast

VARIABLE: Final = "TOCSIN_CRASH_AT"

#: The side effects, and the method of a port that has each of them. A new one is one line here.
EFFECTS: Final = {
    "query": "ask",
    "status": "write",
    "event": "record",
    "lease": "write",
    "create": "create",
    "incident": "write_status",
    "send": "tell",
}

#: All points. "After" is passed only by what succeeded.
POINTS: Final = tuple(f"{when}-{effect}" for effect in EFFECTS for when in ("before", "after"))

#: Told of each point that is passed; it may not return.
Passing = Callable[[str], None]

Adapter = TypeVar("Adapter")


class Around(Protocol):
    """Puts the points of an effect around an adapter."""

    def __call__(self, adapter: Adapter, effect: str) -> Adapter:
        """`adapter`, as it is or wrapped."""
        ...


def points_around(environment: Mapping[str, str]) -> Around:
    """What wraps adapters where the environment says so, and otherwise leaves them as they are.

    TOCSIN_CRASH_AT is a point, or a point and how often it is passed: `after-status:3`.

    Raises:
        ValueError: it names no point, or no number.
    """
    text = environment.get(VARIABLE, "")
    if not text:
        return _untouched
    passing = dying_at(text, _kill)
    return lambda adapter, effect: crashing(adapter, effect, passing)


def crashing(adapter: Adapter, effect: str, passing: Passing) -> Adapter:
    """`adapter` with a point before and after each `effect` that it has."""
    return cast("Adapter", _Crashing(adapter, effect, passing))


def dying_at(text: str, die: Callable[[], None]) -> Passing:
    """What calls `die` at the point that `text` names.

    Raises:
        ValueError: it names no point, or no number.
    """
    name, colon, number = text.partition(":")
    times = int(number) if number.isdecimal() else 0 if colon else 1
    if name not in POINTS or times == 0:
        raise ValueError(
            f"{VARIABLE} is {text!r}: make it one of {', '.join(POINTS)}, or one of them and how "
            "often it is passed, as after-status:3"
        )
    passed: Counter[str] = Counter()

    def passing(point: str) -> None:
        passed[point] += 1
        if point == name and passed[point] == times:
            die()

    return passing


class _Crashing:
    def __init__(self, adapter: object, effect: str, passing: Passing) -> None:
        self._adapter = adapter
        self._effect = effect
        self._passing = passing

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._adapter, name)
        if name != EFFECTS[self._effect]:
            return method
        return partial(_between, self._effect, method, self._passing)


def _untouched(adapter: Adapter, effect: str) -> Adapter:  # noqa: ARG001  # nothing is put around it
    return adapter


async def _between(
    effect: str, method: Callable[..., Awaitable[Any]], passing: Passing, *args: Any
) -> Any:
    passing(f"before-{effect}")
    result = await method(*args)
    passing(f"after-{effect}")
    return result


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    os._exit(128 + signal.SIGKILL)  # the first process of a container is not killed from inside
