"""Several samples of one alert become one value."""

import math
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple

from tocsin.core.amounts import Unit
from tocsin.core.feature import Feature
from tocsin.core.samples import Sample
from tocsin.core.statistics.baselines import WarmingUp


class Reduce(StrEnum):
    """How several samples of one alert become one value."""

    WORST = "Worst"
    BEST = "Best"
    SUM = "Sum"
    MEAN = "Mean"


class Reading(NamedTuple):
    """The value of one alert in base units, and the labels of the sample it stands for.

    `baseline` is the value that it is compared with, where the criterion has one, `features` what
    was compared one by one, `band` between which values it is good. `seen` says that its workload
    is known to have had a series before.
    """

    value: float
    labels: Mapping[str, str]
    baseline: float | None = None
    features: tuple[Feature, ...] = ()
    band: tuple[float, float] | None = None
    seen: bool = False


class Lacking(NamedTuple):
    """Why samples say nothing; `why` has no values, so that it changes only with its cause.

    `measured` is the same with values, if there are any. `warming` is what its past still lacks.
    """

    why: str
    no_data: bool = False
    measured: str = ""
    warming: WarmingUp | None = None


def reduce_samples(
    how: Reduce, unit: Unit | None, excess: Callable[[float], float], samples: tuple[Sample, ...]
) -> Reading:
    """One value out of at least one sample; NaN only if there is nothing else.

    The worst is the one with the largest `excess`. Sum and Mean carry its labels, so that a person
    finds where to look.
    """
    if len(samples) == 1:
        return _reading(samples[0], unit)
    readings = [_reading(sample, unit) for sample in samples]
    numbers = [reading for reading in readings if not math.isnan(reading.value)]
    if not numbers:
        return readings[0]
    # Ties are broken, and sums taken in order: the same answer in another order is the same alert.
    ordered = sorted(numbers, key=lambda r: (excess(r.value), sorted(r.labels.items()), r.value))
    best, worst = ordered[0], ordered[-1]
    match how:
        case Reduce.WORST:
            return worst
        case Reduce.BEST:
            return best
        case Reduce.SUM:
            return Reading(sum(r.value for r in ordered), worst.labels)
        case Reduce.MEAN:
            return Reading(sum(r.value for r in ordered) / len(ordered), worst.labels)


def _reading(sample: Sample, unit: Unit | None) -> Reading:
    return Reading(unit.to_base(sample.value) if unit else sample.value, named(sample.labels))


def named(labels: Mapping[str, str]) -> Mapping[str, str]:
    """`labels` without the metric's name, which makes no difference to an alert."""
    if "__name__" not in labels:
        return labels
    return {name: value for name, value in labels.items() if name != "__name__"}
