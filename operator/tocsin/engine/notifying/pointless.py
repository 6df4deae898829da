"""Annotations that come to nothing, on incidents and routes: who wrote them is told why."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from tocsin.core.notify.incidents import Incident
from tocsin.engine.notifying.notices import TELL, regarded
from tocsin.engine.silencing.annotating import SILENCE
from tocsin.ports import EventReason, Notice

#: What is to be said, by reason.
Said = Mapping[EventReason, str]

_LATE: Final = "it is resolved, and nothing is left to acknowledge"


def on_route(body: Mapping[str, Any]) -> Said:
    """Of a route that somebody annotated to silence it."""
    if not _is_silenced(body):
        return {}
    why = f"{SILENCE} silences no route: annotate a rule, a workload or a namespace, or set suspend"
    return {EventReason.SILENCE_INVALID: why}


def on_incident(body: Mapping[str, Any], incident: Incident, *, late: bool) -> Said:
    """Of an incident; `late`: somebody acknowledged it once it was closed."""
    said = {EventReason.ACKNOWLEDGED_LATE: _LATE} if late else {}
    if _is_silenced(body):
        why = f"{SILENCE} silences no incident: annotate {_place(incident)}"
        said[EventReason.SILENCE_INVALID] = why
    return said


def news(
    kind: str, body: Mapping[str, Any], before: Said, now_is: Said, now: datetime
) -> Iterator[Notice]:
    """What is said now and was not before, as Events."""
    for reason, note in now_is.items():
        if before.get(reason) != note:
            yield Notice(regarded(kind, body), reason, TELL, note, now)


def _is_silenced(body: Mapping[str, Any]) -> bool:
    annotations = body["metadata"].get("annotations") or {}
    return bool(str(annotations.get(SILENCE) or "").strip())


def _place(incident: Incident) -> str:
    """What to annotate instead: of several alerts any one's workload, or its rule."""
    one = next(iter(incident.members.values()), None)
    if one is None:
        return "a rule, a workload or a namespace"
    if one.workload is None:
        return f"mlar/{one.rule.name} -n {one.rule.namespace}"
    return f"{one.workload.kind.lower()}/{one.workload.name} -n {one.workload.namespace}"
