"""From results of GetMetricData to samples: of each series the newest value."""

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from tocsin.adapters.cloudwatch.asking import Asked, Intervals
from tocsin.core.label_bounds import LabelBounds, bounded
from tocsin.core.queries.cloudwatch import CloudWatchQuery
from tocsin.core.samples import Answer, Failure, FailureKind, Sample, Samples

#: Intervals after which it is said of when a value is.
_LATE: Final = 3
_SHOWN: Final = 200

#: Status codes of results that are no values, and what is said of them.
_STATUS: Final = {
    "InternalError": (FailureKind.QUERY_FAILED, "CloudWatch had an error of its own"),
    "Forbidden": (
        FailureKind.HTTP_ERROR,
        "the operator's identity may not read this metric (Forbidden)",
    ),
    "PartialData": (FailureKind.PARTIAL, "CloudWatch has only a part of the values"),
}


class Results:
    """What came of a request, page after page: a series' values are spread over pages."""

    def __init__(self) -> None:
        self._series: dict[tuple[str, str], dict[str, Any]] = {}
        self._said: dict[str, None] = {}

    def take_in(self, page: Mapping[str, Any]) -> None:
        """One page more; the status of the last one counts."""
        self._said |= dict.fromkeys(_texts(page))
        for result in page.get("MetricDataResults") or ():
            key = result["Id"], result.get("Label", "")
            series = self._series.setdefault(key, {"values": [], "said": {}})
            times, values = result.get("Timestamps") or (), result.get("Values") or ()
            series["values"] += zip(map(_instant, times), values, strict=True)
            series["status"] = result.get("StatusCode", "Complete")
            series["said"] |= dict.fromkeys(_texts(result))

    def answer(self, asked: Asked, max_series: int, bounds: LabelBounds) -> Answer:
        """The samples of one of the questions, or why there are none."""
        found = {label: one for (id_, label), one in self._series.items() if id_ == asked.id}
        if len(found) > max_series:
            return Failure(
                FailureKind.TOO_MANY_SERIES,
                f"the expression finds more than {max_series} series: narrow it, or have "
                "maxSeries of the source raised",
            )
        for one in found.values():
            if one["status"] in _STATUS:
                kind, message = _STATUS[one["status"]]
                return Failure(kind, "; ".join((message, *one["said"])))
        many = asked.query.makes_many or len(found) > 1
        samples, remarks = list[Sample](), dict(self._said)
        for label, one in sorted(found.items()):
            remarks |= one["said"]
            if not one["values"]:
                continue
            labels = _labels(asked.query) | ({"label": label} if many else {})
            sample, remark = _sample(bounded(labels, bounds), one["values"], asked.intervals)
            samples.append(sample)
            remarks |= dict.fromkeys(remark)
        return Samples(tuple(samples), tuple(remarks))


def _sample(
    labels: Mapping[str, str], values: Sequence[tuple[datetime, float]], intervals: Intervals
) -> tuple[Sample, list[str]]:
    """The newest value, and what is to be said of its age; or the value as of each time."""
    if intervals.times:
        points = tuple(_points(sorted(values), intervals))
        return Sample(labels, math.nan, points=points), []
    at, value = max(values)
    late = intervals.end - at > (_LATE + 1) * intervals.period
    said = [f"the newest value is of {at:%Y-%m-%d %H:%M}Z"] if late else []
    return Sample(labels, float(value)), said


def _points(
    values: Sequence[tuple[datetime, float]], intervals: Intervals
) -> Iterator[tuple[float, float]]:
    """As of each time, the newest value that was known then."""
    known = [(at + intervals.period + intervals.delay).timestamp() for at, _ in values]
    for time in intervals.wanted_at:
        index = bisect_right(known, time) - 1
        if index >= 0 and time - known[index] <= intervals.lookback.total_seconds():
            yield time, float(values[index][1])


def _labels(query: CloudWatchQuery) -> dict[str, str]:
    """The labels of a series: its dimensions, the rule's namespace, what the rule says itself."""
    dimensions = {_label(name): value for name, value in query.shared_dimensions}
    return dimensions | {"namespace": query.home} | dict(query.labels)


def _label(dimension: str) -> str:
    name = re.sub(r"[^a-zA-Z0-9_]", "_", dimension)
    return f"_{name}" if name[:1].isdigit() else name


def _instant(time: datetime) -> datetime:
    return time.astimezone(UTC)


def _texts(said: Mapping[str, Any]) -> Iterator[str]:
    messages: Sequence[Mapping[str, str]] = said.get("Messages") or ()
    for one in messages:
        code, value = one.get("Code", ""), " ".join(one.get("Value", "").split())[:_SHOWN]
        yield f"CloudWatch says {code}: {value}" if value else f"CloudWatch says {code}"
