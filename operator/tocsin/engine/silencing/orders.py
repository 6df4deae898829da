"""AlertSilences as they are made for annotations."""

from typing import Any

from tocsin.core.durations import write_duration
from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.annotated import Order
from tocsin.core.notify.asked import Asked
from tocsin.engine.silencing.entry import API_VERSION, BY, KIND, MARK_LABEL, SOURCE
from tocsin.engine.silencing.notices import api_version_of
from tocsin.engine.times import write_time


def body_of(order: Order) -> dict[str, Any]:
    """The AlertSilence that `order` asks for; it goes when the annotated object is deleted."""
    source = order.source
    ref = source.ref
    annotations = {SOURCE: f"{ref.kind}/{ref.name}"}
    if source.by:
        annotations[BY] = source.by
    owner = {
        "apiVersion": api_version_of(ref),
        "kind": ref.kind,
        "name": ref.name,
        "uid": source.uid,
    }
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": {
            "name": order.key.name,
            "namespace": order.key.namespace,
            "labels": {MARK_LABEL: source.mark},
            "annotations": annotations,
            "ownerReferences": [owner],
        },
        "spec": {"selector": _selector(ref), "comment": order.asked.comment, **_end(order.asked)},
    }


def _selector(ref: ObjectRef) -> dict[str, Any]:
    match ref.kind:
        case "MLAlertRule":
            return {"rules": [ref.name]}
        case "Namespace":
            return {"all": True}
        case kind:
            return {"workloads": [{"kind": kind, "name": ref.name}]}


def _end(asked: Asked) -> dict[str, Any]:
    end: dict[str, Any] = {"untilResolved": True} if asked.until_resolved else {}
    if asked.lasts:
        end["duration"] = write_duration(asked.lasts)
    if asked.until:
        end["endsAt"] = write_time(asked.until)
    return end
