"""What one evaluation is decided on, and the looks that it gives: one for each identity."""

import math
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass

from tocsin.core.attribution import Attribution, Places, identity_of
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.identity import Identity
from tocsin.core.inventory import Inventory, ObjectRef
from tocsin.core.looks import (
    NOT_RETURNED,
    NOTHING_RETURNED,
    Look,
    failed,
    look_at,
    with_enough,
    without_data,
)
from tocsin.core.parameters import Bound, bind
from tocsin.core.reduction import reduce_samples
from tocsin.core.rules import Rule
from tocsin.core.samples import Answer, Failure
from tocsin.core.verdicts import Verdict


@dataclass(frozen=True)
class Gathered:
    """Answers to the rule's query and to that of its `minSamples`, and what they are about.

    `places` and `bound` are what follows from rule and inventory alone: they are kept for as long
    as neither changes.
    """

    places: Places
    bound: Bound
    answer: Answer
    counts: Answer | None = None

    @property
    def failure(self) -> Failure | None:
        """What keeps the answers from being used."""
        return next((a for a in (self.answer, self.counts) if isinstance(a, Failure)), None)


def gather(
    rule: Rule, inventory: Inventory, answer: Answer, counts: Answer | None = None
) -> Gathered:
    """Everything made anew."""
    places = Places(rule, inventory)
    return Gathered(places, bind(rule, places.selected, Bound()), answer, counts)


def looks_of(
    rule: Rule,
    gathered: Gathered,
    attribution: Attribution | None,
    going_on: Collection[Identity],
) -> dict[Identity, Look]:
    """The look at each identity that has a value, should have one, or has an alert."""
    selected, criteria = gathered.places.selected, gathered.bound.criteria
    own = rule.criterion
    looks: dict[Identity, Look] = {}
    for identity, samples in attribution.samples.items() if attribution else ():
        ref = identity.workload
        if ref is None:
            criterion = own
        elif selected[ref].replicas == 0:
            continue  # what it still shows are the last samples of pods that are going
        else:
            criterion = criteria.get(ref, own) if criteria else own
        looks[identity] = look_at(rule, criterion, reduce_samples(rule, criterion, samples))
    spoken_of = {identity.workload for identity in looks}
    for identity in (*going_on, *_expected(rule, gathered, spoken_of, going_on)):
        if identity not in looks:
            ref = identity.workload
            criterion = criteria.get(ref, own) if ref else own
            beside = bool(spoken_of) if ref is None else ref in spoken_of
            looks[identity] = _silent(rule, criterion, gathered.answer, beside)
    return _with_enough(rule, gathered, looks) if rule.min_samples else looks


def _silent(rule: Rule, criterion: Threshold, answer: Answer, beside: bool) -> Look:
    """The look at what the answer does not speak of; `beside` says that others of it are there."""
    if isinstance(answer, Failure):
        return failed(criterion, answer)
    if beside:  # gone, rather than without data
        return Look(Verdict.UNKNOWN, criterion, said=NOT_RETURNED)
    return without_data(rule, criterion, NOT_RETURNED if answer.samples else NOTHING_RETURNED)


def _expected(
    rule: Rule,
    gathered: Gathered,
    spoken_of: Set[ObjectRef | None],
    going_on: Collection[Identity],
) -> list[Identity]:
    """Selected workloads of which the answer should have spoken, and did not.

    A rule without `workloads` expects every labelled model once its query speaks of any: a query
    over GPUs or feature stores owes them nothing. Where alerts of a workload go on, these are it.
    """
    if rule.workloads is None and not spoken_of - {None}:
        return []
    known = spoken_of | {identity.workload for identity in going_on}
    return [
        identity_of(rule, ref, {})
        for ref, workload in gathered.places.selected.items()
        if workload.replicas > 0 and ref not in known
    ]


def _with_enough(
    rule: Rule, gathered: Gathered, looks: Mapping[Identity, Look]
) -> dict[Identity, Look]:
    """`looks`, where they rest on as many samples as the rule asks for."""
    counts, wanted = gathered.counts, rule.min_samples
    if isinstance(counts, Failure):
        return {identity: failed(look.criterion, counts) for identity, look in looks.items()}
    if counts is None or wanted is None:
        raise AssertionError("a rule with minSamples is evaluated with an answer to its query")
    unit = wanted.metric.unit
    found = {
        identity: sum(unit.to_base(s.value) if unit else s.value for s in samples)
        for identity, samples in gathered.places.attribute(counts.samples).samples.items()
    }
    return {
        identity: with_enough(look, _count(rule, identity, found), wanted.at_least)
        for identity, look in looks.items()
    }


def _count(rule: Rule, identity: Identity, found: Mapping[Identity, float]) -> float | None:
    """The count of an identity, else that of its workload where it has no identity labels."""
    count = found.get(identity)
    if count is None and identity.workload:
        count = found.get(identity_of(rule, identity.workload, {}))
    return None if count is None or math.isnan(count) else count
