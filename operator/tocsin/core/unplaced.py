"""Why a series belongs to no workload: asked for a few examples, when a person wants to know."""

from collections.abc import Iterator, Mapping
from typing import Final

from tocsin.core.attribution import KIND_LABELS, MODEL_LABELS
from tocsin.core.inventory import Inventory, ObjectRef, by_model
from tocsin.core.rules import MODEL_LABEL, Rule, WorkloadSelector
from tocsin.core.selecting import why_not_selected

NO_LABELS: Final = (
    "it has none of the labels that name a workload: namespace and pod, namespace and "
    "deployment or statefulset, or model"
)


def why_unplaced(rule: Rule, labels: Mapping[str, str], inventory: Inventory) -> str:
    """Why the series with `labels` is nobody's in `inventory`: a sentence for each way tried."""
    reasons = list(_reasons(rule, labels, inventory))
    return "; ".join(reasons) or NO_LABELS


def _reasons(rule: Rule, labels: Mapping[str, str], inventory: Inventory) -> Iterator[str]:
    if "namespace" in labels:
        if pod := labels.get("pod"):
            yield _of_pod(rule, pod, inventory)
        for label, kind in KIND_LABELS.items():
            if name := labels.get(label):
                yield _of_object(rule, ObjectRef(kind, rule.key.namespace, name), inventory)
    elif named := [label for label in ("pod", *KIND_LABELS) if labels.get(label)]:
        yield f"its label {named[0]} says nothing without namespace: let the query keep both"
    for label in MODEL_LABELS:
        if model := labels.get(label):
            yield _of_model(rule, model, inventory)


def _of_pod(rule: Rule, name: str, inventory: Inventory) -> str:
    pod = ObjectRef("Pod", rule.key.namespace, name)
    if pod not in inventory.owners:
        return f"pod {name} is not there (any more)"
    chain = list(inventory.owners_of(pod))
    if not chain:
        return f"pod {name} has no owner"
    return f"pod {name} is of {_of_object(rule, chain[-1], inventory)}"


def _of_object(rule: Rule, ref: ObjectRef, inventory: Inventory) -> str:
    shown = f"{ref.kind} {ref.name}"
    workload = inventory.workloads.get(ref)
    if workload is None:
        known = ref in inventory.owners
        return f"{shown}, which is no workload" if known else f"there is no {shown}"
    why = why_not_selected(rule.workloads or WorkloadSelector(), workload)
    if why:
        return f"{shown}, which the rule does not select: {'; '.join(why)}"
    return f"{shown}, which came after the last evaluation"


def _of_model(rule: Rule, model: str, inventory: Inventory) -> str:
    claimed = by_model(inventory.workloads).get(model, [])
    if not claimed:
        return f'no workload says that it serves model "{model}" (label {MODEL_LABEL})'
    selected = inventory.selected(rule.workloads or WorkloadSelector())
    serving = [ref for ref in claimed if ref in selected and selected[ref].replicas > 0]
    if len(serving) > 1:
        names = " and ".join(f"{ref.kind} {ref.name}" for ref in serving)
        return f'model "{model}" is claimed by {names}'
    resting = [ref for ref in claimed if ref in selected]
    if resting:
        return f"{resting[0].kind} {resting[0].name} is scaled to zero"
    return _of_object(rule, claimed[0], inventory)
