"""Several samples of one alert become one value."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from tocsin.core.criteria.threshold import Threshold
from tocsin.core.rules import Reduce, Rule
from tocsin.core.samples import Sample


class Reading(NamedTuple):
    """The value of one alert in base units, and the labels of the sample it stands for."""

    value: float
    labels: Mapping[str, str]


def reduce_samples(rule: Rule, criterion: Threshold, samples: tuple[Sample, ...]) -> Reading:
    """One value out of at least one sample; NaN only if there is nothing else.

    `criterion` says which is the worst: the rule's own, or what a workload made of it.

    Sum and Mean carry the labels of the worst sample, so that a person finds where to look.
    """
    unit = rule.metric.unit
    readings = [
        Reading(unit.to_base(sample.value) if unit else sample.value, _named(sample.labels))
        for sample in samples
    ]
    if len(readings) == 1:
        return readings[0]
    numbers = [reading for reading in readings if not math.isnan(reading.value)]
    if not numbers:
        return readings[0]
    # Ties are broken, and sums taken in order: the same answer in another order is the same alert.
    ordered = sorted(
        numbers, key=lambda r: (criterion.excess(r.value), sorted(r.labels.items()), r.value)
    )
    best, worst = ordered[0], ordered[-1]
    match rule.reduce:
        case Reduce.WORST:
            return worst
        case Reduce.BEST:
            return best
        case Reduce.SUM:
            return Reading(sum(r.value for r in ordered), worst.labels)
        case Reduce.MEAN:
            return Reading(sum(r.value for r in ordered) / len(ordered), worst.labels)


def _named(labels: Mapping[str, str]) -> Mapping[str, str]:
    """`labels` without the metric's name, which makes no difference to an alert."""
    if "__name__" not in labels:
        return labels
    return {name: value for name, value in labels.items() if name != "__name__"}
