"""An address on loopback that answers whatever a test wants, asked as a rule asks it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from aiohttp import web

from tests.adapters.transport.hosts import (
    AMPLE,
    LOOPBACK,
    Answer,
    Names,
    guard,
    serving,
)
from tocsin.adapters.http import HttpLimits, HttpSource
from tocsin.adapters.transport import GuardedTransport
from tocsin.core import samples
from tocsin.core.metrics import HTTP_SOURCE, Question
from tocsin.core.queries.http import HttpQuery
from tocsin.ports import Secret, SecretError

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


class StandingClock:
    """It is noon."""

    def now(self) -> datetime:
        return NOW


@dataclass
class Secrets:
    """What stands in Secrets, by namespace, name and key; `asked` has the hosts it was read for."""

    known: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    asked: list[str | None] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    async def read(self, namespace: str, name: str, key: str, *, host: str | None = None) -> Secret:
        self.asked.append(host)
        value = self.known.get((namespace, name, key))
        if value is None:
            raise SecretError(f"Secret {namespace}/{name} does not exist: create it")
        return Secret(value)

    def forget(self, namespace: str, name: str) -> None:
        self.forgotten.append(f"{namespace}/{name}")


@contextlib.asynccontextmanager
async def a_source(
    *allowed: str,
    secrets: Secrets | None = None,
    names: Names | None = None,
    **limits: Any,
) -> AsyncIterator[HttpSource]:
    """A source that may reach `allowed`, this machine if none are given; closed afterwards."""
    made = GuardedTransport(guard(*(allowed or LOOPBACK)), lookup=names or Names())
    wanted = HttpLimits(**{"timeout": AMPLE, **limits})
    source = HttpSource(made, secrets or Secrets(), StandingClock(), wanted)
    try:
        yield source
    finally:
        source.close()
        await made.close()


def json(document: object, status: int = 200) -> Answer:
    """Answers with `document`."""

    async def answer(_: web.Request) -> web.Response:
        body = orjson.dumps(document)
        return web.Response(status=status, body=body, content_type="application/json")

    return answer


def text(body: str, status: int = 200, **headers: str) -> Answer:
    """Answers with `body`."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body, headers=headers)

    return answer


async def ask(
    answer: Answer, value: str = "value", *, path: str = "/stats", options: Any = None, **query: Any
) -> samples.Answer:
    """What a rule of namespace fraud gets; `options` are those of the source."""
    async with serving(answer) as url, a_source(**(options or {})) as source:
        asked = HttpQuery(url=url + path, value=value, **{"namespace": "fraud", **query})
        async with asyncio.timeout(2 * AMPLE):
            return await source.ask(Question(HTTP_SOURCE, asked))


async def fail(answer: Answer, value: str = "value", **query: Any) -> samples.Failure:
    """As `ask`, where only a failure can come."""
    got = await ask(answer, value, **query)
    assert isinstance(got, samples.Failure), got
    return got


async def series(answer: Answer, value: str = "value", **query: Any) -> samples.Samples:
    """As `ask`, where only samples can come."""
    got = await ask(answer, value, **query)
    assert isinstance(got, samples.Samples), got
    return got


async def values(answer: Answer, value: str = "value", **query: Any) -> list[float]:
    """The numbers alone."""
    return [sample.value for sample in (await series(answer, value, **query)).samples]
