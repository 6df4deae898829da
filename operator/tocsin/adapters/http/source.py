"""Asks addresses that rules name, with the credentials of their namespaces."""

import asyncio
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Final

from tocsin.adapters.http.reading import read_document
from tocsin.core.label_bounds import LabelBounds, bounded
from tocsin.core.metrics import Question
from tocsin.core.queries.http import Credential, HttpQuery, Scheme
from tocsin.core.samples import Answer, Failure, FailureKind, Sample, Samples
from tocsin.ports import Clock, Fetcher, Response, SecretError, SecretReader, TransportError

#: Documents are read beside the loop, which others need meanwhile.
_THREADS: Final = 2
_SHOWN: Final = 200
_USUAL: Final = LabelBounds()


@dataclass(frozen=True)
class HttpLimits:
    """What an answer may take: seconds, bytes, and series."""

    timeout: float = 10.0
    max_bytes: int = 1024 * 1024
    max_series: int = 1000
    labels: LabelBounds = _USUAL


@dataclass(frozen=True, repr=False)
class _Sent:
    """Headers, and the texts in them that nobody may see."""

    headers: dict[str, str]
    secrets: tuple[str, ...] = field(default=())

    def hidden_in(self, text: str) -> str:
        """`text` without what is secret."""
        for secret in sorted(filter(None, self.secrets), key=len, reverse=True):
            text = text.replace(secret, "…")
        return text


class HttpSource:
    """Answers `HttpQuery`s; to be made while a loop runs, and closed."""

    def __init__(
        self, fetcher: Fetcher, secrets: SecretReader, clock: Clock, limits: HttpLimits
    ) -> None:
        self._fetcher = fetcher
        self._secrets = secrets
        self._clock = clock
        self._limits = limits
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="json")

    async def ask(self, question: Question) -> Answer:
        """The numbers in an answer; it never raises for what the address does."""
        query = question.query
        if not isinstance(query, HttpQuery) or question.ago or question.span:
            said = "an address that answers JSON is asked by metric.http, as of now"
            return Failure(FailureKind.QUERY_REJECTED, said)
        try:
            sent = await self._sent(query)
        except SecretError as error:
            return Failure(FailureKind.UNREACHABLE, f"authSecretRef: {error}")
        except TransportError as error:
            return _not_sent(error)
        answer = await self._answer(query, sent)
        if isinstance(answer, Failure):  # what answers may show us our own request
            return replace(answer, message=sent.hidden_in(answer.message))
        return self._bounded(answer)

    def close(self) -> None:
        """Read nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _sent(self, query: HttpQuery) -> _Sent:
        headers = {"accept": "application/json", **{n.lower(): v for n, v in query.headers}}
        if query.body:
            headers.setdefault("content-type", "application/json")
        credential = query.credential
        if credential is None:
            return _Sent(headers)
        host = self._fetcher.host(query.url)
        secret = await self._secrets.read(
            query.namespace, credential.name, credential.key, host=host
        )
        value = secret.reveal().strip()
        if not value or not value.isascii() or not value.isprintable():
            raise SecretError(
                f"key {credential.key} of Secret {query.namespace}/{credential.name} has to be "
                "one line of printable ASCII"
            )
        name, text, hidden = _header(credential, value)
        return _Sent({**headers, name: text}, (text, value, hidden, value.partition(":")[2]))

    async def _answer(self, query: HttpQuery, sent: _Sent) -> Answer:
        limits = self._limits
        try:
            response = await self._fetcher.fetch(
                query.method,
                query.url,
                body=query.body.encode(),
                headers=sent.headers,
                timeout=limits.timeout,
                limit=limits.max_bytes,
            )
        except TransportError as error:
            return _not_sent(error)
        if not 200 <= response.status < 300:
            if response.status in (401, 403) and query.credential:
                self._secrets.forget(query.namespace, query.credential.name)
            return _refused(response)
        if response.cut:
            return _too_large(limits.max_bytes)
        return await asyncio.get_running_loop().run_in_executor(
            self._threads,
            read_document,
            query,
            response.body,
            limits.max_series,
            self._clock.now(),
        )

    def _bounded(self, answer: Samples) -> Samples:
        bounds = self._limits.labels
        if bounds.hold_all([sample.labels for sample in answer.samples]):
            return answer
        samples = (Sample(bounded(one.labels, bounds), one.value) for one in answer.samples)
        return replace(answer, samples=tuple(samples))


def _header(credential: Credential, value: str) -> tuple[str, str, str]:
    """Name and text of the header that a credential is sent in, and what else is secret of it."""
    match credential.scheme:
        case Scheme.BEARER:
            return "authorization", f"Bearer {value}", ""
        case Scheme.BASIC:
            packed = b64encode(value.encode()).decode()
            return "authorization", f"Basic {packed}", packed
        case Scheme.HEADER:
            return credential.header.lower(), value, ""


def _not_sent(error: TransportError) -> Failure:
    if error.refused:
        return Failure(FailureKind.QUERY_REJECTED, f"url: {error}")
    return Failure(FailureKind.TIMEOUT if error.late else FailureKind.UNREACHABLE, str(error))


def _refused(response: Response) -> Failure:
    status = response.status
    text = " ".join(response.body[: 4 * _SHOWN].decode(errors="replace").split())[:_SHOWN]
    said = f": {text}" if text and not text.startswith("<") else ""
    if 300 <= status < 400:
        said = ", a redirect, and these are not followed: write the final URL"
    elif status in (401, 403):
        said += "; check the credential (authSecretRef)"
    return Failure(FailureKind.HTTP_ERROR, f"the address answered {status}{said}")


def _too_large(limit: int) -> Failure:
    return Failure(
        FailureKind.TOO_LARGE,
        f"the answer is larger than {limit / 1024:.4g} KiB: ask for a part of it, or have "
        "http.maxBytes raised",
    )
