"""Why pages that can be read have nothing of what is asked, said of all pods together."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from tocsin.core.queries.pods import Meaning, PodsQuery
from tocsin.ports import Response

BEGINS: Final = "rates and quantiles begin with the second look at a pod"

_NEAREST: Final = 5
#: Names that are kept of a page and compared: each that is compared costs some 40 µs.
_KEPT: Final = 1000
_NAME: Final = re.compile(r"^[ \t]*([a-zA-Z_:][\w:]*)[ \t{]", re.MULTILINE | re.ASCII)


def names_on(query: PodsQuery, response: Response) -> frozenset[str]:
    """The names of the lines on a page that `read_page` could read: those that decide, and more."""
    names = set(_NAME.findall(response.body.decode()))
    decide = {query.series, query.sample_name, _bucket(query.series)}
    return frozenset(sorted(names)[:_KEPT]) | (names & decide)


def why_nothing(query: PodsQuery, pages: Iterable[frozenset[str]]) -> str:
    """Why no page has what is asked, by the names on those that have nothing of it."""
    names, series = frozenset[str]().union(*pages), query.series
    if query.sample_name in names:
        labels = ", ".join(f'{name}="{value}"' for name, value in query.matchers)
        return f"no series {series} has the labels {{{labels}}}"
    if query.meaning is Meaning.QUANTILE and series in names:
        return f"{series} is no histogram: there is no {_bucket(series)}"
    if _bucket(series) in names:
        return (
            f"{series} is a histogram: write as: Quantile(0.99), or series: {series}_count or _sum"
        )
    families = _families(names)
    if not families:
        return f"no pod exposes {series}, nor any other series"
    near = ", ".join(_nearest(series, families))
    many = f" (nearest first, of {len(families)})" if len(families) > _NEAREST else ""
    return f"no pod exposes {series}; they expose: {near}{many}"


def _families(names: frozenset[str]) -> frozenset[str]:
    """`names` with those of each histogram as one, by which a rule names it."""
    histograms = {name.removesuffix("_bucket") for name in names if name.endswith("_bucket")}
    lines = {f"{base}_{end}" for base in histograms for end in ("bucket", "count", "sum")}
    return frozenset(name for name in (names - lines) | histograms if not name.endswith("_created"))


# What no pod exposes yet, as a counter of errors before the first, is looked for at each look.
@lru_cache(maxsize=256)
def _nearest(series: str, names: frozenset[str]) -> list[str]:
    return get_close_matches(series, sorted(names)[:_KEPT], n=_NEAREST, cutoff=0.0)


def _bucket(series: str) -> str:
    return f"{series}_bucket"
