"""Questions made into requests: what is due together and over the same time is one."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final, NamedTuple

from tocsin.core.metrics import Question, Span
from tocsin.core.queries.cloudwatch import CloudWatchMetric, CloudWatchQuery

#: What one request may hold, says CloudWatch's API.
MOST_QUERIES: Final = 500
#: Intervals that are looked back.
_INTERVALS: Final = 5
_LEAST_BACK: Final = timedelta(minutes=15)
#: How long values are kept in intervals of a length, says CloudWatch: longer ago, only longer ones.
_KEPT: Final = (
    (timedelta(hours=3), timedelta(minutes=1)),
    (timedelta(days=15), timedelta(minutes=5)),
    (timedelta(days=63), timedelta(hours=1)),
)
#: Texts in an expression, which stay as they are, and words, of which some are ids.
_WORDS: Final = re.compile(r"'[^']*'|\"[^\"]*\"|[A-Za-z_][A-Za-z0-9_]*")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Intervals(NamedTuple):
    """Whole intervals from `start` to `end`, each as long as `period`; `end` is not in them.

    A value is known `delay` after its interval. With `times`, values are wanted as of each of
    these, else only the newest.
    """

    start: datetime
    end: datetime
    period: timedelta
    delay: timedelta
    times: Span | None = None

    @property
    def lookback(self) -> timedelta:
        """How long after it is known a value still counts: what comes late is not missing."""
        return max(_INTERVALS * self.period, _LEAST_BACK)

    @property
    def wanted_at(self) -> Iterator[float]:
        """The times, in seconds since 1970, as of which values are wanted."""
        if self.times:
            start, end, step = self.times
            yield from (start + step * n for n in range(round((end - start) / step) + 1))


@dataclass(frozen=True)
class Asked:
    """A query, as of when it is asked, and the names of its parts in the request."""

    query: CloudWatchQuery
    intervals: Intervals
    id: str


def intervals_of(
    question: Question, period: timedelta, at: datetime, delay: timedelta
) -> Intervals:
    """The intervals in which values as of `ago` before `at` are found, or as of a span's times."""
    last = first = at - question.ago
    if question.span:
        first, last = (datetime.fromtimestamp(one, UTC) for one in question.span[:2])
    for age, kept in _KEPT:
        if at - first > age:
            period = max(period, kept)
    found = Intervals(first, last - delay, period, delay, question.span)
    end = found.end - (found.end - _EPOCH) % period
    start = first - delay - (first - delay - _EPOCH) % period
    return found._replace(start=start - found.lookback, end=end)


def batches(questions: Iterable[tuple[CloudWatchQuery, Intervals]]) -> Iterator[list[Asked]]:
    """What is asked in each request. The same over the same time is asked once."""
    by_intervals: dict[Intervals, list[CloudWatchQuery]] = {}
    for query, intervals in dict.fromkeys(questions):
        if query.is_alone:
            yield [Asked(query, intervals, "result")]
        else:
            by_intervals.setdefault(intervals, []).append(query)
    for intervals, queries in by_intervals.items():
        batch, size, number = list[Asked](), 0, count(1)
        for query in queries:
            if size + query.size > MOST_QUERIES:
                yield batch
                batch, size = [], 0
            batch.append(Asked(query, intervals, f"q{next(number)}"))
            size += query.size
        if batch:
            yield batch


def request_of(batch: Sequence[Asked]) -> dict[str, Any]:
    """The request of GetMetricData that asks all of `batch`, all over the same intervals."""
    intervals = batch[0].intervals
    return {
        "MetricDataQueries": [one for asked in batch for one in _queries(asked)],
        "StartTime": intervals.start,
        "EndTime": intervals.end,
        "ScanBy": "TimestampDescending",
    }


def _queries(asked: Asked) -> Iterator[Mapping[str, Any]]:
    query, period = asked.query, int(asked.intervals.period.total_seconds())
    if not query.expression:
        yield {"Id": asked.id, "MetricStat": _stat(query.metrics[0], period)}
        return
    ids = {one.id: one.id if query.is_alone else f"{asked.id}_{one.id}" for one in query.metrics}
    for one in query.metrics:
        yield {"Id": ids[one.id], "MetricStat": _stat(one, period), "ReturnData": False}
    expression = _WORDS.sub(lambda word: ids.get(word[0], word[0]), query.expression)
    yield {"Id": asked.id, "Expression": expression, "Period": period}


def _stat(metric: CloudWatchMetric, period: int) -> Mapping[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
    named = {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}
    return {"Metric": named, "Period": period, "Stat": metric.stat}
