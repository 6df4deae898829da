"""Whose series is it? From samples to the identities that they speak of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tocsin.core.identity import Identity
from tocsin.core.inventory import Inventory, ObjectRef, Workload, by_model
from tocsin.core.rules import Rule, WorkloadSelector
from tocsin.core.samples import Sample

#: Labels that name a workload of a kind, as exporters write them.
_KIND_LABELS = {"deployment": "Deployment", "statefulset": "StatefulSet"}
_MODEL_LABELS = ("model_name", "model")


@dataclass(frozen=True)
class Attribution:
    """Samples by identity, and what could not be placed.

    `ambiguous` has the models that more than one workload says it serves and that a series named.
    """

    samples: Mapping[Identity, tuple[Sample, ...]]
    unattributed: tuple[Sample, ...] = ()
    ambiguous: Mapping[str, tuple[ObjectRef, ...]] | None = None


def attribute(rule: Rule, samples: tuple[Sample, ...], inventory: Inventory) -> Attribution:
    """Place each sample with a workload of `rule`; one of another namespace is dropped.

    Without `rule.workloads` a series of no workload is an identity of its own, unless its pod is
    gone: rates over a window go on for a while after a rollout, and are nobody's any more.
    """
    finder = _Finder(rule, inventory)
    placed: dict[Identity, list[Sample]] = {}
    unattributed: list[Sample] = []
    for sample in samples:
        if sample.labels.get("namespace", rule.key.namespace) != rule.key.namespace:
            continue
        workload = finder.find(sample.labels)
        if workload is None and (rule.workloads is not None or finder.is_left_over(sample.labels)):
            unattributed.append(sample)
        else:
            placed.setdefault(identity_of(rule, workload, sample.labels), []).append(sample)
    return Attribution(
        {identity: tuple(found) for identity, found in placed.items()},
        tuple(unattributed),
        finder.ambiguous,
    )


def identity_of(rule: Rule, workload: ObjectRef | None, labels: Mapping[str, str]) -> Identity:
    """The identity of a series with `labels` that belongs to `workload` or to none."""
    if workload is None:
        return Identity(None, tuple(sorted((n, v) for n, v in labels.items() if n != "__name__")))
    # Sorted and once each: in which order a rule names its labels makes no other alert.
    names = sorted(set(rule.identity_labels))
    return Identity(workload, tuple((name, labels.get(name, "")) for name in names))


class _Finder:
    """Finds the workload of a series among those that a rule selects."""

    def __init__(self, rule: Rule, inventory: Inventory) -> None:
        self._inventory = inventory
        self._namespace = rule.key.namespace
        self._selected: Mapping[ObjectRef, Workload] = inventory.selected(
            rule.workloads or WorkloadSelector()
        )
        # Of two that serve one model, the one that rests (blue and green) has no series.
        self._models = by_model({r: w for r, w in self._selected.items() if w.replicas > 0})
        self.ambiguous: dict[str, tuple[ObjectRef, ...]] = {}

    def find(self, labels: Mapping[str, str]) -> ObjectRef | None:
        """The workload by its pod, else by its own name, else by its model."""
        return next((ref for ref in self._candidates(labels) if ref is not None), None)

    def is_left_over(self, labels: Mapping[str, str]) -> bool:
        """Whether a series names a pod of the rule's namespace that is not there."""
        if "namespace" not in labels or not labels.get("pod"):
            return False
        return ObjectRef("Pod", self._namespace, labels["pod"]) not in self._inventory.owners

    def _candidates(self, labels: Mapping[str, str]) -> Iterator[ObjectRef | None]:
        if "namespace" in labels:  # a pod's or workload's name says nothing without it
            yield self._by_pod(labels.get("pod"))
            for label, kind in _KIND_LABELS.items():
                yield self._by_name(kind, labels.get(label))
        for label in _MODEL_LABELS:
            yield self._by_model(labels.get(label))

    def _by_pod(self, name: str | None) -> ObjectRef | None:
        if not name:
            return None
        pod = ObjectRef("Pod", self._namespace, name)
        chain = [ref for ref in self._inventory.owners_of(pod) if ref in self._selected]
        return chain[-1] if chain else None

    def _by_name(self, kind: str, name: str | None) -> ObjectRef | None:
        ref = ObjectRef(kind, self._namespace, name or "")
        return ref if ref in self._selected else None

    def _by_model(self, model: str | None) -> ObjectRef | None:
        serving = self._models.get(model or "", [])
        if len(serving) > 1 and model:
            self.ambiguous[model] = tuple(serving)
            return None
        return serving[0] if serving else None
