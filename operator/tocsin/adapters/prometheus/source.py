"""Asks one Prometheus: a bounded number of queries at once, each within its time and size."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from tocsin.adapters.prometheus.answers import (
    answer_of,
    limit_labels,
    limit_series,
    too_large,
)
from tocsin.adapters.prometheus.credentials import (
    Credentials,
    CredentialsError,
    read_credentials,
)
from tocsin.adapters.prometheus.lines import Connection, Lines, StaleError
from tocsin.adapters.prometheus.reading import TooLargeError, TooSlowError
from tocsin.core.metrics import Question
from tocsin.core.samples import Answer, Failure, FailureKind


class PrometheusSource:
    """One Prometheus. A query that hangs holds one of its threads, and no other source's."""

    def __init__(self, name: str, connection: Connection) -> None:
        self._connection = connection
        self._lines = Lines(connection)
        self._free = asyncio.Semaphore(connection.concurrency)
        self._pool = ThreadPoolExecutor(connection.concurrency, thread_name_prefix=f"ask-{name}")

    async def ask(self, question: Question) -> Answer:
        """The answer to an instant query; it never raises for what the source does."""
        if not isinstance(question.query, str):
            kind = FailureKind.QUERY_REJECTED
            return Failure(kind, "the source is a Prometheus: write metric.prometheus with a query")
        limit = self._connection.timeout
        try:
            async with asyncio.timeout(limit):
                await self._free.acquire()
        except TimeoutError:
            at_once = self._connection.concurrency
            return Failure(
                FailureKind.TIMEOUT, f"all {at_once} queries at once to the source are still open"
            )
        asked = asyncio.get_running_loop().run_in_executor(self._pool, self._ask, question)
        asked.add_done_callback(lambda _: self._free.release())
        try:
            async with asyncio.timeout(limit + 0.5):  # the thread's own limit speaks first
                return await asyncio.shield(asked)
        except TimeoutError:
            return _too_slow(limit)

    def close(self) -> None:
        """Ask nothing more; what still hangs is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._lines.hang_up()

    def _ask(self, question: Question) -> Answer:
        try:
            credentials = read_credentials(self._connection.credentials)
        except CredentialsError as error:
            return Failure(FailureKind.UNREACHABLE, str(error))
        answer = self._ask_as(credentials, question)
        if isinstance(answer, Failure):  # what answers may show us our own request
            return replace(answer, message=credentials.hidden_in(answer.message))
        return answer

    def _ask_as(self, credentials: Credentials, question: Question) -> Answer:
        try:
            return self._read(self._response(credentials, question), question)
        except (TooSlowError, requests.Timeout):
            return _too_slow(self._connection.timeout)
        except TooLargeError:
            return too_large(self._connection.max_bytes)
        except (requests.RequestException, HTTPError, OSError) as error:
            return _unreachable(self._connection, error)

    def _response(self, credentials: Credentials, question: Question) -> requests.Response:
        try:
            return self._lines.ask(question, credentials)
        except StaleError:
            self._lines.hang_up()  # the others are as old
            return self._lines.ask(question, credentials)

    def _read(self, response: requests.Response, question: Question) -> Answer:
        document: Mapping[str, Any] | None = vars(response).get("document")
        if document and _only_limited(document):
            document = {k: v for k, v in document.items() if k != "warnings"}
        answer = answer_of(
            response.status_code,
            document,
            response.content,
            histograms=question.histograms,
            ranges=question.span is not None,
        )
        return limit_labels(
            limit_series(answer, self._connection.max_series), self._connection.labels
        )


def _only_limited(document: Mapping[str, Any]) -> bool:
    """Whether the only warning is that our own limit cut the answer, which is told apart."""
    warnings = document.get("warnings") or []
    return bool(warnings) and all("truncated due to limit" in str(w) for w in warnings)


def _too_slow(limit: float) -> Failure:
    return Failure(FailureKind.TIMEOUT, f"the source did not answer within {limit:g} s")


def _unreachable(connection: Connection, error: BaseException) -> Failure:
    """What went wrong at the bottom: the layers above add addresses that differ each time."""
    if "timed out" in str(error).lower():
        return _too_slow(connection.timeout)
    cause: BaseException = error
    while (deeper := cause.__cause__ or cause.__context__) is not None:
        cause = deeper
    said = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
    return Failure(FailureKind.UNREACHABLE, f"{connection.url} cannot be reached: {said}")
