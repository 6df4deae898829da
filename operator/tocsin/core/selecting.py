"""Why a rule does not select a workload, in words."""

from tocsin.core.inventory import Workload
from tocsin.core.labels import Operator, Requirement
from tocsin.core.rules import WorkloadSelector


def why_not_selected(selector: WorkloadSelector, workload: Workload) -> tuple[str, ...]:
    """What keeps `selector` from taking `workload`; nothing where it does take it."""
    reasons = []
    if workload.ref.kind not in selector.kinds:
        kinds = " and ".join(sorted(selector.kinds))
        reasons.append(f"it is a {workload.ref.kind}, and the rule is for {kinds}")
    reasons += [
        _why_not(requirement, workload.labels.get(requirement.key))
        for requirement in selector.selector.requirements
        if not requirement.matches(workload.labels)
    ]
    return tuple(reasons)


def _why_not(requirement: Requirement, value: str | None) -> str:
    key = requirement.key
    has = f"its label {key} is {value!r}" if value is not None else f"it has no label {key}"
    wanted = ", ".join(sorted(requirement.values))
    match requirement.operator:
        case Operator.IN:
            return f"{has}, and the rule wants {wanted}"
        case Operator.NOT_IN:
            return f"{has}, and the rule leaves out {wanted}"
        case Operator.EXISTS:
            return has
        case Operator.DOES_NOT_EXIST:
            return f"{has}, and the rule wants workloads without it"
