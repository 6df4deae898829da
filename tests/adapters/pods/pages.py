"""Pods on loopback, each at an address of its own, whose pages a test writes."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.adapters.transport.hosts import AMPLE, LOOPBACK, Answer, guard, port, serving
from tocsin.adapters.pods import PodsLimits, PodsSource
from tocsin.adapters.transport import GuardedTransport
from tocsin.core.metrics import PODS_SOURCE, Question
from tocsin.core.queries.home import Home
from tocsin.core.queries.pods import PodsQuery
from tocsin.core.samples import Failure, Samples
from tocsin.ports import PodAddress

HOME = Home("fraud")
PLAIN = "text/plain; version=0.0.4; charset=utf-8"
OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def page(text: str, kind: str = PLAIN, status: int = 200) -> Answer:
    """Answers with this page."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, body=text.encode(), headers={"Content-Type": kind})

    return answer


@dataclass
class Changing:
    """A page that a test rewrites; `asked` has paths and headers."""

    text: str = ""
    kind: str = PLAIN
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append((request.raw_path, request.headers["Accept"]))
        return web.Response(body=self.text.encode(), headers={"Content-Type": self.kind})


@dataclass
class Pods:
    """The pods that there are, and a source that asks them, by a clock that a test steps."""

    there: list[PodAddress]
    port: int
    source: PodsSource
    time: float = 0.0

    async def ask(self, series: str = "x", **query: Any) -> Samples | Failure:
        asked = PodsQuery(**{"port": self.port, "series": series, "home": HOME, **query})
        return await self.source.ask(Question(PODS_SOURCE, asked))

    async def samples(self, series: str = "x", **query: Any) -> Samples:
        answer = await self.ask(series, **query)
        assert isinstance(answer, Samples), answer
        return answer

    async def failure(self, series: str = "x", **query: Any) -> Failure:
        answer = await self.ask(series, **query)
        assert isinstance(answer, Failure), answer
        return answer

    async def values(self, series: str = "x", **query: Any) -> list[float]:
        return [sample.value for sample in (await self.samples(series, **query)).samples]


@dataclass
class Directory:
    """Knows these pods, of one namespace."""

    there: list[PodAddress]
    asked: list[Home] = field(default_factory=list)

    def pods(self, home: Home) -> Sequence[PodAddress]:
        self.asked.append(home)
        return self.there if home.namespace == HOME.namespace else []


@contextlib.asynccontextmanager
async def running(*answers: Answer, **limits: Any) -> AsyncIterator[Pods]:
    """Pods scorer-0, scorer-1, … that answer so."""
    async with contextlib.AsyncExitStack() as stack:
        shared, there = 0, list[PodAddress]()
        for number, answer in enumerate(answers):
            ip = f"127.0.1.{number + 1}"
            shared = port(await stack.enter_async_context(serving(answer, ip, shared)))
            there.append(PodAddress(f"scorer-{number}", f"uid-{number}", ip))
        transport = GuardedTransport(guard(*LOOPBACK))
        stack.push_async_callback(transport.close)
        pods = Pods(there, shared, None)  # type: ignore[arg-type]  # set in the next line
        pods.source = PodsSource(
            transport,
            Directory(there),
            lambda: pods.time,
            PodsLimits(**{"timeout": AMPLE, **limits}),
        )
        stack.callback(pods.source.close)
        yield pods
