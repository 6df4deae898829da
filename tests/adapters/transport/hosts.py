"""Hosts on loopback for the transport to speak with, well-behaved and rude, and their names."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import web

from tocsin.adapters.transport import Guard, GuardedTransport
from tocsin.ports import Response, TransportError

#: Stands in for what nobody may see: no error's text may have it.
CANARY: Final = "canary-3f1c9a"
LOOPBACK: Final = ("127.0.0.0/8", "::1/128")
#: For what is not about time: a busy machine makes nothing late.
AMPLE: Final = 10.0
#: For what is to be late.
SHORT: Final = 0.1
PEM: Final = Path(__file__).with_name("hooks.test.pem")

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
Rude = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Names:
    """A lookup of names that knows only these; `asked` has each name that was looked up.

    Addresses of a name are used one lookup after the other, the last for all that follow.
    """

    known: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, port: int, *_: Any) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        answers = self.known.get(host)
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            (socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port))
            for a in found
        ]


def guard(*allowed: str, forbidden: Collection[str] = ()) -> Guard:
    """A guard that lets these networks through."""
    networks = [ip_network(network) for network in allowed]
    return Guard(networks, frozenset(ip_address(address) for address in forbidden))


@contextlib.asynccontextmanager
async def transport(
    *allowed: str, names: Names | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[GuardedTransport]:
    """A transport that may reach `allowed`, this machine if none are given; closed afterwards."""
    made = GuardedTransport(guard(*(allowed or LOOPBACK)), lookup=names or Names(), tls=tls)
    try:
        yield made
    finally:
        await made.close()


async def post(url: str, *allowed: str, within: float = AMPLE, **options: Any) -> Response:
    """What `url` answers within so many seconds."""
    headers = {"Authorization": f"Bearer {CANARY}", **options.pop("headers", {})}
    async with transport(*allowed, **options) as made, asyncio.timeout(2 * AMPLE):
        return await made.post(url, body=b"{}", headers=headers, timeout=within)


async def failure(url: str, *allowed: str, **options: Any) -> TransportError:
    """Why `url` has no answer; nothing secret may be said of it, nor come with it."""
    with pytest.raises(TransportError) as raised:
        await post(url, *allowed, **options)
    error = raised.value
    assert CANARY not in f"{error} {error!r}"
    assert error.__cause__ is error.__context__ is None
    return error


def port(url: str) -> int:
    """The port of a URL on loopback."""
    return int(url.rpartition(":")[2])


@contextlib.asynccontextmanager
async def serving(answer: Answer, host: str = "127.0.0.1", at: int = 0) -> AsyncIterator[str]:
    """The URL of a host that answers so, while this lasts; `at` is its port, 0 any."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, at).start()
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def rude(
    act: Rude, tls: ssl.SSLContext | None = None, *, reads: bool = True
) -> AsyncIterator[str]:
    """The URL of a host that does as it likes, once it `reads` the head of a request, or before."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                if reads:
                    await reader.readuntil(b"\r\n\r\n")
                await act(reader, writer)
                await writer.drain()
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    tasks = set[asyncio.Task[None]]()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        server.close()
        await server.wait_closed()


def says(raw: bytes) -> Rude:
    """Writes `raw`, and hangs up."""

    async def act(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)

    return act
