"""One look at one alert: what a criterion makes of what was read, or why nothing could be read."""

from typing import NamedTuple

from tocsin.core.amounts import Unit
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.reduction import Reading
from tocsin.core.rules import MissingData, Rule
from tocsin.core.samples import Failure
from tocsin.core.verdicts import Outcome, Verdict

NOTHING_RETURNED = "the query returned nothing: ask it in the source, does the metric exist?"
NOT_RETURNED = "the query returned no series for it"
_NAN = "the query returned NaN, which is no data"


class Look(NamedTuple):
    """A verdict and what it rests on; its reason is put into words only when it is asked for.

    `reading` is None where no value was seen; `said` is why, where the criterion does not say: it
    holds no values, so that it changes only with its cause. `no_data` tells a live workload without
    data from one with too little of it. `samples` is what `minSamples` was compared with.
    """

    verdict: Verdict
    criterion: Threshold
    reading: Reading | None = None
    said: str = ""
    no_data: bool = False
    samples: float | None = None

    def outcome(self, unit: Unit | None) -> Outcome:
        """The verdict with its reason."""
        if self.said or self.reading is None:
            return Outcome(self.verdict, self.said, self.criterion.limit)
        return self.criterion.judge(self.reading.value, unit)


def look_at(rule: Rule, criterion: Threshold, reading: Reading) -> Look:
    """What `criterion` says of a value."""
    verdict = criterion.verdict(reading.value)
    if verdict is Verdict.UNKNOWN:
        return without_data(rule, criterion, _NAN)
    return Look(verdict, criterion, reading)


def without_data(rule: Rule, criterion: Threshold, why: str) -> Look:
    """What it means for `rule` that there is no value."""
    match rule.missing_data:
        case MissingData.UNKNOWN:
            return Look(Verdict.UNKNOWN, criterion, said=why, no_data=True)
        case MissingData.NOT_MET:
            said = f"no data, which missingData counts as not met ({why})"
            return Look(Verdict.NOT_MET, criterion, said=said, no_data=True)
        case MissingData.MET:
            said = f"no data, which missingData counts as met ({why})"
            return Look(Verdict.MET, criterion, said=said, no_data=True)


def failed(criterion: Threshold, failure: Failure) -> Look:
    """Nothing can be said: the source failed."""
    return Look(Verdict.FAILED, criterion, said=failure.message)


def with_enough(look: Look, count: float | None, at_least: float) -> Look:
    """`look`, unless it rests on fewer than `at_least` samples; `count` None: nobody knows.

    Where there are too few, that there is no value says nothing either: no data is more than that.
    """
    if look.verdict is Verdict.FAILED or (look.reading is None and not look.no_data):
        return look._replace(samples=count)
    if count is None and look.reading is not None:
        said = "nobody knows how many samples it has"
    elif count is not None and count < at_least:
        said = "it has too few samples"
    else:
        return look._replace(samples=count)
    said = f"{said}: minSamples asks for {at_least:g}"
    return Look(Verdict.UNKNOWN, look.criterion, said=said, samples=count)
