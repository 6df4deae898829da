"""From what was gathered to the look at each identity: one for each part, or several as one."""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set

from tocsin.core.attribution import Attribution, identity_of, merged
from tocsin.core.criteria.anomaly import Anomaly
from tocsin.core.criteria.composite import Composite, Part
from tocsin.core.criteria.criterion import Criterion
from tocsin.core.criteria.promql import NO_LONGER
from tocsin.core.gathering import Gathered
from tocsin.core.identity import Identity
from tocsin.core.inventory import ObjectRef
from tocsin.core.looks import (
    NOT_RETURNED,
    Look,
    failed,
    look_at,
    nothing_returned,
    with_enough,
    with_labels,
    without_data,
)
from tocsin.core.metrics import Metric, Question
from tocsin.core.parts import combined
from tocsin.core.reduction import Lacking, Reading
from tocsin.core.rules import Rule
from tocsin.core.samples import Answer, Failure, Sample, Samples
from tocsin.core.seen import Seen
from tocsin.core.statistics.baselines import Baseline, WarmingUp
from tocsin.core.verdicts import Verdict


def attribution_of(rule: Rule, placed: Mapping[Question, Attribution]) -> Attribution | None:
    """Where the series went by which it is decided who alerts; None if nothing was answered."""
    asked = dict.fromkeys(part.questions[0] for part in rule.parts)
    return merged([placed[question] for question in asked if question in placed])


def unplaced_parts(rule: Rule, placed: Mapping[Question, Attribution]) -> tuple[str, ...]:
    """The parts of a composite whose answers had series, of which none belongs to a workload."""
    if rule.workloads is None:  # each series that is nobody's alerts on its own
        return ()
    firsts = {part.name: placed.get(part.questions[0]) for part in rule.parts if part.name}
    return tuple(
        name for name, one in firsts.items() if one and one.unattributed and not one.samples
    )


def looks_of(
    rule: Rule,
    gathered: Gathered,
    placed: Mapping[Question, Attribution],
    going_on: Collection[Identity],
    seen: Seen = frozenset(),
) -> dict[Identity, Look]:
    """The look at each identity that has a value, should have one, or has an alert."""
    views = [_View(rule, gathered, placed, i, part, seen) for i, part in enumerate(rule.parts)]
    of_parts = [view.looks(going_on) for view in views]
    composite = rule.criterion
    if isinstance(composite, Composite):
        looks = combined(composite, of_parts, gathered.bound.criteria)
    else:
        looks = of_parts[0]
    if wanted := rule.min_samples:
        unit = rule.unit
        counts = _beside(rule, gathered, placed, wanted.metric, sum)
        looks = _weighed(looks, counts, lambda look, n: with_enough(look, n, wanted.at_least, unit))
    if covered := rule.label_coverage:
        shares = _beside(rule, gathered, placed, covered.metric, min)
        looks = _weighed(looks, shares, lambda look, share: with_labels(look, share, covered))
    return looks


class _View:
    """What was answered to one part of a rule."""

    def __init__(
        self,
        rule: Rule,
        gathered: Gathered,
        placed: Mapping[Question, Attribution],
        index: int,
        part: Part,
        seen: Seen,
    ) -> None:
        self._rule = rule
        self._gathered = gathered
        self._index = index
        self._part = part
        self._seen = seen
        answers = [gathered.answers[question] for question in part.questions]
        self._answer = answers[0]
        self._failure = next((one for one in answers if isinstance(one, Failure)), None)
        first = placed.get(part.questions[0])
        self._placed = first.samples if first else {}
        shared = part.criterion.beside
        self._samples: list[Callable[[Identity], tuple[Sample, ...]]] = [
            _of_all(gathered.answers[one]) if one in shared else _of_each(placed.get(one))
            for one in part.questions
        ]

    def looks(self, going_on: Collection[Identity]) -> dict[Identity, Look]:
        """The look at each identity that has a value, should have one, or has an alert."""
        selected = self._gathered.places.selected
        unit, how, others = self._part.metric.unit, self._rule.reduce, self._samples[1:]
        own, bound = self._part.criterion, self._gathered.bound.criteria
        like = self._gathered.likes.get(self._index)
        looks: dict[Identity, Look] = {}
        for identity, samples in () if self._failure else self._placed.items():
            ref = identity.workload
            if ref is not None and selected[ref].replicas == 0:
                continue  # what it still shows are the last samples of pods that are going
            criterion = self._criterion(ref) if bound else own
            read = (samples, *[of(identity) for of in others]) if others else (samples,)
            reading = criterion.read(read, how, unit)
            if like is not None:
                reading = _measured(criterion, reading, like(identity))
            looks[identity] = look_at(self._rule, criterion, reading)
        spoken_of = {identity.workload for identity in looks}
        for identity in (*going_on, *self._expected(spoken_of, going_on)):
            if identity not in looks:
                looks[identity] = self._silent(identity, spoken_of)
        return looks

    def _criterion(self, ref: ObjectRef | None) -> Criterion:
        """The part's criterion with what a workload set by parameters."""
        criteria = self._gathered.bound.criteria
        whole = criteria.get(ref) if criteria and ref else None
        if isinstance(whole, Composite):
            return whole.parts[self._index].criterion
        return whole or self._part.criterion

    def _silent(self, identity: Identity, spoken_of: Set[ObjectRef | None]) -> Look:
        """The look at what the answer does not speak of."""
        ref, criterion = identity.workload, self._criterion(identity.workload)
        if self._failure:
            return failed(criterion, self._failure)
        if self._rule.by_series:
            return Look(Verdict.NOT_MET, criterion, said=NO_LONGER)
        if criterion.judges_silence:
            read = tuple(of(identity) for of in self._samples)
            reading = criterion.read(read, self._rule.reduce, self._part.metric.unit)
            if isinstance(reading, Reading):
                reading = reading._replace(seen=(self._part.name, ref) in self._seen)
            return look_at(self._rule, criterion, reading)
        if bool(spoken_of) if ref is None else ref in spoken_of:  # gone, rather than without data
            return Look(Verdict.UNKNOWN, criterion, said=NOT_RETURNED)
        answer, said = self._answer, NOT_RETURNED
        if isinstance(answer, Samples) and not answer.samples:
            said = nothing_returned(answer.remarks)
        return without_data(self._rule, criterion, said)

    def _expected(
        self, spoken_of: Set[ObjectRef | None], going_on: Collection[Identity]
    ) -> Iterator[Identity]:
        """Selected workloads of which the answer should have spoken, and did not.

        A rule without `workloads` expects every labelled model once its query speaks of any, or
        where silence is what it looks for: a query over GPUs or feature stores owes them nothing.
        Where alerts of a workload go on, these are it.
        """
        rule = self._rule
        if rule.by_series:
            return
        all_expected = rule.workloads is not None or self._part.criterion.judges_silence
        if not all_expected and not spoken_of - {None}:
            return
        known = spoken_of | {identity.workload for identity in going_on}
        for ref, workload in self._gathered.places.selected.items():
            if workload.replicas > 0 and ref not in known:
                yield identity_of(rule, ref, {})


def _measured(
    criterion: Criterion, reading: Reading | Lacking, like: Baseline | WarmingUp | Failure
) -> Reading | Lacking:
    if not isinstance(criterion, Anomaly) or isinstance(reading, Lacking):
        return reading
    if isinstance(like, Failure):
        return Lacking(f"its past cannot be read: {like.message}")
    return reading if math.isnan(reading.value) else criterion.measured(reading, like)


def _of_each(placed: Attribution | None) -> Callable[[Identity], tuple[Sample, ...]]:
    return lambda identity: placed.samples.get(identity, ()) if placed else ()


def _of_all(answer: Answer) -> Callable[[Identity], tuple[Sample, ...]]:
    samples = answer.samples if isinstance(answer, Samples) else ()
    return lambda _: samples


_Number = Callable[[Identity], float | None]


def _beside(
    rule: Rule,
    gathered: Gathered,
    placed: Mapping[Question, Attribution],
    metric: Metric,
    combine: Callable[[Iterable[float]], float],
) -> _Number | Failure:
    """A number of each identity that says whether its value counts; several are combined."""
    question, unit = metric.asked(), metric.unit
    answer = gathered.answers[question]
    if isinstance(answer, Failure):
        return answer
    found = {
        identity: combine([unit.to_base(s.value) if unit else s.value for s in samples])
        for identity, samples in placed[question].samples.items()
    }

    def number_of(identity: Identity) -> float | None:
        """Its own, else that of its workload where it has no identity labels."""
        number = found.get(identity)
        if number is None and identity.workload:
            number = found.get(identity_of(rule, identity.workload, {}))
        return None if number is None or math.isnan(number) else number

    return number_of


def _weighed(
    looks: Mapping[Identity, Look],
    numbers: _Number | Failure,
    weigh: Callable[[Look, float | None], Look],
) -> dict[Identity, Look]:
    """`looks`, each weighed by its number."""
    if isinstance(numbers, Failure):
        return {identity: failed(look.criterion, numbers) for identity, look in looks.items()}
    return {identity: weigh(look, numbers(identity)) for identity, look in looks.items()}
