"""Questions made into requests: what is due together and over the same time is one."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final, NamedTuple

from tocsin.core.queries.cloudwatch import CloudWatchMetric, CloudWatchQuery

#: What one request may hold, says CloudWatch's API.
MOST_QUERIES: Final = 500
#: Intervals that are looked back: what comes late is not missing.
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


class Span(NamedTuple):
    """Whole intervals: from when, until when (it is not in it), and how long each is."""

    start: datetime
    end: datetime
    period: timedelta


@dataclass(frozen=True)
class Asked:
    """A query, as of when it is asked, and the names of its parts in the request."""

    query: CloudWatchQuery
    span: Span
    id: str


def span_of(period: timedelta, at: datetime, ago: timedelta, delay: timedelta) -> Span:
    """The intervals in which the newest complete value as of `ago` before `at` is looked for."""
    for age, kept in _KEPT:
        if ago > age:
            period = max(period, kept)
    end = at - ago - delay
    end -= (end - _EPOCH) % period
    return Span(end - max(_INTERVALS * period, _LEAST_BACK), end, period)


def batches(questions: Iterable[tuple[CloudWatchQuery, Span]]) -> Iterator[list[Asked]]:
    """What is asked in each request. The same over the same time is asked once."""
    by_span: dict[Span, list[CloudWatchQuery]] = {}
    for query, span in dict.fromkeys(questions):
        if query.is_alone:
            yield [Asked(query, span, "result")]
        else:
            by_span.setdefault(span, []).append(query)
    for span, queries in by_span.items():
        batch, size, number = list[Asked](), 0, count(1)
        for query in queries:
            if size + query.size > MOST_QUERIES:
                yield batch
                batch, size = [], 0
            batch.append(Asked(query, span, f"q{next(number)}"))
            size += query.size
        if batch:
            yield batch


def request_of(batch: Sequence[Asked]) -> dict[str, Any]:
    """The request of GetMetricData that asks all of `batch`, which is of one span."""
    span = batch[0].span
    return {
        "MetricDataQueries": [one for asked in batch for one in _queries(asked)],
        "StartTime": span.start,
        "EndTime": span.end,
        "ScanBy": "TimestampDescending",
    }


def _queries(asked: Asked) -> Iterator[Mapping[str, Any]]:
    query, period = asked.query, int(asked.span.period.total_seconds())
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
