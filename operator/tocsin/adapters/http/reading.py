"""From a JSON document to samples, by the JMESPaths of a rule."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jmespath
import orjson
from jmespath.exceptions import JMESPathError

from tocsin.core.durations import format_duration
from tocsin.core.queries.http import HttpQuery
from tocsin.core.samples import Answer, Failure, FailureKind, Sample, Samples

#: What Prometheus writes as a number; Python's own reading takes 1_000 and ١ too.
_NUMBER: Final = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?|NaN|[-+]?Inf")
#: As seconds since 1970 this were the year 5138: it is milliseconds.
_MILLISECONDS: Final = 1e11
_SHOWN: Final = 60

Search = Callable[[Any], Any]


class _Unfit(Exception):  # noqa: N818  # it ends within this file, as a Failure
    """The document is not what the rule says."""


def read_document(query: HttpQuery, body: bytes, max_series: int, now: datetime) -> Answer:
    """The samples in `body`; or what is wrong with it, in a sentence that names the field."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return Failure(FailureKind.NOT_AN_ANSWER, _no_json(body, str(error)))
    try:
        return _samples(query, document, max_series, now)
    except _Unfit as unfit:
        return Failure(FailureKind.WRONG_RESULT, str(unfit))


def _no_json(body: bytes, said: str) -> str:
    if not body.strip():
        return "the answer is empty, where JSON is wanted: check url and method"
    if body.lstrip()[:1] == b"<":
        return "the answer is HTML or XML, where JSON is wanted: check url, and whether it logs in"
    if "depth limit" in said:
        return "the answer is nested deeper than 1024 levels: ask for a part of it"
    return f"the answer is not JSON: {said[:200]}"


def _samples(query: HttpQuery, document: Any, max_series: int, now: datetime) -> Answer:
    items = _items(query, document)
    if len(items) > max_series:
        return Failure(
            FailureKind.TOO_MANY_SERIES,
            f"items finds {len(items)} entries, and at most {max_series} are taken: select some, "
            "as with models[?stage=='production'], or have http.maxSeries raised",
        )
    reader = _Reader(query, now)
    found = [reader.read(number, item) for number, item in enumerate(items)]
    samples = tuple(one for one in found if isinstance(one, Sample))
    times = [one for one in found if isinstance(one, datetime)]
    if times and not samples:
        return Failure(FailureKind.STALE, _stale(max(times), query.max_age))
    if items and not samples:
        raise _Unfit(f"value ({_cut(query.value)}) finds nothing{_there(items[0])}")
    if times:
        left_out = f"{len(times)} of {len(items)} items are left out: "
        return Samples(samples, (left_out + _stale(max(times), query.max_age),))
    return Samples(samples)


def _items(query: HttpQuery, document: Any) -> list[Any]:
    if not query.items:
        return [document]
    found = _searching("items", query.items)(document)
    if found is None:
        raise _Unfit(f"items ({_cut(query.items)}) finds nothing{_there(document)}")
    if not isinstance(found, list):
        raise _Unfit(
            f"items ({_cut(query.items)}) finds {_kind(found)}, where a list is wanted: leave it "
            "out for one value, or write values(…) for the entries of an object"
        )
    return found


class _Reader:
    """Reads items, each into a sample; its time if it is too old; None if it has no value."""

    def __init__(self, query: HttpQuery, now: datetime) -> None:
        self._query = query
        self._now = now
        self._value = _searching("value", query.value)
        self._time = _searching("time", query.time) if query.time else None
        self._labels = {name: _searching(f"labels.{name}", path) for name, path in query.labels}

    def read(self, number: int, item: Any) -> Sample | datetime | None:
        where = f" of item {number}" if self._query.items else ""
        found = self._value(item)
        if found is None:
            return None
        value = _number(found, f"value{where}")
        if self._time and (found := self._time(item)) is not None:
            time = _instant(found, f"time{where}")
            if self._now - time > self._query.max_age:
                return time
        labels = {"namespace": self._query.namespace} | dict(self._of(item, where))
        return Sample(labels, value)

    def _of(self, item: Any, where: str) -> Iterator[tuple[str, str]]:
        for name, search in self._labels.items():
            found = search(item)
            if isinstance(found, list | dict):
                raise _Unfit(f"labels.{name}{where} is {_kind(found)}, where a text is wanted")
            if found is not None:
                yield name, found if isinstance(found, str) else orjson.dumps(found).decode()


def _searching(field: str, path: str) -> Search:
    expression = jmespath.compile(path)

    def search(document: Any) -> Any:
        try:
            return expression.search(document)
        except (JMESPathError, TypeError, ValueError, RecursionError) as error:
            raise _Unfit(
                f"{field} ({_cut(path)}) cannot be found: {_cut(str(error), 200)}"
            ) from None

    return search


def _number(found: Any, where: str) -> float:
    if isinstance(found, int | float) and not isinstance(found, bool):
        return float(found)
    if isinstance(found, str) and _NUMBER.fullmatch(found.strip()):
        return float(found)
    cure = ""
    if isinstance(found, bool):
        cure = ": write path && `1` || `0`"
    if isinstance(found, list):
        cure = ": name one of its entries, as path[0], or iterate it by items"
    raise _Unfit(f"{where} is {_kind(found)}, where a number is wanted{cure}")


def _instant(found: Any, where: str) -> datetime:
    """A time as it is usually written, in UTC if it names no zone."""
    try:
        if isinstance(found, str) and not _NUMBER.fullmatch(found):
            time = datetime.fromisoformat(found)
            return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
        seconds = _number(found, where)
        return datetime.fromtimestamp(seconds / (1000 if seconds >= _MILLISECONDS else 1), UTC)
    except (ValueError, OverflowError, OSError):
        raise _Unfit(
            f"{where} is {_kind(found)}, where a time is wanted, like 2026-01-31T12:11:00Z or "
            "seconds since 1970"
        ) from None


def _stale(newest: datetime, max_age: timedelta) -> str:
    return (
        f"the newest of their numbers is of {newest:%Y-%m-%d %H:%M:%S}Z, more than maxAge "
        f"({format_duration(max_age)}) ago: see why it is not written any more, or raise maxAge"
    )


def _there(document: Any) -> str:
    if isinstance(document, dict):
        names = ", ".join(sorted(map(str, document)))
        return f" there; the names in it are: {_cut(names, 200) or 'none'}"
    return f" there: it is {_kind(document)}"


def _kind(found: Any) -> str:
    match found:
        case None:
            return "null"
        case bool():
            return "true" if found else "false"
        case str():
            return f'the text "{_cut(found)}"'
        case list():
            return f"a list of {len(found)}"
        case dict():
            return "an object"
    return f"the number {found}"


def _cut(text: str, length: int = _SHOWN) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[: length - 1]}…"
