"""The web application: the services behind journal and faults, the control API, the page."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from aiohttp import web

from e2e.receivers.breaking import respond
from e2e.receivers.calls import Call
from e2e.receivers.control import Control
from e2e.receivers.page import page
from e2e.receivers.world import World

_LARGEST: Final = 16 << 20
#: No script runs, and nothing is loaded, whatever is told.
_PAGE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


def make_app(world: World, clock: Callable[[], float] = time.time) -> web.Application:
    """The application over a world; `clock` gives seconds since 1970."""
    app = web.Application(client_max_size=_LARGEST)

    async def service(request: web.Request) -> web.StreamResponse:
        call = Call(
            method=request.method,
            path=request.path,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.read(),
            at=clock(),
        )
        answer, fault = world.receive(call)
        if fault and fault.delay:
            await asyncio.sleep(fault.delay)
        return await respond(request, answer, fault)

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def index(request: web.Request) -> web.Response:
        """The page; ?refresh=0 leaves it as it is, for as long as somebody reads."""
        refresh = request.query.get("refresh", "")
        text = page(world, clock(), refresh=int(refresh) if refresh.isdecimal() else 2)
        return web.Response(text=text, content_type="text/html", headers=_PAGE_HEADERS)

    app.add_routes(
        [
            web.get("/", index),
            web.get("/healthz", healthz),
            *Control(world, clock).routes(),
            web.route("*", "/{path:.+}", service),
        ]
    )
    return app
