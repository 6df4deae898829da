"""One look at one alert: what a criterion makes of what was read, or why nothing could be read."""

from dataclasses import replace
from typing import NamedTuple

from tocsin.core.amounts import Unit, format_amount
from tocsin.core.criteria.criterion import Criterion
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.durations import as_of
from tocsin.core.reduction import Lacking, Reading
from tocsin.core.rules import LabelCoverage, MissingData, Rule
from tocsin.core.samples import Failure
from tocsin.core.statistics.baselines import WarmingUp
from tocsin.core.verdicts import Outcome, Verdict

_NOTHING_RETURNED = "the query returned nothing: ask it in the source, does the metric exist?"
NOT_RETURNED = "the query returned no series for it"
OUTSIDE = "outside of its schedule"
_NAN = "the query returned NaN, which is no data"


def nothing_returned(remarks: tuple[str, ...]) -> str:
    """What is said of an answer without series, beside which its source has `remarks`."""
    return f"the query returned nothing: {'; '.join(remarks)}" if remarks else _NOTHING_RETURNED


class PartLook(NamedTuple):
    """The look at one part of a composite, with the part's name and unit."""

    name: str
    unit: Unit | None
    look: "Look"


class Look(NamedTuple):
    """A verdict and what it rests on; its reason is put into words only when it is asked for.

    `reading` is None where no value was seen; `said` is why, where the criterion does not say: it
    holds no values, so that it changes only with its cause; `measured` has them. `no_data` tells a
    live workload without data from one with too little of it. `samples` is what `minSamples` was
    compared with, and `labelled` what `labelCoverage` was. `warming` is what its past still lacks.
    `parts` are those of a composite, whose `criterion` it is.
    """

    verdict: Verdict
    criterion: Criterion
    reading: Reading | None = None
    said: str = ""
    no_data: bool = False
    samples: float | None = None
    labelled: float | None = None
    measured: str = ""
    warming: WarmingUp | None = None
    parts: tuple[PartLook, ...] = ()

    def outcome(self, unit: Unit | None) -> Outcome:
        """The verdict with its reason."""
        if self.said or self.reading is None:
            return Outcome(self.verdict, self.measured or self.said, self.criterion.limit)
        if self.parts:
            return Outcome(self.verdict, _joined(self.parts, self.verdict))
        return self.criterion.judge(self.reading, unit)


def _joined(parts: tuple[PartLook, ...], verdict: Verdict) -> str:
    """The reasons of the parts: of those that are met, else of all."""
    met = [part for part in parts if part.look.verdict is Verdict.MET]
    shown = met if met and verdict is Verdict.MET else parts
    return "; ".join(f"{part.name}: {part.look.outcome(part.unit).reason}" for part in shown)


def outcome_of(rule: Rule, look: Look) -> Outcome:
    """The verdict of `rule` with its reason; of a value that is late by intent, as of when."""
    outcome = look.outcome(rule.unit)
    if not rule.label_delay or look.said or look.reading is None:
        return outcome
    return replace(outcome, reason=f"{outcome.reason}{as_of(rule.label_delay)} (labelDelay)")


def look_at(rule: Rule, criterion: Criterion, reading: Reading | Lacking) -> Look:
    """What `criterion` says of a reading."""
    if isinstance(reading, Lacking):
        if reading.no_data:
            return without_data(rule, criterion, reading.why)
        look = Look(Verdict.UNKNOWN, criterion, said=reading.why, measured=reading.measured)
        return look._replace(warming=reading.warming)
    verdict = criterion.verdict(reading)
    if verdict is not Verdict.UNKNOWN:
        return Look(verdict, criterion, reading)
    if criterion.judges_silence:
        why = criterion.judge(reading, None).reason
        return Look(verdict, criterion, said=why, no_data=True)
    return without_data(rule, criterion, _NAN)


def without_data(rule: Rule, criterion: Criterion, why: str) -> Look:
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


def failed(criterion: Criterion, failure: Failure) -> Look:
    """Nothing can be said: the source failed."""
    return Look(Verdict.FAILED, criterion, said=failure.message)


def with_enough(look: Look, count: float | None, at_least: float, unit: Unit | None = None) -> Look:
    """`look`, unless it rests on fewer than `at_least` samples; `count` None: nobody knows.

    Where there are too few, that there is no value says nothing either: no data is more than that.
    """
    if look.verdict is Verdict.FAILED or (look.reading is None and not look.no_data):
        return look._replace(samples=count)
    asks, measured = f"minSamples asks for {at_least:g}", ""
    if count is None and look.reading is not None:
        said = f"nobody knows how many samples it has: {asks}"
    elif count is not None and count < at_least:
        said, measured = (
            f"it has too few samples: {asks}",
            f"it has too few samples, {count:.6g}: {asks}",
        )
    else:
        return _if_sure(look._replace(samples=count), unit)
    return Look(Verdict.UNKNOWN, look.criterion, said=said, samples=count, measured=measured)


def with_labels(look: Look, share: float | None, wanted: LabelCoverage) -> Look:
    """`look`, unless labels have come for less than the `wanted` share of predictions.

    `share` None: nobody knows. Where too few have come, that there is no value says nothing either.
    """
    look = look._replace(labelled=share)
    if look.verdict is Verdict.FAILED or (look.reading is None and not look.no_data):
        return look
    if share is not None and share >= wanted.at_least:
        return look
    least = format_amount(wanted.at_least, Unit.RATIO)
    if share is None:
        said, measured = "nobody knows how many labels have come", ""
    else:
        said, come = "too few labels have come", format_amount(share, Unit.RATIO)
        measured = f"labels have come for {come} of the predictions, {least} are needed"
    said = f"{said}: labelCoverage asks for {least}"
    return look._replace(
        verdict=Verdict.UNKNOWN, reading=None, said=said, measured=measured, no_data=False, parts=()
    )


def _if_sure(look: Look, unit: Unit | None) -> Look:
    """`look`, unless its samples are too few for the confidence that its threshold asks for."""
    criterion, reading = look.criterion, look.reading
    if not isinstance(criterion, Threshold) or look.verdict is not Verdict.MET:
        return look
    if reading is None or criterion.is_sure(reading.value, look.samples or 0.0):
        return look
    sure = format_amount(criterion.confidence or 0.0, Unit.RATIO)
    beyond = criterion.judge(reading, unit).reason
    measured = f"{beyond}, but {look.samples or 0:.6g} samples do not make that {sure} sure"
    said = f"beyond the limit, but so few samples do not make that {sure} sure"
    return look._replace(verdict=Verdict.DEADBAND, said=said, measured=measured)
