"""Serves /healthz, /readyz, /metrics, and what else it is given."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Final, Protocol

from aiohttp import web


class Pages(Protocol):
    """What the pages show."""

    async def healthy(self) -> str | None:
        """Why the process should be restarted, if it should."""
        ...

    async def ready(self) -> str | None:
        """What the operator still waits for, if it does."""
        ...

    def role(self) -> str:
        """What the operator is ready for."""
        ...

    def metrics(self) -> tuple[bytes, str]:
        """The page of metrics and its content type."""
        ...


_PAGES: Final = web.AppKey("pages", Pages)


@asynccontextmanager
async def serving(
    pages: Pages, host: str, port: int, more: Iterable[web.RouteDef] = ()
) -> AsyncIterator[int]:
    """Serve `pages` and `more` while this lasts, on the port yielded (0 asks for a free one)."""
    app = web.Application()
    app[_PAGES] = pages
    app.add_routes(
        [
            web.get("/healthz", _probe(lambda p: p.healthy())),
            web.get("/readyz", _probe(lambda p: p.ready(), lambda p: p.role())),
            web.get("/metrics", _metrics),
            *more,
        ]
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def _probe(
    ask: Callable[[Pages], Awaitable[str | None]], well: Callable[[Pages], str] = lambda _: "ok"
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        problem = await ask(request.app[_PAGES])
        if problem:
            return web.Response(status=503, text=problem + "\n")
        return web.Response(text=well(request.app[_PAGES]) + "\n")

    return answer


async def _metrics(request: web.Request) -> web.Response:
    page, content_type = request.app[_PAGES].metrics()
    return web.Response(body=page, headers={"Content-Type": content_type})
