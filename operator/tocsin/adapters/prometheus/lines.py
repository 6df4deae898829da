"""Connections to one Prometheus that stay open between queries, for one query at a time each."""

import contextlib
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Final

import requests
from prometheus_api_client import PrometheusConnect
from prometheus_api_client.exceptions import PrometheusApiClientException
from urllib3.util.retry import Retry

from tocsin.adapters.prometheus.credentials import Credentials
from tocsin.adapters.prometheus.reading import SIZE_LIMIT, NotJSONError, bounded_reading
from tocsin.core.label_bounds import LabelBounds
from tocsin.core.metrics import Question

_USUAL_LABELS: Final = LabelBounds()

#: Seconds after which a line is made anew, so that new addresses and certificates come into use.
_KEPT_FOR: Final = 300.0
#: Seconds within which a closed line shows; later, the source itself may have broken off.
_AT_ONCE: Final = 1.0


@dataclass(frozen=True)
class Connection:
    """How a Prometheus is reached; `credentials` is a folder with token, or username, password."""

    url: str
    timeout: float = 10.0
    max_series: int = 20_000
    max_bytes: int = SIZE_LIMIT
    concurrency: int = 8
    labels: LabelBounds = _USUAL_LABELS
    credentials: Path | None = None
    ca_file: Path | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class StaleError(Exception):
    """The other end had closed the line, just when it was used again: nothing was answered."""


@dataclass
class Line:
    """A connection that is kept; it remembers nothing of who asked what."""

    connect: PrometheusConnect
    session: requests.Session
    made_at: float
    used: bool = False

    def ask(
        self, question: Question, credentials: Credentials, connection: Connection
    ) -> requests.Response:
        """What came last, read whole; redirects are followed.

        Raises:
            StaleError: ask again, by another line.
            TooSlowError, TooLargeError, requests.RequestException: there is no whole answer.
        """
        responses: list[requests.Response] = []
        self.session.hooks["response"] = [
            lambda response, **_: responses.append(response),
            bounded_reading(connection.timeout, connection.max_bytes),
        ]
        self.connect.headers, self.connect.auth = credentials.headers, credentials.basic
        asked_at = time.monotonic()
        try:
            self._send(question, _params(question, connection))
        except (PrometheusApiClientException, NotJSONError, KeyError, TypeError):
            pass  # the client drops what the source said; the response has it
        except BaseException as error:
            for response in responses:
                response.close()
            at_once = time.monotonic() - asked_at < _AT_ONCE
            if self.used and at_once and not responses and _is_broken(error):
                raise StaleError from error
            raise
        self.used = True
        last = responses[-1]
        responses.clear()  # each knows its hooks, these know `responses`: a cycle of megabytes
        return last

    def _send(self, question: Question, params: dict[str, str]) -> None:
        span = question.span
        if span is None:
            self.connect.custom_query(str(question.query), params=params)
            return
        start, end = (datetime.fromtimestamp(at, UTC) for at in (span.start, span.end))
        self.connect.custom_query_range(
            str(question.query), start, end, f"{span.step:g}", params=params
        )


class Lines:
    """The lines that are free; one that had trouble is never used again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._free: deque[Line] = deque()

    def ask(self, question: Question, credentials: Credentials) -> requests.Response:
        """Ask by a line that is free, or by a new one; raises as `Line.ask` does."""
        line = self._take()
        try:
            response = line.ask(question, credentials, self._connection)
        except BaseException:
            line.session.close()
            raise
        self._free.append(line)
        return response

    def hang_up(self) -> None:
        """Close the lines that are free."""
        with contextlib.suppress(IndexError):  # other threads take lines meanwhile
            while True:
                self._free.pop().session.close()

    def _take(self) -> Line:
        with contextlib.suppress(IndexError):
            while True:
                line = self._free.pop()
                if time.monotonic() - line.made_at < _KEPT_FOR:
                    return line
                line.session.close()
        return self._new()

    def _new(self) -> Line:
        session = requests.Session()
        session.trust_env = False  # no proxy, no .netrc: the configuration says all
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        session.headers.update({**self._connection.headers, "User-Agent": "tocsin"})
        if self._connection.url.startswith("http:"):
            # In the same cluster, packing and unpacking costs more than what it saves.
            session.headers["Accept-Encoding"] = "identity"
        if self._connection.ca_file:
            session.verify = str(self._connection.ca_file)
        connect = PrometheusConnect(
            url=self._connection.url.rstrip("/"),
            session=session,
            retry=Retry(0),
            timeout=self._connection.timeout,
        )
        return Line(connect, session, time.monotonic())


def _params(question: Question, connection: Connection) -> dict[str, str]:
    """Beside the query: at most how many series, and as of when, where that is not now."""
    params = {"limit": str(connection.max_series + 1)}
    if ago := question.ago.total_seconds():
        params["time"] = f"{time.time() - ago:.3f}"
    return params


def _is_broken(error: BaseException) -> bool:
    timed_out = isinstance(error, requests.Timeout)
    return isinstance(error, requests.ConnectionError) and not timed_out
