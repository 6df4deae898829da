"""Histograms as Prometheus answers them, made into counts between edges."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

#: Less than this share of a bucket is rounding, not a decrease.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Counts:
    """How many values lie between edges; counts are floats, since increase() extrapolates.

    `edges` ascend and are finite; `counts` has one entry more: up to and with edges[0], …, above
    edges[-1]. `remark` says what had to be mended in reading it.
    """

    edges: tuple[float, ...]
    counts: tuple[float, ...]
    native: bool = False
    remark: str = ""

    @property
    def total(self) -> float:
        """How many values there are."""
        return math.fsum(self.counts)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """These buckets are no histogram, and why."""

    reason: str


def classic(buckets: Iterable[tuple[str | float, float]]) -> Counts | Unreadable:
    """The counts of cumulative buckets, as (`le`, count) in any order.

    A bucket below one before it, after a counter was reset, counts as 0; the sum stays that of
    `+Inf`. Without `+Inf`, without a number in `le`, or with NaN it is unreadable.
    """
    read: dict[float, float] = {}
    for le, count in buckets:
        edge = _number(le)
        if edge is None:
            return Unreadable(f'a bucket has le="{le}", which is not a number')
        if math.isnan(count) or math.isinf(count):
            return Unreadable(f'the bucket le="{le}" has the count {count}')
        if edge in read:
            return Unreadable(f'two buckets have le="{le}": sum the query by (le)')
        read[edge] = count
    if not read:
        return Unreadable("there are no buckets")
    if math.inf not in read:
        return Unreadable('the bucket le="+Inf" is missing: the query has to keep all of le')
    edges = sorted(read)
    counts, fallen = _differences([read[edge] for edge in edges])
    cuts = tuple(edge for edge in edges[:-1] if edge != -math.inf)
    if len(cuts) < len(edges) - 1:
        counts = [counts[0] + counts[1], *counts[2:]]
    return Counts(cuts, tuple(counts), remark=_fell(fallen))


def _differences(cumulative: Sequence[float]) -> tuple[list[float], int]:
    """What each bucket has more than all below it, and how many have less."""
    counts, before, fallen = [], 0.0, 0
    for count in cumulative:
        counts.append(max(0.0, count - before))
        fallen += count < before - _ROUNDING * abs(before)
        before = max(before, count)
    return counts, fallen


def _fell(fallen: int) -> str:
    if not fallen:
        return ""
    buckets = "1 bucket has" if fallen == 1 else f"{fallen} buckets have"
    return f"{buckets} less than the one below, as after a reset of a counter, and count as 0"


def native(buckets: Iterable[Sequence[str | float]]) -> Counts | Unreadable:
    """The counts of a native histogram's buckets [[rule, left, right, count], …], in any order.

    What lies between buckets that are not listed counts as 0. The rule, which says whether an edge
    belongs to its bucket, is not used: it concerns values that hit an edge exactly.
    """
    rows: list[tuple[float, float, float]] = []
    for bucket in buckets:
        numbers = [_number(part) for part in bucket]
        if len(numbers) != 4 or None in numbers:
            return Unreadable(f"{list(bucket)} is no bucket of the form [rule, left, right, count]")
        _, left, right, count = (part or 0.0 for part in numbers)
        if left >= right or not math.isfinite(count):
            return Unreadable(f"{list(bucket)} is no bucket: its edges do not ascend")
        rows.append((left, right, max(0.0, count)))
    if not rows:
        return Unreadable("there are no buckets")
    rows.sort()
    for (_, right, _), (left, _, _) in pairwise(rows):
        if left < right:
            return Unreadable(f"the buckets overlap between {left:g} and {right:g}")
    return _between(rows)


def _between(rows: Sequence[tuple[float, float, float]]) -> Counts:
    """Sorted buckets as counts, with a 0 for each gap."""
    edges: list[float] = []
    counts: list[float] = [0.0]
    for left, right, count in rows:
        if left != -math.inf and (not edges or left > edges[-1]):
            edges.append(left)
            counts.append(0.0)
        counts[-1] += count
        if right != math.inf:
            edges.append(right)
            counts.append(0.0)
    return Counts(tuple(edges), tuple(counts), native=True)


def _number(text: str | float) -> float | None:
    """A number that is not NaN, from what Prometheus writes."""
    try:
        number = float(text)
    except ValueError:
        return None
    return None if math.isnan(number) else number
