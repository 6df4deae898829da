"""The features of one model: their distributions, read of samples and compared."""

from collections.abc import Callable, Iterable

from tocsin.core.feature import Feature
from tocsin.core.reduction import Lacking
from tocsin.core.samples import Sample
from tocsin.core.statistics.aligning import Pair, Unlike, aligned, paired
from tocsin.core.statistics.comparing import Comparison, Finding
from tocsin.core.statistics.histograms import Counts, Unreadable, classic, native

Distribution = Counts | Unreadable | dict[str, float]


def read_features(
    label: str,
    categories: str,
    before: Iterable[Sample],
    now: Iterable[Sample],
    compare: Callable[[Pair], Comparison],
) -> list[Feature] | Lacking:
    """Each feature that either side has, compared; Lacking if a sample is no part of one.

    Samples of one feature and bucket, as those of a workload's pods, are summed.
    """
    sides = []
    for samples in (before, now):
        side = _distributions(label, categories, samples)
        if isinstance(side, Lacking):
            return side
        sides.append(side)
    baseline, current = sides
    names = sorted({*baseline, *current})
    return [_compared(name, baseline.get(name), current.get(name), compare) for name in names]


def _compared(
    name: str,
    baseline: Distribution | None,
    current: Distribution | None,
    compare: Callable[[Pair], Comparison],
) -> Feature:
    pair = _pair(baseline, current)
    if isinstance(pair, Feature):
        return Feature(name, pair.finding, pair.reason)
    found = compare(pair)
    return Feature(name, found.finding, found.reason, found.statistic, found.p)


def _pair(baseline: Distribution | None, current: Distribution | None) -> Pair | Feature:
    if baseline is None or current is None:
        side = "baseline" if baseline is None else "current window"
        return Feature("", Finding.TOO_FEW, f"the {side} does not have it")
    for one in (baseline, current):
        if isinstance(one, Unreadable):
            return Feature("", None, one.reason)
    if isinstance(baseline, Counts) and isinstance(current, Counts):
        pair = aligned(baseline, current)
        return Feature("", None, pair.reason) if isinstance(pair, Unlike) else pair
    if isinstance(baseline, dict) and isinstance(current, dict):
        return paired(baseline, current)
    return Feature("", None, "one side has buckets and the other categories")


def _distributions(
    label: str, categories: str, samples: Iterable[Sample]
) -> dict[str, Distribution] | Lacking:
    """The distribution of each feature, by the value of `label`; without it, of a nameless one."""
    classics: dict[str, dict[str, float]] = {}
    natives: dict[str, list[tuple[float, ...]]] = {}
    counted: dict[str, dict[str, float]] = {}
    for sample in samples:
        labels = sample.labels
        name = labels.get(label, "")
        if sample.buckets is not None:
            natives.setdefault(name, []).extend(sample.buckets)
        elif (le := labels.get("le")) is not None:
            _add(classics.setdefault(name, {}), le, sample.value)
        elif categories and (category := labels.get(categories)) is not None:
            _add(counted.setdefault(name, {}), category, max(0.0, sample.value))
        else:
            wanted = f"le or {categories}" if categories else "le"
            return Lacking(
                f"its series have no label {wanted}: keep it in the query, as in sum by ({label}, "
                f"{wanted}, namespace, pod) (…)"
            )
    found: dict[str, Distribution] = dict(counted)
    for name, buckets in classics.items():
        found[name] = classic(buckets.items())
    for name, rows in natives.items():
        mixed = name in found
        found[name] = Unreadable(_MIXED) if mixed else native(_summed(rows))
    return found


_MIXED = "it has native and classic buckets at once: query one of the two"


def _add(counts: dict[str, float], key: str, value: float) -> None:
    counts[key] = counts.get(key, 0.0) + value


def _summed(rows: Iterable[tuple[float, ...]]) -> list[tuple[float, ...]]:
    """Buckets of several pods: those with the same edges are one."""
    counts: dict[tuple[float, ...], float] = {}
    for *edges, count in rows:
        key = tuple(edges)
        counts[key] = counts.get(key, 0.0) + count
    return [(*key, count) for key, count in counts.items()]
