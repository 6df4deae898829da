"""From what Prometheus answered to samples, or to what is wrong with them."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from tocsin.core.label_bounds import LabelBounds, bounded
from tocsin.core.samples import Answer, Failure, FailureKind, Sample, Samples

_SHOWN: Final = 200

#: What a query may return instead of numbers, and what makes numbers of it.
_NOT_ONE_NUMBER: Final = {
    "matrix": ("a range of values (matrix)", "rate(…[5m]), avg_over_time(…[5m])"),
    "string": ("a text (string)", "rate(…[5m]), avg_over_time(…[5m])"),
    "histogram": ("native histograms", "histogram_quantile(…)"),
}


class _HistogramError(Exception):
    """A series is a native histogram."""


def answer_of(
    status: int,
    document: Mapping[str, Any] | None,
    body: bytes,
    *,
    histograms: bool = False,
    ranges: bool = False,
) -> Answer:
    """The answer in an HTTP response: its code, its JSON object if it is one, and its text.

    `histograms` says that native ones are wanted, or at least no mistake; `ranges` that it was
    asked for a span of time.
    """
    if document is None or document.get("status") not in ("success", "error"):
        return _not_prometheus(status, body)
    if document["status"] == "error" or status != 200:
        return _error(status, document)
    if warnings := document.get("warnings"):
        said = "; ".join(map(str, warnings))[:_SHOWN]
        return Failure(FailureKind.PARTIAL, f"the answer may be incomplete: {said}")
    return _ranges(document.get("data")) if ranges else _samples(document.get("data"), histograms)


def limit_series(answer: Answer, limit: int) -> Answer:
    """`answer`, unless it has more series than one query may bring."""
    if isinstance(answer, Failure) or len(answer.samples) <= limit:
        return answer
    return Failure(
        FailureKind.TOO_MANY_SERIES,
        f"the query returned more than {limit} series: aggregate them, for example with "
        f"`sum by (namespace, pod)`, or raise maxSeries of the source",
    )


def limit_labels(answer: Answer, bounds: LabelBounds) -> Answer:
    """`answer` with the labels of each series within `bounds`."""
    if isinstance(answer, Failure) or bounds.hold_all([s.labels for s in answer.samples]):
        return answer
    return Samples(tuple(replace(s, labels=bounded(s.labels, bounds)) for s in answer.samples))


def too_large(limit: int) -> Failure:
    """An answer that has more than `limit` bytes."""
    size = f"{limit / 1024**2:.4g} MiB" if limit >= 1024**2 else f"{limit / 1024:.4g} KiB"
    return Failure(
        FailureKind.TOO_LARGE,
        f"the answer is larger than {size}: aggregate it, for example with "
        f"`sum by (namespace, pod)`, or raise maxBytes of the source",
    )


def _samples(data: object, histograms: bool) -> Answer:
    if not isinstance(data, Mapping):
        return Failure(FailureKind.NOT_AN_ANSWER, "the answer has no data")
    kind, result = data.get("resultType"), data.get("result")
    try:
        if kind == "vector" and isinstance(result, Sequence):
            return Samples(_vector(result, histograms))
        if kind == "scalar" and isinstance(result, Sequence):
            return Samples((Sample({}, float(result[1])),))
    except _HistogramError:
        kind = "histogram"
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        return Failure(FailureKind.NOT_AN_ANSWER, f"a series cannot be read: {error}")
    if kind in _NOT_ONE_NUMBER:
        what, cure = _NOT_ONE_NUMBER[kind]
        return Failure(
            FailureKind.WRONG_RESULT,
            f"the query returns {what} where one number a series is wanted: use {cure} or the like",
        )
    return Failure(FailureKind.NOT_AN_ANSWER, f"the answer's resultType is {kind!r}")


def _ranges(data: object) -> Answer:
    """A series' values over a span; what has no value at a time is left out there."""
    result = data.get("result") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or data.get("resultType") != "matrix":
        return Failure(FailureKind.NOT_AN_ANSWER, "the answer is no range of values (matrix)")
    try:
        samples = [
            Sample(
                series["metric"],
                math.nan,
                points=tuple((float(at), float(v)) for at, v in series.get("values", ())),
            )
            for series in result or ()
        ]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return Failure(FailureKind.NOT_AN_ANSWER, f"a series cannot be read: {error}")
    return Samples(tuple(samples))


def _vector(result: Sequence[Mapping[str, Any]], histograms: bool) -> tuple[Sample, ...]:
    """One sample a series. Thousands come at a time: what is looked at once is not copied."""
    native = any("histogram" in series for series in result)
    if native and not histograms:
        raise _HistogramError
    labels = [series["metric"] for series in result]
    if {type(value) for value in set().union(*(of.values() for of in labels))} - {str}:
        raise TypeError("a label is no text")
    if native:
        return tuple(map(_either, labels, result))
    values = [float(series["value"][1]) for series in result]
    return tuple(map(Sample, labels, values))


def _either(labels: Mapping[str, str], series: Mapping[str, Any]) -> Sample:
    """A sample with its value, or with the buckets of its native histogram."""
    if "histogram" not in series:
        return Sample(labels, float(series["value"][1]))
    buckets = series["histogram"][1].get("buckets") or ()
    return Sample(labels, math.nan, tuple(tuple(map(float, bucket)) for bucket in buckets))


def _error(status: int, document: Mapping[str, Any]) -> Failure:
    kind, said = document.get("errorType"), str(document.get("error", ""))[:_SHOWN]
    if kind == "bad_data":
        return Failure(FailureKind.QUERY_REJECTED, f"the source rejects the query: {said}")
    if kind == "execution":
        return Failure(FailureKind.QUERY_FAILED, f"the query failed: {said}")
    if kind in ("timeout", "canceled"):
        return Failure(FailureKind.TIMEOUT, f"the source gave up: {said}")
    return Failure(FailureKind.HTTP_ERROR, f"the source answered {status}: {said}")


def _not_prometheus(status: int, body: bytes) -> Failure:
    text = re.sub(r"\s+", " ", body[:_SHOWN].decode(errors="replace")).strip()
    said = f": {text}" if text else ""
    if status >= 400:
        return Failure(FailureKind.HTTP_ERROR, f"the source answered {status}{said}")
    return Failure(
        FailureKind.NOT_AN_ANSWER,
        f"what answers is not Prometheus (HTTP {status}){said}; check the source's url",
    )
