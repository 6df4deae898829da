"""Names of hosts: resolved beside the loop, and left without what must not be connected to."""

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from aiohttp.abc import AbstractResolver, ResolveResult

from tocsin.adapters.transport.addresses import Guard

#: A server of names that is silent holds a thread for many seconds, after its caller has left.
_THREADS: Final = 32

#: As `socket.getaddrinfo`.
Lookup = Callable[..., list[tuple[Any, ...]]]


class ForbiddenError(Exception):
    """What `host` leads to must not be connected to; `what` says what that is."""

    def __init__(self, host: str, what: str) -> None:
        super().__init__(host, what)
        self.host = host
        self.what = what


class GuardedResolver(AbstractResolver):
    """Asks the system, each time anew, in threads of its own."""

    def __init__(self, guard: Guard, lookup: Lookup = socket.getaddrinfo) -> None:
        self._guard = guard
        self._lookup = lookup
        self._threads = ThreadPoolExecutor(_THREADS, "names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of `host` that may be connected to.

        Raises:
            OSError: there is no such host.
            ForbiddenError: there is none that may be.
        """
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(
                self._threads, self._lookup, host, port, family, socket.SOCK_STREAM
            )
        except UnicodeError:
            raise OSError(None, "this cannot be a name") from None
        addresses = {str(info[4][0]): info[0] for info in found}
        refused = ""
        results = list[ResolveResult]()
        for text, its_family in addresses.items():
            what = self._guard.objection(ipaddress.ip_address(text))
            if what is None:
                results.append(_result(host, text, port, its_family))
            refused = refused or what or ""
        if not results and refused:
            raise ForbiddenError(host, refused)
        return results

    async def close(self) -> None:
        """Wait for nobody: a lookup under way ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def socket_to(guard: Guard, info: tuple[Any, ...]) -> socket.socket:
    """The socket for one connection to an address, checked at the last moment: whatever a name
    resolved to before.

    Raises:
        ForbiddenError: it must not be connected to.
    """
    family, kind, protocol, _, address = info
    if what := guard.objection(ipaddress.ip_address(address[0])):
        raise ForbiddenError(address[0], what)
    return socket.socket(family, kind, protocol)


def _result(host: str, address: str, port: int, family: int) -> ResolveResult:
    return {
        "hostname": host,
        "host": address,
        "port": port,
        "family": family,
        "proto": 0,
        "flags": socket.AI_NUMERICHOST,
    }
