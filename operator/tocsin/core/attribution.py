"""Whose series is it? From samples to the identities that they speak of."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tocsin.core.identity import Identity
from tocsin.core.inventory import Inventory, ObjectRef, Workload, by_model
from tocsin.core.rules import Rule, WorkloadSelector
from tocsin.core.samples import Sample
from tocsin.core.serving import BY_KIND

#: Labels that name a workload of a kind, as exporters write them.
KIND_LABELS = {one.label: one.kind for one in BY_KIND.values()}
MODEL_LABELS = ("model_name", "model")

#: How controllers name their pods: a Deployment's by its ReplicaSet, a StatefulSet's by number.
_POD_NAMES = {
    "Deployment": re.compile(r"(.+)-[a-z0-9]{1,10}-[a-z0-9]{5}"),
    "StatefulSet": re.compile(r"(.+)-[0-9]+"),
    "Rollout": re.compile(r"(.+)-[a-z0-9]{1,10}-[a-z0-9]{5}"),
    "InferenceService": re.compile(
        r"(.+)-predictor(?:-[0-9]{5}-deployment)?-[a-z0-9]{1,10}-[a-z0-9]{5}"
    ),
}

#: So many places are remembered at least, also of series that are not there any more.
_KEPT = 1000


@dataclass(frozen=True)
class Attribution:
    """Samples by identity, and what could not be placed.

    `ambiguous` has the models that more than one workload says it serves and that a series named;
    `elsewhere` the samples of other namespaces, which are not this rule's to place.
    """

    samples: Mapping[Identity, tuple[Sample, ...]]
    unattributed: tuple[Sample, ...] = ()
    ambiguous: Mapping[str, tuple[ObjectRef, ...]] | None = None
    elsewhere: tuple[Sample, ...] = ()


class _Place(NamedTuple):
    """The identity of a series, if it has one; `ours` is false for one of another namespace."""

    identity: Identity | None
    ours: bool = True
    ambiguous: Mapping[str, tuple[ObjectRef, ...]] = {}


class Places:
    """Where the series of one rule belong in one inventory; what was found once is remembered."""

    def __init__(self, rule: Rule, inventory: Inventory) -> None:
        self.rule = rule
        self.inventory = inventory
        self.selected: Mapping[ObjectRef, Workload] = inventory.selected(
            rule.workloads or WorkloadSelector()
        )
        self._finder = _Finder(rule, inventory, self.selected)
        self._found: dict[bool, dict[tuple[tuple[str, str], ...], _Place]] = {True: {}, False: {}}

    def attribute(self, samples: tuple[Sample, ...], *, former: bool = False) -> Attribution:
        """Place each sample with a workload of the rule; one of another namespace is dropped.

        `former` samples are of some time ago: their pods are mostly gone, and belong to the
        workload that such pods have their names from.

        Without `rule.workloads` a series of no workload is an identity of its own, unless its pod
        is gone: rates over a window go on for a while after a rollout, and are nobody's any more.
        """
        found = self._found[former]
        if len(found) > 2 * len(samples) + _KEPT:
            found.clear()
        placed: dict[Identity, list[Sample]] = {}
        unattributed: list[Sample] = []
        elsewhere: list[Sample] = []
        ambiguous: dict[str, tuple[ObjectRef, ...]] = {}
        for sample in samples:
            spelled = tuple(sample.labels.items())
            place = found.get(spelled)
            if place is None:
                place = found[spelled] = self._find(sample.labels, former)
            if place.ambiguous:
                ambiguous.update(place.ambiguous)
            if place.identity is None:
                (unattributed if place.ours else elsewhere).append(sample)
            elif (group := placed.get(place.identity)) is None:
                placed[place.identity] = [sample]
            else:
                group.append(sample)
        samples_of = {identity: tuple(group) for identity, group in placed.items()}
        return Attribution(samples_of, tuple(unattributed), ambiguous, tuple(elsewhere))

    def _find(self, labels: Mapping[str, str], former: bool) -> _Place:
        if labels.get("namespace", self.rule.key.namespace) != self.rule.key.namespace:
            return _Place(None, ours=False)
        workload, ambiguous = self._finder.find(labels, former)
        if workload is None and (
            self.rule.workloads is not None or self._finder.is_left_over(labels)
        ):
            return _Place(None, ambiguous=ambiguous)
        return _Place(identity_of(self.rule, workload, labels), ambiguous=ambiguous)


def merged(some: Sequence[Attribution]) -> Attribution | None:
    """All of `some` as one; None of none."""
    if len(some) < 2:
        return some[0] if some else None
    samples: dict[Identity, tuple[Sample, ...]] = {}
    for one in some:
        for identity, its in one.samples.items():
            samples[identity] = samples.get(identity, ()) + its
    return Attribution(
        samples,
        tuple(sample for one in some for sample in one.unattributed),
        {model: refs for one in some for model, refs in (one.ambiguous or {}).items()},
        tuple(sample for one in some for sample in one.elsewhere),
    )


def attribute(rule: Rule, samples: tuple[Sample, ...], inventory: Inventory) -> Attribution:
    """Place each sample, as `Places` does, when nothing is remembered."""
    return Places(rule, inventory).attribute(samples)


def identity_of(rule: Rule, workload: ObjectRef | None, labels: Mapping[str, str]) -> Identity:
    """The identity of a series with `labels` that belongs to `workload` or to none."""
    if workload is None or rule.by_series:
        own = sorted((name, value) for name, value in labels.items() if name != "__name__")
        return Identity(workload, tuple(own))
    # Sorted and once each: in which order a rule names its labels makes no other alert.
    names = sorted(set(rule.identity_labels))
    return Identity(workload, tuple((name, labels.get(name, "")) for name in names))


class _Finder:
    """Finds the workload of a series among those that a rule selects."""

    def __init__(
        self, rule: Rule, inventory: Inventory, selected: Mapping[ObjectRef, Workload]
    ) -> None:
        self._inventory = inventory
        self._namespace = rule.key.namespace
        self._selected = selected
        # Of two that serve one model, the one that rests (blue and green) has no series.
        self._models = by_model({r: w for r, w in selected.items() if w.replicas > 0})

    def find(
        self, labels: Mapping[str, str], former: bool
    ) -> tuple[ObjectRef | None, Mapping[str, tuple[ObjectRef, ...]]]:
        """The workload by its pod, else by its own name, else by its model; and rival claims."""
        ambiguous: dict[str, tuple[ObjectRef, ...]] = {}
        candidates = self._candidates(labels, ambiguous, former)
        return next((ref for ref in candidates if ref is not None), None), ambiguous

    def is_left_over(self, labels: Mapping[str, str]) -> bool:
        """Whether a series names a pod of the rule's namespace that is not there."""
        if "namespace" not in labels or not labels.get("pod"):
            return False
        return ObjectRef("Pod", self._namespace, labels["pod"]) not in self._inventory.owners

    def _candidates(
        self,
        labels: Mapping[str, str],
        ambiguous: dict[str, tuple[ObjectRef, ...]],
        former: bool,
    ) -> Iterator[ObjectRef | None]:
        if "namespace" in labels:  # a pod's or workload's name says nothing without it
            yield self._by_name("Pod", labels.get("pod"))
            if former:
                yield self._by_former_pod(labels.get("pod"))
            for label, kind in KIND_LABELS.items():
                yield self._by_name(kind, labels.get(label))
        for label in MODEL_LABELS:
            yield self._by_name("Model", labels.get(label))
            serving = self._models.get(labels.get(label, ""), [])
            if len(serving) > 1:
                ambiguous[labels[label]] = tuple(serving)
            else:
                yield from serving

    def _by_former_pod(self, name: str | None) -> ObjectRef | None:
        """The workload that a pod which is gone has its name from, as controllers give them."""
        if not name or ObjectRef("Pod", self._namespace, name) in self._inventory.owners:
            return None
        for kind, made in _POD_NAMES.items():
            named = made.fullmatch(name)
            if named and (ref := self._by_name(kind, named[1])) is not None:
                return ref
        return None

    def _by_name(self, kind: str, name: str | None) -> ObjectRef | None:
        """The object of that name or what owns it; no two of such a chain are selected."""
        if not name:
            return None
        ref = ObjectRef(kind, self._namespace, name)
        chain = (ref, *self._inventory.owners_of(ref))
        return next((one for one in chain if one in self._selected), None)
