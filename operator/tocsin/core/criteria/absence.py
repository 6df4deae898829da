"""Absence: a workload that should serve and does not, and why."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Final

from tocsin.core.amounts import Amount, Unit, format_amount
from tocsin.core.metrics import Question
from tocsin.core.reduction import Reading, Reduce, named
from tocsin.core.samples import Sample
from tocsin.core.verdicts import Outcome, Verdict

#: A workload that had a series so long ago has lost it, also where nobody had looked before.
SEEN_AGO: Final = timedelta(hours=1)


class Cause(StrEnum):
    """Why a workload does not serve."""

    NO_TRAFFIC = "NoTraffic"  # it is there, and does nothing
    TARGET_GONE = "TargetGone"  # it was there, and is not any more
    NEVER_SEEN = "NeverSeen"  # it was not there before either


_SAID: Final = {
    Cause.NO_TRAFFIC: "it is there and serves nothing: no traffic reaches it",
    Cause.TARGET_GONE: (
        "its series is gone, and there was one before: are its pods up, is it still scraped?"
    ),
    Cause.NEVER_SEEN: (
        "it was never seen: no series now, 1h ago or at any look since the operator's start; does "
        "it expose the metric, is it scraped?"
    ),
}


@dataclass(frozen=True)
class Absence:
    """Met when nothing of a workload is more than 0, for one of `causes`.

    What the query returns is a number that is more than 0 while a workload serves, as a rate of
    requests. Its series are summed, whatever `reduce` says: one pod that serves is enough.
    """

    causes: frozenset[Cause]

    agos: ClassVar[tuple[timedelta, ...]] = (timedelta(), SEEN_AGO)
    beside: ClassVar[tuple[Question, ...]] = ()
    judges_silence: ClassVar[bool] = True
    reads_histograms: ClassVar[bool] = False
    limit: ClassVar[None] = None

    def read(
        self, samples: tuple[tuple[Sample, ...], ...], how: Reduce, unit: Unit | None
    ) -> Reading:
        """What all series add up to, NaN without any; the baseline is what there was before."""
        now, before = (_sum(some, unit) for some in samples)
        labels = named(samples[0][0].labels) if samples[0] else {}
        return Reading(now, labels, None if math.isnan(before) else before)

    def verdict(self, reading: Reading) -> Verdict:
        """A cause that is not asked for is no alert: it serves nothing, or nothing is known."""
        cause = _cause(reading)
        if cause is None:
            return Verdict.NOT_MET
        if cause in self.causes:
            return Verdict.MET
        return Verdict.NOT_MET if cause is Cause.NO_TRAFFIC else Verdict.UNKNOWN

    def judge(self, reading: Reading, unit: Unit | None) -> Outcome:
        """The verdict and which cause it has."""
        cause = _cause(reading)
        if cause is None:
            return Outcome(Verdict.NOT_MET, f"it serves: {format_amount(reading.value, unit)}")
        return Outcome(self.verdict(reading), _SAID[cause])

    def described(self, unit: Unit | None) -> str:
        """When it is met: "when a workload serves nothing (NoTraffic, TargetGone)"."""
        return f"when a workload serves nothing ({', '.join(sorted(self.causes))})"

    def recovery(self, unit: Unit | None) -> str:
        """What ends it."""
        return "any value above 0"

    def with_amounts(self, amounts: Mapping[str, Amount], unit: Unit | None) -> "Absence":
        """The same: it has no limits."""
        return self

    def contradiction(self, unit: Unit | None) -> str:
        """None: it has no limits."""
        return ""


def _sum(samples: tuple[Sample, ...], unit: Unit | None) -> float:
    numbers = [sample.value for sample in samples if not math.isnan(sample.value)]
    if not numbers:
        return math.nan
    return math.fsum(unit.to_base(number) if unit else number for number in numbers)


def _cause(reading: Reading) -> Cause | None:
    if reading.value > 0:
        return None
    if not math.isnan(reading.value):
        return Cause.NO_TRAFFIC
    seen = reading.seen or reading.baseline is not None
    return Cause.TARGET_GONE if seen else Cause.NEVER_SEEN
