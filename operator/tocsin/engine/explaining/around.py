"""What surrounds a workload in the cluster, as explanations have it."""

from typing import Any

from tocsin.api.explanation.around import Around
from tocsin.core.alerts import Alert
from tocsin.core.inventory import ObjectRef
from tocsin.core.rules import MODEL_LABEL
from tocsin.engine.contexts import as_json
from tocsin.engine.explaining.shown import clean
from tocsin.engine.explaining.view import View


def around(view: View, ref: ObjectRef | None, alert: Alert | None) -> Around | None:
    """What is known of `ref` now, seen from the onset of its alert; None if it is not there."""
    workload = view.cluster.inventory(ref.namespace).workloads.get(ref) if ref else None
    if ref is None or workload is None:
        return None
    onset = alert.active_at - view.rule.label_delay if alert else None
    context = view.cluster.context(ref, onset, view.now)
    known = {
        "replicas": {"wanted": workload.replicas},
        **(as_json(context) if context else {}),
        "model": workload.labels.get(MODEL_LABEL, ""),
    }
    if alert and alert.context:  # as it was said when it began: what came after is no cause
        known["sentence"] = alert.context
    return Around.model_validate(_clean(known))


def _clean(value: Any) -> Any:
    """`value`, with the texts in it made safe to show: containers write some of them."""
    match value:
        case str():
            return clean(value)
        case dict():
            return {name: _clean(part) for name, part in value.items()}
        case list():
            return [_clean(part) for part in value]
        case _:
            return value
