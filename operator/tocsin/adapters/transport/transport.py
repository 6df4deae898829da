"""One way out for all that users' objects cause: a POST to a host that somebody named."""

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

#: Bytes that are read of an answer: what services say of a delivery fits many times.
MAX_BODY: Final = 64 * 1024
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
        target = read_url(url)
        check_headers(headers)
        if target.address and (what := self._guard.objection(target.address)):
            raise TransportError(
                forbidden(target.host, what).message, uncertain=False, refused=True
            )
        attempt, problem = Attempt(target.host, timeout), Problem("")
        try:
            async with asyncio.timeout(timeout):
                await self._exchange(attempt, target, body, headers)
        except Exception as error:  # noqa: BLE001  # whatever it was, its text may be secret
            problem = problem_of(attempt, error)
        if answer := attempt.answer():
            return answer
        # Not inside the handler: the error that it came from would go with it, and tell the URL.
        raise TransportError(problem.message, uncertain=attempt.sent, refused=problem.refused)

    async def close(self) -> None:
        """End all connections."""
        await self._session.close()
        await self._resolver.close()

    async def _exchange(
        self, attempt: Attempt, target: Target, body: bytes, headers: Mapping[str, str]
    ) -> None:
        """Carry `attempt` out; it has what was answered, also if this ends by an error."""
        async with self._session.post(
            URL(target.url, encoded=True),
            data=body,
            headers=headers,
            allow_redirects=False,
            trace_request_ctx=attempt,
        ) as response:
            attempt.headers = {name.lower(): value for name, value in response.headers.items()}
            attempt.status = response.status
            with contextlib.closing(response):
                await _read(response.content, attempt)


async def _read(content: aiohttp.StreamReader, attempt: Attempt) -> None:
    while len(attempt.body) <= MAX_BODY:
        part = await content.read(MAX_BODY + 1 - len(attempt.body))
        if not part:
            attempt.whole = True
            return
        attempt.body += part
    del attempt.body[MAX_BODY:]
