"""Asks CloudWatch: what is due within a moment goes into one request."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from botocore.exceptions import (  # type: ignore[import-untyped]  # it has no types
    BotoCoreError,
    ClientError,
)

from tocsin.adapters.cloudwatch.answers import Results
from tocsin.adapters.cloudwatch.asking import (
    MOST_QUERIES,
    Asked,
    Intervals,
    batches,
    intervals_of,
    request_of,
)
from tocsin.adapters.cloudwatch.client import AT_ONCE, Client, Connection
from tocsin.adapters.cloudwatch.errors import Trouble, trouble_of
from tocsin.core.durations import format_duration
from tocsin.core.label_bounds import LabelBounds
from tocsin.core.metrics import PROBE, Question
from tocsin.core.queries.cloudwatch import CloudWatchMetric, CloudWatchQuery
from tocsin.core.samples import Answer, Failure, FailureKind
from tocsin.ports import Clock

_log = structlog.get_logger(__name__)

#: Seconds for which questions are collected: rules that are due at one time ask within it.
GATHERED_FOR: Final = 0.1
#: Pages of one answer that are read.
_MOST_PAGES: Final = 50
#: Rest after throttling: doubled each time, to at most a minute.
_FIRST_REST: Final = timedelta(seconds=2)
_LONGEST_REST: Final = timedelta(minutes=1)
#: There is no such metric, and there need not be: an answer is an answer.
_PROBE: Final = CloudWatchQuery((CloudWatchMetric("Tocsin", "Probe", "Sum"),))

_USUAL: Final = LabelBounds()

_Key = tuple[CloudWatchQuery, Intervals]


@dataclass(frozen=True)
class Ways:
    """How values are looked for, and how many series a question may find."""

    period: timedelta = timedelta(minutes=1)
    delay: timedelta = timedelta(minutes=1)
    max_series: int = 500
    labels: LabelBounds = _USUAL


class CloudWatchSource:
    """One region of CloudWatch, asked as one identity."""

    def __init__(
        self,
        name: str,
        connection: Connection,
        ways: Ways,
        clock: Clock,
        connect: Callable[[Connection], Client],
    ) -> None:
        self._name = name
        self._connection = connection
        self._ways = ways
        self._clock = clock
        self._connect = connect
        self._client: Client | None = None
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix=f"ask-{name}")
        self._waiting: dict[_Key, asyncio.Future[Answer]] = {}
        self._sending = set[asyncio.Task[None]]()
        self._rest = timedelta()
        self._rests_until: datetime | None = None

    async def ask(self, question: Question) -> Answer:
        """The newest complete values; it never raises for what CloudWatch does."""
        query = _PROBE if question.query == PROBE else question.query
        if not isinstance(query, CloudWatchQuery):
            said = f"the source {self._name} is a CloudWatch: write metric.cloudWatch"
            return Failure(FailureKind.QUERY_REJECTED, said)
        now = self._clock.now()
        if self._rests_until and now < self._rests_until:
            left = format_duration(self._rests_until - now)
            said = f"CloudWatch was asked too often (throttling) and is left alone for {left} more"
            return Failure(FailureKind.NOT_ASKED, said)
        ways = self._ways
        period = query.period or ways.period
        answer = self._join((query, intervals_of(question, period, now, ways.delay)))
        limit = self._connection.timeout
        try:
            async with asyncio.timeout(GATHERED_FOR + 2 * limit):  # there is a second attempt
                return await asyncio.shield(answer)
        except TimeoutError:
            said = f"CloudWatch did not answer within {2 * limit:g} s"
            return Failure(FailureKind.TIMEOUT, said)

    def close(self) -> None:
        """Ask nothing more; what still hangs is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _join(self, key: _Key) -> asyncio.Future[Answer]:
        """The answer to come to `key`; the first of those that wait sets the moment."""
        loop = asyncio.get_running_loop()
        if key not in self._waiting:
            if not self._waiting:
                loop.call_later(GATHERED_FOR, self._send_all)
            self._waiting[key] = loop.create_future()
        answer = self._waiting[key]
        if sum(query.size for query, _ in self._waiting) >= MOST_QUERIES:
            self._send_all()
        return answer

    def _send_all(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for batch in batches(waiting):
            answers = [waiting[one.query, one.intervals] for one in batch]
            task = asyncio.create_task(self._send(batch, answers))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send(self, batch: list[Asked], answers: Sequence[asyncio.Future[Answer]]) -> None:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, self._ask, batch)
        except Exception as error:  # noqa: BLE001  # a bug shows on the rules that meet it
            _log.exception("source failed", source=self._name)
            said = f"a bug in Tocsin: {type(error).__name__}: {error}"
            found = [Failure(FailureKind.BUG, said)] * len(batch)
        for future, answer in zip(answers, found, strict=True):
            if not future.done():
                future.set_result(answer)

    def _ask(self, batch: list[Asked]) -> list[Answer]:
        """An answer to each. A request that is refused is halved: one bad query spoils no other."""
        try:
            results = self._results(batch)
        except (ClientError, BotoCoreError) as error:
            trouble = trouble_of(error, self._connection.region, self._connection.timeout)
            self._note(trouble)
            if trouble.failure.kind is FailureKind.UNREACHABLE:
                self._client = None  # a new one looks for credentials again
            if trouble.rejected and len(batch) > 1:
                half = len(batch) // 2
                return [*self._ask(batch[:half]), *self._ask(batch[half:])]
            return [trouble.failure] * len(batch)
        self._rest, self._rests_until = timedelta(), None
        ways = self._ways
        return [results.answer(asked, ways.max_series, ways.labels) for asked in batch]

    def _results(self, batch: Sequence[Asked]) -> Results:
        if self._client is None:
            self._client = self._connect(self._connection)
        results, request = Results(), request_of(batch)
        for _ in range(_MOST_PAGES):
            page = self._client.get_metric_data(**request)
            results.take_in(page)
            if not page.get("NextToken"):
                break
            request["NextToken"] = page["NextToken"]
        return results

    def _note(self, trouble: Trouble) -> None:
        if trouble.throttled:
            self._rest = min(max(2 * self._rest, _FIRST_REST), _LONGEST_REST)
            self._rests_until = self._clock.now() + self._rest
