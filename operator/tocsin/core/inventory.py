"""What is known of a namespace at one time: workloads, and who owns whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tocsin.core.rules import MODEL_LABEL, WorkloadSelector

#: Longer chains of owners do not occur; a cycle of them must not hang an evaluation.
_LONGEST_CHAIN = 8


class ObjectRef(NamedTuple):
    """An object's kind, namespace and name; a tuple, as evaluations look up thousands of them."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"


@dataclass(frozen=True)
class Workload:
    """An object that serves a model.

    `replicas` is the number wanted; of its `annotations` only those are kept that set parameters.
    """

    ref: ObjectRef
    uid: str
    labels: Mapping[str, str] = field(default_factory=dict)
    replicas: int = 1
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Inventory:
    """Workloads by reference, and each object's controlling owner, of one namespace."""

    workloads: Mapping[ObjectRef, Workload] = field(default_factory=dict)
    owners: Mapping[ObjectRef, ObjectRef | None] = field(default_factory=dict)

    def selected(self, selector: WorkloadSelector) -> dict[ObjectRef, Workload]:
        """The workloads that `selector` takes, by reference, in order of their names.

        What belongs to another that it takes, too, is left out: the two would be told of as one
        trouble each, and their pods' series belong to the owner.
        """
        taken = {
            ref: workload
            for ref, workload in sorted(self.workloads.items())
            if ref.kind in selector.kinds and selector.selector.matches(workload.labels)
        }
        return {
            ref: workload
            for ref, workload in taken.items()
            if taken.keys().isdisjoint(self.owners_of(ref))
        }

    def owners_of(self, ref: ObjectRef) -> Iterator[ObjectRef]:
        """The chain of controlling owners, nearest first."""
        for _ in range(_LONGEST_CHAIN):
            owner = self.owners.get(ref)
            if owner is None:
                return
            yield owner
            ref = owner


def by_model(workloads: Mapping[ObjectRef, Workload]) -> dict[str, list[ObjectRef]]:
    """The workloads that say they serve each model."""
    serving: dict[str, list[ObjectRef]] = {}
    for ref, workload in workloads.items():
        if model := workload.labels.get(MODEL_LABEL):
            serving.setdefault(model, []).append(ref)
    return serving
