"""Why there is no answer, in words of our own: those of the client have the URL in them."""

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final

import aiohttp

from tocsin.adapters.transport.addresses import API_SERVER
from tocsin.adapters.transport.resolving import ForbiddenError
from tocsin.ports import Response


class Phase(Enum):
    """How far a request has come."""

    WAITING = auto()
    RESOLVING = auto()
    CONNECTING = auto()
    SENT = auto()


#: Bytes that are read of an answer: what services say of a delivery fits many times.
MAX_BODY: Final = 64 * 1024


@dataclass
class Attempt:
    """One request under way: to which host, how far it has come, and what was answered so far.

    `reads` says that it only asks: nothing can come of it there. `limit` is in bytes;
    `setting` opens networks.
    """

    host: str
    timeout: float
    reads: bool = False
    limit: int = MAX_BODY
    setting: str = "receivers.allowedNetworks"
    phase: Phase = Phase.WAITING
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    whole: bool = False

    @property
    def sent(self) -> bool:
        """Whether something of it may have arrived."""
        return self.phase is Phase.SENT

    def answer(self) -> Response | None:
        """What was answered; None while there is not even a status."""
        if self.status is None:
            return None
        return Response(self.status, self.headers, bytes(self.body), cut=not self.whole)


def tracing() -> aiohttp.TraceConfig:
    """What keeps the phase of each request's `Attempt`."""
    config = aiohttp.TraceConfig()
    for signals, phase in (
        (config.on_connection_create_start, Phase.CONNECTING),
        (config.on_dns_resolvehost_start, Phase.RESOLVING),
        (config.on_dns_resolvehost_end, Phase.CONNECTING),
        (config.on_request_headers_sent, Phase.SENT),
    ):
        signals.append(_entering(phase))
    return config


def _entering(phase: Phase) -> Callable[..., Any]:
    async def enter(_: object, context: Any, __: object) -> None:
        context.trace_request_ctx.phase = phase

    return enter


@dataclass(frozen=True)
class Problem:
    """A sentence for people, which has no URL in it; the others are as in `TransportError`."""

    message: str
    refused: bool = False
    late: bool = False


def problem_of(attempt: Attempt, error: Exception) -> Problem:
    """What `error` means."""
    if isinstance(error, ForbiddenError):
        return forbidden(attempt.host, error.what, attempt.setting)
    late = isinstance(error, TimeoutError)
    if late:
        sentence = _TOO_LATE[attempt.phase]
    else:
        sentence = _after_sending(error) if attempt.sent else _before_sending(error)
    if attempt.reads:
        sentence = sentence.removesuffix(_MAYBE_TAKEN).rstrip(":; ")
    return Problem(sentence.format(host=attempt.host, attempt=attempt), late=late)


def forbidden(host: str, what: str, setting: str) -> Problem:
    """That `host` must not be connected to, because of `what` its address is."""
    if what == API_SERVER:
        return Problem(f"{host} leads to {what}, where nothing is sent: name another host", True)
    return Problem(
        f"{host} leads to {what}, where nothing may be sent: name a public host, or have its "
        f"network added to the operator's {setting}",
        True,
    )


_MAYBE_TAKEN: Final = "it may have taken what was sent"
_TOO_LATE: Final = {
    Phase.WAITING: "{attempt.host} was not asked within {attempt.timeout:g} s: too many requests "
    "are under way; they end by themselves",
    Phase.RESOLVING: "the name {attempt.host} was not resolved within {attempt.timeout:g} s: "
    "check the cluster's DNS",
    Phase.CONNECTING: "there was no connection to {attempt.host} within {attempt.timeout:g} s: "
    "check host and port, and whether a firewall or a NetworkPolicy lets the operator out",
    Phase.SENT: "{attempt.host} did not answer within {attempt.timeout:g} s: " + _MAYBE_TAKEN,
}


def _after_sending(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientResponseError):
        return f"what {{host}} answers is not HTTP: check the URL's port; {_MAYBE_TAKEN}"
    return f"the connection to {{host}} broke before there was an answer: {_MAYBE_TAKEN}"


def _before_sending(error: Exception) -> str:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return _unresolved(error.os_error)
        case aiohttp.ClientConnectorCertificateError():
            why = getattr(error.certificate_error, "verify_message", "it cannot be verified")
            why = why.replace("{", "(").replace("}", ")")
            return f"the certificate of {{host}} is not trusted: {why}"
        case aiohttp.ClientSSLError():
            return "{host} does not speak TLS here: check the URL's port, and http or https"
        case OSError():
            why = os.strerror(error.errno) if error.errno else "check host and port"
            return f"{{host}} cannot be connected to: {why}"
    return f"nothing could be sent to {{host}}: {type(error).__name__}"


def _unresolved(cause: OSError) -> str:
    if cause.errno == socket.EAI_AGAIN:
        return "the name {host} cannot be resolved now: check the cluster's DNS"
    return "the name {host} is not known: check its spelling"
