"""A baseline as users keep it: the data of a ConfigMap, with the counts of each feature.

A key is a feature, its value JSON: `{"edges": […], "counts": […]}` or `{"categories": {…}}`. Where
the feature's name cannot be a key, the JSON has it as `feature`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Any, Final

from tocsin.api.problems import Problem, Problems
from tocsin.core.statistics.histograms import Counts

#: What the API server takes as the data of one ConfigMap.
MAX_BYTES: Final = 1024 * 1024
#: Bins or categories of one feature.
MAX_BINS: Final = 1000
_KEY: Final = re.compile(r"(?!\.$|\.\.)[-._a-zA-Z0-9]{1,253}")

#: Counts between edges, or counts by category.
Feature = Counts | Mapping[str, float]


@dataclass(frozen=True)
class StoredBaseline:
    """The features that could be read, by name, and what is wrong with the others."""

    features: Mapping[str, Feature]
    problems: Problems = ()


class _Wrong(Exception):  # noqa: N818  # it ends within this file, as a Problem
    def __init__(self, field: str, message: str) -> None:
        self.field, self.message = field, message


def size(data: Mapping[str, str]) -> int:
    """Bytes of keys and values, as the API server counts them."""
    texts = (text for entry in data.items() for text in entry)
    return sum(len(text.encode(errors="surrogatepass")) for text in texts)


def write_baseline(features: Mapping[str, Feature]) -> dict[str, str]:
    """The data of a ConfigMap, which `read_baseline` reads."""
    data: dict[str, str] = {}
    for name, feature in features.items():
        key = base = name if _KEY.fullmatch(name) else _key(name)
        number = 1
        while key in data or (key != name and key in features):
            number += 1
            key = f"{base[:240]}-{number}"
        body: dict[str, Any] = {} if key == name else {"feature": name}
        if isinstance(feature, Counts):
            body |= {"edges": feature.edges, "counts": feature.counts}
        else:
            body |= {"categories": feature}
        data[key] = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return data


def _key(name: str) -> str:
    return re.sub(r"[^-_a-zA-Z0-9]", "_", name)[:253] or "_"


def read_baseline(data: Mapping[str, str]) -> StoredBaseline:
    """The features in the data of a ConfigMap; whatever is in there, it raises nothing."""
    taken = size(data)
    if taken > MAX_BYTES:
        message = f"has {taken} bytes, and {MAX_BYTES} are the most"
        return StoredBaseline({}, (Problem("data", message),))
    features: dict[str, Feature] = {}
    problems: list[Problem] = []
    for key, text in data.items():
        field = f"data[{key}]"
        try:
            name, feature = _read(key, text)
        except _Wrong as wrong:
            problems.append(Problem(f"{field}{wrong.field}", wrong.message))
            continue
        if name in features:
            problems.append(Problem(field, f'there is another key for the feature "{name}"'))
        else:
            features[name] = feature
    if not data:
        problems.append(Problem("data", "is empty: `tocsin baseline FILE` writes it"))
    return StoredBaseline(features, tuple(problems))


def _read(key: str, text: str) -> tuple[str, Feature]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Wrong("", f"is not JSON: {error}") from None
    kinds = ({"edges", "counts"}, {"categories"})
    if not isinstance(body, dict) or {*body} - {"feature"} not in kinds:
        raise _Wrong("", 'has to be {"edges": […], "counts": […]} or {"categories": {…}}')
    name = body.get("feature", key)
    if not isinstance(name, str) or not name:
        raise _Wrong(".feature", "is not a text, the name of the feature")
    if "categories" in body:
        return name, _categories(body["categories"])
    return name, _counts(body["edges"], body["counts"])


def _counts(edges: object, counts: object) -> Counts:
    if not isinstance(edges, list) or not isinstance(counts, list):
        raise _Wrong("", "edges and counts have to be lists of numbers")
    if not 1 <= len(edges) < MAX_BINS:
        raise _Wrong(".edges", f"there are {len(edges)}: write 1 to {MAX_BINS - 1}")
    if len(counts) != len(edges) + 1:
        message = f"there are {len(counts)} for {len(edges)} edges: write one more than edges, "
        raise _Wrong(".counts", f"{message}the last for what is above all of them")
    cuts = tuple(_number(f".edges[{at}]", edge) for at, edge in enumerate(edges))
    for at, (low, high) in enumerate(pairwise(cuts), 1):
        if low >= high:
            raise _Wrong(f".edges[{at}]", f"{high:g} is not above {low:g} before it")
    amounts = [_amount(f".counts[{at}]", count) for at, count in enumerate(counts)]
    _some(".counts", amounts)
    return Counts(cuts, tuple(amounts))


def _categories(categories: object) -> Mapping[str, float]:
    if not isinstance(categories, dict):
        raise _Wrong(".categories", "is not a map of categories and their counts")
    if len(categories) > MAX_BINS:
        raise _Wrong(".categories", f"there are {len(categories)}, and {MAX_BINS} are the most")
    counts = {label: _amount(f'.categories["{label}"]', n) for label, n in categories.items()}
    _some(".categories", [*counts.values()])
    return counts


def _number(field: str, value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _Wrong(field, "is not a number")
    try:
        number = float(value)
    except OverflowError:
        raise _Wrong(field, "is too large a number") from None
    if not isfinite(number):
        raise _Wrong(field, "is not a finite number")
    return number


def _amount(field: str, value: object) -> float:
    number = _number(field, value)
    if number < 0:
        raise _Wrong(field, f"{number:g} is below 0, and counts are not")
    return number


def _some(field: str, amounts: list[float]) -> None:
    total = sum(amounts)
    if total == 0 or not isfinite(total):
        raise _Wrong(field, f"add up to {total:g}: a baseline needs values")
