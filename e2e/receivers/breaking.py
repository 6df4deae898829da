"""Answers over HTTP, whole or broken as a fault says."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web

from e2e.receivers.calls import Answer
from e2e.receivers.faults import Fault, Mode

_HUGE: Final = 64 << 20
_PIECE: Final = b" " * (1 << 16)
_PAGE: Final = "<!doctype html><title>502</title><h1>Bad Gateway</h1><p>A proxy's own page.</p>"
_TICK: Final = 0.05


async def respond(
    request: web.Request, answer: Answer | None, fault: Fault | None
) -> web.StreamResponse:
    """Send an answer, or what a fault makes of it."""
    if fault is None or (answer and fault.mode is None):
        return _plain(answer)
    if fault.mode in (Mode.HUGE, Mode.ENDLESS):
        size = _HUGE if fault.mode is Mode.HUGE else None
        return await _stream(request, fault.status or 200, _pieces(size))
    if fault.mode is Mode.HANG:
        await _until_gone(request)
    elif fault.mode in (Mode.DROP, Mode.DROP_AFTER_PROCESSING) and request.transport:
        request.transport.abort()
    return _broken(fault)  # which nobody reads where the connection is gone


def _broken(fault: Fault) -> web.Response:
    """The answer that stands in place of the service's own."""
    headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
    status = fault.status or 200
    text, kind = f"a fault that was asked for: {fault.name}\n", "text/plain"
    if fault.mode is Mode.BROKEN_JSON:
        text, kind = '{"ok": tr', "application/json"
    elif fault.mode is Mode.HTML:
        text, kind = _PAGE, "text/html"
    elif fault.mode is Mode.REDIRECT:
        status, headers["Location"] = fault.status or 307, fault.location
    return web.Response(status=status, text=text, content_type=kind, headers=headers)


def _plain(answer: Answer | None) -> web.Response:
    assert answer is not None  # without a fault there is one
    if isinstance(answer.body, str):
        return web.Response(status=answer.status, text=answer.body, headers=answer.headers)
    return web.Response(
        status=answer.status, text=json.dumps(answer.body), headers=answer.headers,
        content_type="application/json",
    )  # fmt: skip


async def _pieces(size: int | None) -> AsyncIterator[bytes]:
    """Spaces, which JSON may have many of: `size` bytes at once, or some each moment for ever."""
    if size is None:
        while True:
            yield b" " * 64
            await asyncio.sleep(_TICK)
    for _ in range(size // len(_PIECE)):
        yield _PIECE


async def _stream(
    request: web.Request, status: int, pieces: AsyncIterator[bytes]
) -> web.StreamResponse:
    response = web.StreamResponse(status=status, headers={"Content-Type": "application/json"})
    await response.prepare(request)
    try:
        async for piece in pieces:
            await response.write(piece)
        await response.write_eof()
    except ConnectionError:
        pass  # the reader has had enough, as it should
    return response


async def _until_gone(request: web.Request) -> None:
    """Wait until the other side gives up."""
    while request.transport and not request.transport.is_closing():  # noqa: ASYNC110  # no event
        await asyncio.sleep(_TICK)
