"""Sends what a receiver is to be told, and says in words what became of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from tocsin.adapters.receivers.settings import SecretRef, Settings
from tocsin.adapters.receivers.texts import one_line
from tocsin.core.notify.receivers import DeliveryError
from tocsin.ports import Clock
from tocsin.ports.secrets import SecretError, SecretReader
from tocsin.ports.transport import Response, Transport, TransportError

#: Seconds for one request, from its start to the end of its answer.
TIMEOUT: Final = 10.0
#: The longest time for which a receiver may ask to be left alone.
LONGEST_REST: Final = timedelta(hours=1)
#: Characters of an answer that are shown.
_SHOWN: Final = 200
_JSON: Final = "application/json; charset=utf-8"
#: Answers after which the same request may be taken later.
_PASSING: Final = frozenset({408, 425, 429})
#: A gateway has no answer of the one behind it, which may have taken the request.
_UNCERTAIN: Final = frozenset({502, 504})


@dataclass(frozen=True)
class Letter:
    """A request to be sent. `hidden` has what must not show in messages: Secrets' values."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class Desk:
    """What all kinds of receivers send with."""

    transport: Transport
    secrets: SecretReader
    clock: Clock

    async def secret(self, namespace: str, ref: SecretRef, host: str | None) -> str:
        """The value that `ref` names, without white space around it.

        Raises:
            DeliveryError: it cannot be had, or is no line of text.
        """
        try:
            secret = await self.secrets.read(namespace, ref.name, ref.key, host=host)
        except SecretError as error:
            raise DeliveryError(str(error), retry=True) from None
        value = secret.reveal().strip()
        if not value or not value.isascii() or not value.isprintable():
            raise DeliveryError(
                f"{ref.field}: key {ref.key} of Secret {namespace}/{ref.name} has to be one line "
                f"of printable ASCII; it is {'empty' if not value else 'something else'}",
                retry=True,
            )
        return value

    def forget(self, namespace: str, *refs: SecretRef | None) -> None:
        """Read these anew the next time: what they hold was not taken."""
        for ref in filter(None, refs):
            self.secrets.forget(namespace, ref.name)

    async def address(self, namespace: str, settings: Settings) -> tuple[str, tuple[str, ...]]:
        """The URL that `settings` have or name a Secret for, and what of it is hidden.

        Raises:
            DeliveryError: there is none.
        """
        if url := settings.text("url"):
            return url, tuple(filter(None, [urlsplit(url).query]))  # it may hold a key
        ref = settings.secret("urlSecretRef")
        if ref is None:
            raise DeliveryError(
                f"{settings.where} has no address: write url or urlSecretRef", retry=False
            )
        url = await self.secret(namespace, ref, None)
        return url, hidden_of(url)

    def chosen_host(self, settings: Settings) -> str | None:
        """The host of `url`, which a Secret has to be for; None: the route does not choose one.

        Raises:
            DeliveryError: it is no URL that may be used.
        """
        url = settings.text("url")
        return self.host(url) if url else None

    def host(self, url: str) -> str:
        """The host that `url` leads to.

        Raises:
            DeliveryError: it is no URL that may be used.
        """
        try:
            return self.transport.host(url)
        except TransportError as error:
            raise DeliveryError(str(error), retry=not error.refused) from None

    async def post(self, letter: Letter) -> Response:
        """What is answered to `letter`, whatever its status.

        Raises:
            DeliveryError: no answer came.
        """
        headers = {"content-type": _JSON, "user-agent": "tocsin", **letter.headers}
        try:
            return await self.transport.post(
                letter.url, body=letter.body, headers=headers, timeout=TIMEOUT
            )
        except TransportError as error:
            said = _without(str(error), letter.hidden)
            raise DeliveryError(said, retry=not error.refused, uncertain=error.uncertain) from None

    def not_taken(self, response: Response, hidden: tuple[str, ...], todo: str) -> DeliveryError:
        """The error that an answer is which takes nothing; `todo` is said where it is final."""
        status, said = response.status, quoted(response.body, hidden)
        if 300 <= status < 400:
            return DeliveryError(
                f"it answered {status}: redirects are not followed: write the final address",
                retry=False,
            )
        if status in _PASSING or status >= 500:
            after = self.rest(response)
            return DeliveryError(
                f"it answered {status}{said}"
                + (f"; it is told again in {after.total_seconds():.0f}s" if after else ""),
                after=after,
                uncertain=status in _UNCERTAIN,
            )
        return DeliveryError(f"it refused this with {status}{said}: {todo}", retry=False)

    def rest(self, response: Response) -> timedelta | None:
        """How long Retry-After asks for, in seconds or as a date; None: not at all."""
        value = response.headers.get("retry-after", "").strip()
        if re.fullmatch(r"[0-9]{1,9}", value):
            return min(timedelta(seconds=int(value)), LONGEST_REST)
        try:
            until = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return max(timedelta(), min(_between(self.clock.now(), until), LONGEST_REST))


def quoted(body: bytes, hidden: tuple[str, ...]) -> str:
    """The beginning of an answer, cleaned and without Secrets, as ` and said "…"`."""
    said = shown(body[:65536].decode("utf-8", "replace"), hidden)
    return f' and said "{said}"' if said else ""


def shown(text: str, hidden: tuple[str, ...]) -> str:
    """The beginning of what somebody else says, cleaned and without Secrets."""
    return one_line(_without(text, hidden), _SHOWN)


def hidden_of(url: str) -> tuple[str, ...]:
    """What must not show of a URL that is a Secret: all of it but its host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return (url,)
    inner = (parts.path, parts.query, parts.fragment, parts.username, parts.password)
    return (url, *(part for part in inner if part and len(part) > 1))


def _between(now: datetime, until: datetime) -> timedelta:
    return until - now


def _without(text: str, hidden: tuple[str, ...]) -> str:
    for secret in sorted(hidden, key=len, reverse=True):
        text = text.replace(secret, "[hidden]").replace(secret.replace("/", "\\/"), "[hidden]")
    return text
