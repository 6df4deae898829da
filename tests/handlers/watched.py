"""kopf's watching with its requests replaced, and an observer that notes what it is told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import kopf
import pytest
from kopf._cogs.clients import api, fetching, watching
from kopf._cogs.structs.references import Resource

from tocsin.handlers.streams import Streams
from tocsin.handlers.tap import tapped

PODS = Resource("", "v1", "pods", kind="Pod", namespaced=True)
#: In place of a chunk or event: nothing comes any more, and no end.
SILENCE = "silence"
GONE_410 = {"type": "ERROR", "object": {"code": 410, "message": "too old"}}


def pod(name: str, namespace: str = "fraud", **rest: Any) -> dict[str, Any]:
    """A pod's body."""
    return {"metadata": {"namespace": namespace, "name": name}, **rest}


def event(kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """An event of a watch."""
    return {"type": kind, "object": body}


@dataclass
class Notes:
    """An observer that notes, and refuses what it is told to refuse."""

    told: list[tuple[Any, ...]] = field(default_factory=list)
    refuse: Callable[[Mapping[str, Any]], bool] = lambda _: False
    counted: list[tuple[str, str, str]] = field(default_factory=list)
    after: Callable[[tuple[Any, ...]], object] = lambda _: None

    def saw(self, kind: str, body: Mapping[str, Any]) -> None:
        """Note it."""
        if self.refuse(body):
            raise ValueError("this cannot be taken in")
        self.told.append(("saw", kind, body["metadata"]["name"]))
        self.after(self.told[-1])

    def gone(self, kind: str, namespace: str, name: str) -> None:
        """Note it."""
        self.told.append(("gone", kind, name))

    def listed(self, kind: str, namespace: str | None, names: Set[tuple[str, str]]) -> None:
        """Note it."""
        self.told.append(("listed", kind, namespace, {name for _, name in names}))

    def count(self, verb: str, kind: str, code: str) -> None:
        """Note it."""
        self.counted.append((verb, kind, code))


@dataclass
class Script:
    """What lists (of chunks) and watches (of events) give, one after the other.

    An exception in place of a chunk or event is raised there.
    """

    lists: list[list[Any]]
    watches: list[list[Any]]
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def fetch_objs(self, **_: Any) -> AsyncIterator[tuple[list[Any], str]]:
        """One list."""
        for chunk in self.lists.pop(0):
            await _fail_or_hang(chunk)
            yield chunk, "1"

    async def stream(self, **_: Any) -> AsyncIterator[Any]:
        """One watch; once there are no more it hangs, as one does where nothing happens."""
        if not self.watches:
            self.over.set()
            await asyncio.Event().wait()
        for one in self.watches.pop(0):
            await _fail_or_hang(one)
            yield one


async def _fail_or_hang(one: Any) -> None:
    if isinstance(one, Exception):
        raise one
    if one == SILENCE:
        await asyncio.Event().wait()


@contextmanager
def played(script: Script, notes: Notes, streams: Streams | None = None) -> Iterator[None]:
    """kopf's watching, tapped, on a script."""
    with pytest.MonkeyPatch.context() as patch, tapped(notes, notes.count, streams or Streams()):
        patch.setattr(fetching, "fetch_objs", script.fetch_objs)
        patch.setattr(api, "stream", script.stream)
        yield


async def play(
    lists: list[list[Any]],
    watches: Sequence[list[Any]],
    *,
    notes: Notes | None = None,
    namespace: str | None = None,
    streams: Streams | None = None,
) -> tuple[Notes, list[Any]]:
    """Run kopf's endless watch on a script until it hangs; what was told, and what kopf got."""
    notes = notes or Notes()
    script = Script(lists, list(watches))
    settings = kopf.OperatorSettings()
    settings.watching.reconnect_backoff = 0
    passed: list[Any] = []

    async def run() -> None:
        stream = watching.infinite_watch(settings=settings, resource=PODS, namespace=namespace)  # type: ignore[arg-type]  # a NewType of str, private to kopf
        async for one in stream:
            passed.append(one)  # noqa: PERF401  # what came before an error counts too

    with played(script, notes, streams):
        running = asyncio.create_task(run())
        over = asyncio.create_task(script.over.wait())
        await asyncio.wait({running, over}, timeout=3, return_when=asyncio.FIRST_COMPLETED)
        assert over.done() or running.done()
        over.cancel()
        running.cancel()
        await asyncio.wait({running, over})
        if not running.cancelled() and (error := running.exception()):
            raise error
    assert not script.lists
    return notes, passed


BROKEN = aiohttp.ClientPayloadError("the connection broke")
