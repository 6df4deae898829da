"""What receivers need of the outside, in memory: requests are kept, answers are prepared."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from tocsin.adapters.receivers import VARIABLES, AllReceivers
from tocsin.adapters.templates import GoTemplates
from tocsin.core.notify.notification import Notification
from tocsin.core.notify.receivers import Receipt, Receiver
from tocsin.ports.secrets import Secret, SecretError
from tocsin.ports.transport import Response, TransportError

from .told import T0


@dataclass(frozen=True)
class Request:
    """A request as it was sent."""

    url: str
    body: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        """Its body."""
        return json.loads(self.body)


@dataclass
class Wire:
    """A transport that answers with what was prepared, then with 200."""

    answers: list[Response | Exception] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    usual: Response = field(default_factory=lambda: answer(200))

    def host(self, url: str) -> str:
        """The host of `url`."""
        host = urlsplit(url).hostname
        if not host:
            raise TransportError("it is no URL", uncertain=False, refused=True)
        return host

    async def post(
        self,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str],
        timeout: float,  # noqa: ASYNC109  # as the port has it
    ) -> Response:
        """The next answer."""
        assert timeout <= 10
        self.requests.append(Request(url, body, headers))
        reply = self.answers.pop(0) if self.answers else self.usual
        if isinstance(reply, Exception):
            raise reply
        return reply


@dataclass
class Vault:
    """Secrets in memory, by `namespace/name/key`; what was forgotten and for which hosts."""

    values: dict[str, str] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)
    hosts: list[str | None] = field(default_factory=list)

    async def read(self, namespace: str, name: str, key: str, *, host: str | None = None) -> Secret:
        """The value."""
        self.hosts.append(host)
        try:
            return Secret(self.values[f"{namespace}/{name}/{key}"])
        except KeyError:
            raise SecretError(f"Secret {namespace}/{name} has no key {key}: add it") from None

    def forget(self, namespace: str, name: str) -> None:
        """Note that it is to be read anew."""
        self.forgotten.append(f"{namespace}/{name}")


@dataclass
class Hands:
    """A clock that is set by hand."""

    time: datetime = T0

    def now(self) -> datetime:
        """The time."""
        return self.time


@dataclass
class Office:
    """All receivers, with everything that they need in memory."""

    wire: Wire = field(default_factory=Wire)
    vault: Vault = field(default_factory=Vault)
    clock: Hands = field(default_factory=Hands)

    def __post_init__(self) -> None:
        renderer = GoTemplates(variables=VARIABLES)
        self.receivers = AllReceivers(self.wire, self.vault, self.clock, renderer, self._pause)

    async def _pause(self, seconds: float) -> None:
        self.clock.time += timedelta(seconds=seconds)

    async def tell(
        self, kind: str, settings: Mapping[str, Any], notification: Notification
    ) -> Receipt:
        """Tell a receiver of namespace fraud with `settings`."""
        receiver = Receiver("hook", kind, "there", settings)
        return await self.receivers.tell(receiver, "fraud", notification)

    async def check(self, kind: str, settings: Mapping[str, Any]) -> None:
        """Look at a receiver of namespace fraud with `settings`."""
        await self.receivers.check(Receiver("hook", kind, "there", settings), "fraud")

    async def beat(self, kind: str, settings: Mapping[str, Any]) -> None:
        """Beat a receiver of namespace fraud with `settings`."""
        await self.receivers.beat(Receiver("switch", kind, "there", settings), "fraud")

    @property
    def last(self) -> Request:
        """The last request."""
        return self.wire.requests[-1]


def answer(status: int, body: bytes | Mapping[str, Any] = b"", **headers: str) -> Response:
    """An answer; `retry_after="3"` is a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    encoded = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status, named, encoded)


def no_answer(message: str = "no answer within 10s", **changes: bool) -> TransportError:
    """What the transport raises."""
    return TransportError(message, **{"uncertain": True, **changes})
