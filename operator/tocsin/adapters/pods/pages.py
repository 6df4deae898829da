"""From a metrics page to the values of one series name; the rest of the page is not parsed."""

import re
from collections.abc import Iterator
from typing import Final

from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tocsin.core.queries.pods import PodsQuery
from tocsin.ports import Response

#: Labels of one series, sorted.
Key = tuple[tuple[str, str], ...]

_TEXT: Final = ("", "text/plain")
_OPENMETRICS: Final = "application/openmetrics-text"
#: What is asked for. The older form comes first: it is cheaper to read.
ACCEPT: Final = f"text/plain;version=0.0.4,{_OPENMETRICS};version=1.0.0;q=0.5,*/*;q=0.1"
#: What OpenMetrics adds to the name of a family.
_SUFFIXES: Final = "_total|_bucket|_count|_sum|_created|_info|_gcount|_gsum"


class PageError(Exception):
    """The page cannot be used; the text says why, and fits behind the pod's name."""


def read_page(query: PodsQuery, response: Response, max_series: int) -> dict[Key, float]:
    """The values of the series that `query` names, by their labels.

    Raises:
        PageError: it is no metrics page, is broken where the series are, or has too many of them.
    """
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (*_TEXT, _OPENMETRICS):
        raise PageError(f"answers {kind[:60]}, which is no metrics page")
    try:
        text = response.body.decode()
    except UnicodeDecodeError:
        raise PageError("answers what is not text in UTF-8") from None
    found: dict[Key, float] = {}
    try:
        for sample in _samples(query.sample_name, text, kind == _OPENMETRICS):
            if sample.name == query.sample_name and _matches(query, sample.labels):
                found[tuple(sorted(sample.labels.items()))] = sample.value
                if len(found) > max_series:
                    raise PageError(
                        f"has more than {max_series} series {query.series}: name labels in it, "
                        "or have pods.maxSeries raised"
                    )
    except (ValueError, IndexError, KeyError, AttributeError, TypeError) as error:
        said = " ".join(str(error).split())[:100]
        raise PageError(f"has lines of {query.series} that cannot be read: {said}") from None
    return found


def _samples(name: str, text: str, is_openmetrics: bool) -> Iterator[Sample]:
    if is_openmetrics:
        if text.rstrip().rpartition("\n")[2] != "# EOF":
            raise PageError("breaks off before # EOF")
        lines = _of_family(name, text)
        read = openmetrics.text_string_to_metric_families
        families = read(lines)  # type: ignore[no-untyped-call]  # it has no types
    else:
        # Without its type a family's names stay as they are written.
        families = text_string_to_metric_families(_lines(rf"[ \t]*{re.escape(name)}[ \t{{]", text))
    for family in families:
        yield from family.samples


def _of_family(name: str, text: str) -> str:
    """The family that has `name`, with its type: OpenMetrics is checked by it."""
    bare = re.sub(rf"({_SUFFIXES})$", "", name)
    declared = re.findall(rf"^# TYPE ({re.escape(name)}|{re.escape(bare)}) ", text, re.MULTILINE)
    family = re.escape(declared[0] if declared else name)
    lines = rf"(?:# (?:TYPE|UNIT) {family} |{family}(?:{_SUFFIXES})?[ {{])"
    return _lines(lines, text) + "# EOF\n"


def _lines(beginning: str, text: str) -> str:
    found = re.findall(rf"^{beginning}.*$", text, re.MULTILINE)
    return "".join(f"{line}\n" for line in found)


def _matches(query: PodsQuery, labels: dict[str, str]) -> bool:
    return all(labels.get(name, "") == value for name, value in query.matchers)
