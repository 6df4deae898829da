"""A series' name and labels, as rules write them for metrics pages."""

import re
from typing import Final

import promql_parser as promql

MAX_SERIES_LENGTH: Final = 1024
_FORM: Final = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*(\{.*\})?", re.DOTALL)
_WRITE: Final = 'write one like ml_predictions_total{model="scorer"}'
#: A name with labels or a range behind it, as in a query.
_SELECTED: Final = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\s*[\[{]")


def histogram_asked(query: str) -> str:
    """The name of the first series that a query selects, as of a histogram; empty if none shows."""
    found = _SELECTED.search(query)
    name = found[1] if found else query if _FORM.fullmatch(query) else ""
    return name.removesuffix("_bucket")


def read_series(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The name, and the labels that have to be equal, sorted.

    Raises:
        ValueError: it is no name with equalities; the message says what to write.
    """
    text = text.strip()
    if not _FORM.fullmatch(text):  # the parser recurses over brackets: none come to it
        raise ValueError(f"this is not a series: {_WRITE}")
    try:
        parsed: object = promql.parse(text)
    except ValueError as error:
        raise ValueError(f"this is not a series ({error}): {_WRITE}") from None
    if not isinstance(parsed, promql.VectorSelector) or not parsed.name:
        raise ValueError(f"this is not a series: {_WRITE}")
    if parsed.matchers.or_matchers:
        raise ValueError(f"labels joined by or are not taken: {_WRITE}")
    matchers = dict[str, str]()
    for one in parsed.matchers.matchers:
        if one.op != promql.MatchOp.Equal:
            raise ValueError(f'the label {one.name} has to be compared by "=": {_WRITE}')
        matchers[one.name] = one.value
    return parsed.name, tuple(sorted(matchers.items()))
