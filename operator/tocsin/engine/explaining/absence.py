"""Why a rule does not look at the workload that a person asks for."""

from dataclasses import dataclass

from tocsin.core.inventory import Workload
from tocsin.core.rules import MODEL_LABEL, WorkloadSelector
from tocsin.core.selecting import why_not_selected
from tocsin.core.serving import BY_KIND
from tocsin.engine.explaining.finding import WorkloadFilter
from tocsin.engine.explaining.shown import clean, clock, sentence
from tocsin.engine.explaining.view import View


@dataclass(frozen=True)
class Absence:
    """What stands at the top where no single alert speaks."""

    headline: str
    next: str
    actions: tuple[str, ...] = ()
    around: str = ""
    telling: str = ""


def absence(view: View, wanted: WorkloadFilter) -> Absence:
    """Why the rule of `view` has nothing to say of the workload that is `wanted`."""
    there = [w for ref, w in view.inventory.workloads.items() if wanted.takes(ref)]
    if not there:
        says = f"Not looked at: {clean(str(wanted))} is not there any more."
        return Absence(says, "Looked at again once it is back.")
    workload = there[0]
    ref = workload.ref
    shown = f"{ref.kind} {ref.name}"
    selector = view.rule.workloads or WorkloadSelector()
    if reasons := why_not_selected(selector, workload):
        says = sentence(f"Not looked at: {shown} is not selected, as {clean('; '.join(reasons))}")
        return Absence(says, "Looked at once it is selected.", _select(view, workload))
    selected = view.inventory.selected(selector)
    if whole := next((one for one in view.inventory.owners_of(ref) if one in selected), None):
        says = f"Not looked at by itself: {shown} is part of {whole.kind} {whole.name}."
        return Absence(says, f"Ask for {whole.kind}/{whole.name}: the rule looks at that.")
    if workload.replicas == 0:
        wake = f"kubectl scale {ref.kind.lower()}/{ref.name} -n {ref.namespace} --replicas=1"
        says = f"Not looked at: {shown} is scaled to zero."
        known = BY_KIND[ref.kind].scales
        return Absence(says, "Looked at once it has a replica.", (wake,) if known else ())
    return _not_spoken_of(view, shown)


def _not_spoken_of(view: View, shown: str) -> Absence:
    when = clock(view.due, view.now) if view.due else "the next turn"
    silent = f"the last answer has no series of {shown}"
    mend = (
        "Let the query return its series with the labels namespace and pod; or set "
        "spec.workloads, so that a workload without series shows."
    )
    says = f"Not looked at: {silent}, and the rule names no workloads that it waits for."
    return Absence(says, f"Asked again at {when}.", (mend,))


def _select(view: View, workload: Workload) -> tuple[str, ...]:
    ref = workload.ref
    if view.rule.workloads in (None, WorkloadSelector()) and ref.kind in WorkloadSelector().kinds:
        label = f"{MODEL_LABEL}=<the model that it serves>"
        return (f"kubectl label {ref.kind.lower()} {ref.name} -n {ref.namespace} {label}",)
    return ("Give the workload the labels, or change spec.workloads of the rule.",)
