"""Pages that only the leader can show: a standby asks it, and says who it is where that fails."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from tocsin.core.lease import Lease
from tocsin.web.readiness import Leadership

#: Says which standby has passed a request on: nobody passes it on a second time.
FORWARDED_BY: Final = "Tocsin-Forwarded-By"
#: What of a request and of an answer is passed on.
_ASKED_WITH: Final = ("Accept",)
_ANSWERED_WITH: Final = (
    "Cache-Control", "Content-Security-Policy", "Content-Type", "Referrer-Policy", "Vary",
    "X-Content-Type-Options",
)  # fmt: skip
#: Less than what `tocsin explain` waits, in seconds.
_TIMEOUT: Final = aiohttp.ClientTimeout(total=8, connect=3)

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def by_the_leader(
    routes: Iterable[web.RouteDef], leadership: Leadership, me: str, namespace: str
) -> list[web.RouteDef]:
    """`routes`, which on a standby, the pod `me` in `namespace`, show what the leader shows."""
    return [
        web.RouteDef(it.method, it.path, _asking(it.handler, leadership, me, namespace), it.kwargs)
        for it in routes
    ]


def _asking(handler: _Handler, leadership: Leadership, me: str, namespace: str) -> _Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        holder = leadership.holder
        if leadership.leads:
            return await handler(request)
        if holder is None:
            return _nobody(f"{me} is a standby, and nobody leads just now: try again in a moment")
        if FORWARDED_BY in request.headers or holder.holder == me:
            return _nobody(f"{me} is to lead and does not yet: try again in a moment")
        if not _is_web_address(holder.address):
            return _nobody(_ask_yourself(me, holder, namespace))
        try:
            return await _passed_on(request, holder.address, me)
        except (aiohttp.ClientError, TimeoutError) as error:
            said = f"{type(error).__name__} {error}".strip()
            return _nobody(
                f"{_ask_yourself(me, holder, namespace)}\nIt does not answer {me}: {said}"
            )

    return answer


async def _passed_on(request: web.Request, address: str, me: str) -> web.Response:
    headers = {name: request.headers[name] for name in _ASKED_WITH if name in request.headers}
    async with (
        aiohttp.ClientSession(address, timeout=_TIMEOUT) as session,
        session.get(
            request.rel_url,
            headers={**headers, FORWARDED_BY: me},
            allow_redirects=False,
        ) as answer,
    ):
        kept = {name: answer.headers[name] for name in _ANSWERED_WITH if name in answer.headers}
        if location := answer.headers.get("Location"):
            kept["Location"] = location
        return web.Response(status=answer.status, body=await answer.read(), headers=kept)


def _ask_yourself(me: str, holder: Lease, namespace: str) -> str:
    pod = holder.holder
    return (
        f"{me} is a standby, and knows of no evaluation. Ask the leader, {pod}:\n"
        f"  kubectl port-forward -n {namespace} pod/{pod} 8080:http"
    )


def _nobody(said: str) -> web.Response:
    return web.Response(status=503, text=said + "\n", headers={"Cache-Control": "no-store"})


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "http" and bool(parts.hostname) and parts.path == ""
