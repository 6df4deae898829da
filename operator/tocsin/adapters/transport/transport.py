"""One way out for all that users' objects cause: a request to a host that somebody named."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Mapping
from functools import partial
from typing import Final

import aiohttp
from yarl import URL

from tocsin.adapters.transport.addresses import Guard
from tocsin.adapters.transport.problems import Attempt, Problem, forbidden, problem_of, tracing
from tocsin.adapters.transport.resolving import GuardedResolver, Lookup, socket_to
from tocsin.adapters.transport.urls import Target, check_headers, read_url
from tocsin.ports import Response, TransportError

_CONNECTIONS: Final = 256
_CONNECTIONS_TO_A_HOST: Final = 8
_HEADERS: Final = {
    "User-Agent": "tocsin",
    "Accept-Encoding": "identity",  # nothing is unpacked, so nothing grows
    "Connection": "close",
}


class GuardedTransport:
    """Speaks with public hosts and with what `guard` allows; knows no proxy, cookie or redirect.

    Each request has a connection of its own: on one that is kept, a host that just hung up leaves
    unknown whether it took what was sent. To be made while a loop runs, and closed.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        lookup: Lookup = socket.getaddrinfo,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._guard = guard
        self._resolver = GuardedResolver(guard, lookup)
        connector = aiohttp.TCPConnector(
            resolver=self._resolver,
            use_dns_cache=False,
            socket_factory=partial(socket_to, guard),
            force_close=True,
            limit=_CONNECTIONS,
            limit_per_host=_CONNECTIONS_TO_A_HOST,
            ssl=tls or True,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers=_HEADERS,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            trace_configs=[tracing()],
        )

    def host(self, url: str) -> str:
        """The host that `url` leads to, in lower case, an IPv6 address without its brackets.

        Raises:
            TransportError: it is no URL that may be used; `refused`.
        """
        return read_url(url).host

    async def post(
        self,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str],
        timeout: float,  # noqa: ASYNC109  # the limit is part of what is promised
    ) -> Response:
        """The answer of `url` to `body`, whatever its status; its body is cut after 64 KiB.

        `timeout` is in seconds and is for all of it. Once there is a status, what is still missing
        of the body then is left out.

        Raises:
            TransportError: there is no answer.
        """
        attempt, problem = await self._ask("POST", url, body, headers, Attempt("", timeout))
        if answer := attempt.answer():
            return answer
        # Not inside the handler: the error that it came from would go with it, and tell the URL.
        raise _error(problem, uncertain=attempt.sent)

    async def fetch(
        self,
        method: str,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str],
        timeout: float,  # noqa: ASYNC109  # the limit is part of what is promised
        limit: int,
    ) -> Response:
        """The whole answer of `url`, whatever its status; one longer than `limit` is cut there.

        Raises:
            TransportError: there is no answer, or not all of it.
        """
        attempt = Attempt("", timeout, reads=True, limit=limit)
        attempt, problem = await self._ask(method, url, body, headers, attempt)
        answer = attempt.answer()
        if answer and (attempt.whole or len(answer.body) >= limit):
            return answer
        raise _error(problem, uncertain=attempt.sent)

    async def close(self) -> None:
        """End all connections."""
        await self._session.close()
        await self._resolver.close()

    async def _ask(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], attempt: Attempt
    ) -> tuple[Attempt, Problem]:
        """`attempt` carried out, and why it has no answer, or not all of one.

        Raises:
            TransportError: it must not be asked; `refused`.
        """
        target = read_url(url)
        check_headers(headers)
        setting = self._guard.setting
        if target.address and (what := self._guard.objection(target.address)):
            raise _error(forbidden(target.host, what, setting), uncertain=False)
        attempt.host, attempt.setting, problem = target.host, setting, Problem("")
        try:
            async with asyncio.timeout(attempt.timeout):
                await self._exchange(attempt, method, target, body, headers)
        except Exception as error:  # noqa: BLE001  # whatever it was, its text may be secret
            problem = problem_of(attempt, error)
        return attempt, problem

    async def _exchange(
        self, attempt: Attempt, method: str, target: Target, body: bytes, headers: Mapping[str, str]
    ) -> None:
        """Carry `attempt` out; it has what was answered, also if this ends by an error."""
        async with self._session.request(
            method,
            URL(target.url, encoded=True),
            data=body or None,
            headers=headers,
            allow_redirects=False,
            trace_request_ctx=attempt,
        ) as response:
            attempt.headers = {name.lower(): value for name, value in response.headers.items()}
            attempt.status = response.status
            with contextlib.closing(response):
                await _read(response.content, attempt)


def _error(problem: Problem, *, uncertain: bool) -> TransportError:
    refused, late = problem.refused, problem.late
    return TransportError(problem.message, uncertain=uncertain, refused=refused, late=late)


async def _read(content: aiohttp.StreamReader, attempt: Attempt) -> None:
    limit = attempt.limit
    while len(attempt.body) <= limit:
        part = await content.read(limit + 1 - len(attempt.body))
        if not part:
            attempt.whole = True
            return
        attempt.body += part
    del attempt.body[limit:]
