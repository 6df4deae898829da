"""An API server on loopback that answers what a test lays down, in order."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web
from kubernetes.aio.client import ApiClient, Configuration


@dataclass
class Request:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    content_type: str
    body: Any


@dataclass(frozen=True)
class Stream:
    """An answer that stays open after these lines, as that to a watch does."""

    lines: tuple[Any, ...] = ()


@dataclass
class ApiServer:
    """What it was asked, what it will answer (status, body), and what was counted of it."""

    answers: list[tuple[int, Any]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    counted: list[tuple[str, str, str]] = field(default_factory=list)
    url: str = ""
    ending: asyncio.Event = field(default_factory=asyncio.Event)

    def will(self, status: int, body: Any = None) -> None:
        """Answer the next open request so; without a body as the real one does."""
        said = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": status}
        self.answers.append((status, said if body is None else body))

    def count(self, verb: str, kind: str, code: str) -> None:
        """What adapters report of their requests."""
        self.counted.append((verb, kind, code))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Note the request and answer it."""
        raw = await request.read()
        self.requests.append(
            Request(
                request.method,
                request.path,
                dict(request.query),
                request.content_type,
                orjson.loads(raw) if raw else None,
            )
        )
        status, body = self.answers.pop(0)
        if status == 0:  # hang up
            assert request.transport
            request.transport.close()
            return web.Response()
        if isinstance(body, Stream):
            return await self._stream(request, body)
        if isinstance(body, str):
            return web.Response(status=status, text=body)
        return web.json_response(body, status=status)

    async def _stream(self, request: web.Request, stream: Stream) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for line in stream.lines:
            await response.write(orjson.dumps(line) + b"\n")
        await self.ending.wait()
        return response


@contextlib.asynccontextmanager
async def api_server() -> AsyncIterator[tuple[ApiServer, ApiClient]]:
    """The server and a client for it, while this lasts."""
    server = ApiServer()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with ApiClient(Configuration(host=server.url)) as client:
            yield server, client
    finally:
        server.ending.set()
        await runner.cleanup()
