"""From columns to a ConfigMap."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import isfinite

import yaml

from tocsin.api.baseline import MAX_BINS, MAX_BYTES, Feature, size, write_baseline
from tocsin.cli.baseline import BaselineAsked, BaselineError, BaselineMade
from tocsin.cli.baselines.columns import Column, counted, quantiles
from tocsin.cli.baselines.tables import read_table
from tocsin.cli.output import ExitCode

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


def make(asked: BaselineAsked) -> BaselineMade:
    """The ConfigMap of a file of training data.

    Raises:
        BaselineError: it cannot be made.
    """
    name = _named("--name", asked.name) or _name_of(asked)
    namespace = _named("--namespace", asked.namespace)
    edges = dict(_edges(option) for option in asked.edges)
    columns = read_table(asked.file, asked.features)
    for column in edges:
        if column and column not in columns:
            raise BaselineError(f"--edges names the column {column}, which is not read")
    features: dict[str, Feature] = {}
    notes: list[str] = []
    for column, values in columns.items():
        feature = _feature(values, edges.get(column) or edges.get("") or (), asked.bins)
        if isinstance(feature, str):
            notes.append(f"{column}: left out: {feature}")
        else:
            features[column] = feature
    if not features:
        raise BaselineError("\n".join([*notes, "nothing is left to count"]), ExitCode.PROBLEMS)
    return BaselineMade(_config_map(name, namespace, features), tuple(notes))


def _feature(column: Column | None, edges: Sequence[float], bins: int) -> Feature | str:
    """The counts of a column, or why there are none."""
    if column is None:
        return "it holds neither numbers nor text"
    if column.numbers:
        cuts = edges or quantiles(column.numbers, bins)
        return counted(column.numbers, cuts) if cuts else "none of its numbers is finite"
    return column.categories or f"it is empty, or has more than {MAX_BINS} different texts"


def _config_map(name: str, namespace: str, features: Mapping[str, Feature]) -> str:
    data = write_baseline(features)
    if (taken := size(data)) > MAX_BYTES:
        largest = sorted(data, key=lambda key: len(data[key]), reverse=True)[:3]
        raise BaselineError(
            f"the counts take {taken} bytes, and a ConfigMap holds {MAX_BYTES}: choose columns "
            f"with --features, or fewer --bins; the largest are {', '.join(largest)}",
            ExitCode.PROBLEMS,
        )
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    return yaml.safe_dump(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data},
        sort_keys=False,
        allow_unicode=True,
        width=float("inf"),
    )


def _edges(option: str) -> tuple[str, tuple[float, ...]]:
    """The column that `--edges` names, or none, and its edges; +Inf at the end may be named."""
    column, _, numbers = option.rpartition("=")
    try:
        edges = [float(number) for number in numbers.split(",")]
    except ValueError:
        raise BaselineError(f'--edges "{option}": write numbers, as 1,2.5,10') from None
    if edges[-1] == float("inf"):
        edges.pop()
    rising = all(low < high for low, high in pairwise(edges))
    if not edges or not rising or not all(map(isfinite, edges)) or len(edges) >= MAX_BINS:
        message = f"write 1 to {MAX_BINS - 1} numbers that ascend, as 1,2.5,10"
        raise BaselineError(f'--edges "{option}": {message}')
    return column, tuple(edges)


def _named(option: str, name: str) -> str:
    if name and not _NAME.fullmatch(name):
        raise BaselineError(
            f'{option} "{name}": write small letters, digits and dashes, at most 63'
        )
    return name


def _name_of(asked: BaselineAsked) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", asked.file.stem.lower()).strip("-")[:54].strip("-")
    return f"{stem}-baseline" if stem else "baseline"
