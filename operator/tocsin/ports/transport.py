"""HTTP with hosts that users name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Response:
    """What a host answered; names of `headers` are in lower case.

    `body` is raw and is cut where it is too long; `cut` says that not all of it came.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: bool = False


class TransportError(Exception):
    """There is no answer. The text names the host, but never path or query: they may be secret.

    `uncertain` says that what was sent may have been processed all the same. `refused` says that
    it was not sent, and never will be: trying the same again does not help. `late` says that the
    time was over.
    """

    def __init__(
        self, message: str, *, uncertain: bool, refused: bool = False, late: bool = False
    ) -> None:
        super().__init__(message)
        self.uncertain = uncertain
        self.refused = refused
        self.late = late


class Transport(Protocol):
    """Speaks HTTP with hosts that users name, and with none that they must not reach."""

    def host(self, url: str) -> str:
        """The host that `url` leads to, in lower case, an IPv6 address without its brackets.

        Raises:
            TransportError: it is no URL that may be used; `refused`.
        """
        ...

    async def post(
        self,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str],
        timeout: float,  # noqa: ASYNC109  # the limit is part of what is promised
    ) -> Response:
        """The answer of `url` to `body`, whatever its status; redirects are not followed.

        `timeout` is in seconds and is for all of it: name, connection, sending, answer.

        Raises:
            TransportError: there is no answer.
        """
        ...


class Fetcher(Protocol):
    """Reads over HTTP what hosts that users name have, and from none that they must not reach."""

    def host(self, url: str) -> str:
        """The host that `url` leads to, as `Transport.host` says it.

        Raises:
            TransportError: it is no URL that may be used; `refused`.
        """
        ...

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
        """The whole answer of `url`, whatever its status; redirects are not followed.

        An answer of more than `limit` bytes is `cut` there. `timeout` is in seconds and is for all
        of it: name, connection, sending, answer.

        Raises:
            TransportError: there is no answer, or not all of it.
        """
        ...
