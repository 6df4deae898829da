"""Alerts that are over, as status keeps them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tocsin.api.explanation.parts import Ended, ObjectName
from tocsin.engine.explaining.finding import WorkloadFilter
from tocsin.engine.explaining.shown import clean, labels_shown
from tocsin.engine.record import Record
from tocsin.engine.times import read_time


def history(record: Record, wanted: WorkloadFilter | None) -> list[Ended]:
    """The last alerts of a rule that ended, or those of one workload; odd entries are left out."""
    ended = []
    for entry in record.history:
        try:
            one = _ended(entry)
        except (KeyError, TypeError, ValueError, AttributeError):
            continue  # status was edited by hand
        ref = one.workload
        if wanted is None or (ref is not None and wanted.names(ref.kind, ref.name)):
            ended.append(one)
    return ended


def _ended(entry: Mapping[str, Any]) -> Ended:
    ref = entry.get("workload")
    return Ended(
        id=clean(str(entry["id"])),
        workload=ObjectName(**{k: clean(str(ref[k])) for k in ("kind", "namespace", "name")})
        if ref
        else None,
        labels=labels_shown(entry.get("labels") or {}),
        fired_at=_time(entry.get("firedAt")),
        resolved_at=_time(entry.get("resolvedAt")),
        reason=clean(str(entry.get("reason", ""))),
        message=clean(str(entry.get("message", ""))),
        value=entry.get("valueAtTransition"),
        threshold=entry.get("threshold"),
    )


def _time(text: str | None) -> datetime | None:
    return read_time(text) if text else None
