"""Between the core's Incident and an MLIncident as it is stored, without loss."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from tocsin.api.problems import Problem, Problems
from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.incidentroom import stored_members
from tocsin.api.v1alpha1.incidenttold import AcknowledgementStatus, ToldStatus
from tocsin.api.v1alpha1.incidentview import state_of, subject_of, what_is_next
from tocsin.api.v1alpha1.mlincident import MLIncidentSpec, MLIncidentStatus, RouteRef
from tocsin.api.v1alpha1.status import UNVERIFIED
from tocsin.api.v1alpha1.stored import Metadata, at, read_stored
from tocsin.core.notify.alarms import worst
from tocsin.core.notify.incidents import Incident, IncidentKey, Member, Told
from tocsin.core.notify.routes import RouteKey

API_VERSION: Final = "tocsin.dev/v1alpha1"
KIND: Final = "MLIncident"

#: A status cannot be made with its object. Until it is written, this annotation stands for it: who
#: goes on after a process that died in between has to know who may have been told.
FIRST_STATUS: Final = "tocsin.dev/first-status"
#: Its length in bytes; of an incident that begins with more, nothing is known in between.
_ROOM: Final = 64 * 1024


class _StoredIncident(Schema):
    metadata: Metadata
    spec: MLIncidentSpec
    status: MLIncidentStatus | None = None


def incident_body(incident: Incident, status: Mapping[str, Any]) -> dict[str, Any]:
    """The MLIncident that is to be created for `incident`, as JSON; `status` is what it will have.

    It cannot be created with a status, and has it as an annotation, if it is not too large.
    """
    spec = MLIncidentSpec(
        route=RouteRef(namespace=incident.route.namespace, name=incident.route.name),
        group=dict(incident.group),
        opened_at=incident.opened_at,
        storm=incident.storm or None,
    )
    metadata: dict[str, Any] = {"namespace": incident.key.namespace, "name": incident.key.name}
    first = json.dumps(status, separators=(",", ":"), ensure_ascii=False)
    if len(first.encode()) <= _ROOM:
        metadata["annotations"] = {FIRST_STATUS: first}
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": metadata,
        "spec": spec.to_json(),
    }


def incident_status(incident: Incident, next_due: datetime | None) -> dict[str, Any]:
    """The status of `incident`, as JSON; `next_due` is when it will be looked at again.

    `read_incident` makes the same incident of it, but where there are very many alerts: then texts,
    and in the end alerts, are left out.
    """
    firing = list(incident.firing())
    told_of = firing or list(incident.members.values())
    acknowledgement = incident.acknowledgement
    members = stored_members(incident)
    return MLIncidentStatus(
        state=state_of(incident),
        severity=worst(member.severity for member in told_of) if told_of else None,
        model=subject_of(incident),
        alerts=len(firing),
        ack=(acknowledgement.by or UNVERIFIED) if acknowledgement else None,
        next=what_is_next(incident, next_due),
        closed_at=incident.closed_at,
        acknowledgement=AcknowledgementStatus.of(acknowledgement) if acknowledgement else None,
        ack_handled=incident.requested or None,
        sequence=incident.sequence or None,
        members=members or None,
        left_out=(len(incident.members) - len(members)) or None,
        told=[ToldStatus.of(one) for one in incident.told] or None,
        timeline=list(incident.timeline) or None,
    ).to_json()


def read_incident(body: Mapping[str, Any], *, begins: bool = True) -> Incident | Problems:
    """The incident that `body`, an MLIncident as JSON, holds; else all its problems.

    One whose status was never written is, if it `begins` so, as `incident_body` says that it should
    be. Raises nothing, whatever the JSON.
    """
    if begins and not body.get("status") and (first := _first_status(body)):
        read = read_incident({**body, "status": first})
        if isinstance(read, Incident):
            return read
    stored, problems = read_stored(body, _StoredIncident, "mlinc", strict=False)
    if stored is None:
        return tuple(dict.fromkeys(problems))
    spec, status = stored.spec, stored.status or MLIncidentStatus()
    members = {one.id: one.to_core() for one in status.members or ()}
    if len(members) < len(status.members or ()):
        return (Problem("status.members", "an id is there twice: remove one of the entries"),)
    told = tuple(one.to_core() for one in status.told or ())
    given = status.acknowledgement
    return Incident(
        key=IncidentKey(stored.metadata.namespace, stored.metadata.name),
        route=RouteKey(spec.route.namespace, spec.route.name),
        group=dict(spec.group),
        opened_at=spec.opened_at,
        members=members,
        told=told,
        # Numbers that were told are never given again, whatever became of the counter.
        sequence=max(status.sequence or 0, *_numbers(members, told)),
        acknowledgement=given.to_core() if given else None,
        requested=status.ack_handled or "",
        storm=bool(spec.storm),
        closed_at=status.closed_at,
        timeline=tuple(status.timeline or ()),
    )


def _first_status(body: Mapping[str, Any]) -> object:
    annotations = at(body, "metadata.annotations")
    written = annotations.get(FIRST_STATUS) if isinstance(annotations, Mapping) else None
    try:
        return json.loads(str(written))
    except (ValueError, RecursionError):
        return None


def _numbers(members: Mapping[str, Member], told: tuple[Told, ...]) -> Iterator[int]:
    yield 0
    for member in members.values():
        yield from (*member.turns, member.unsilenced, member.missing, member.raised)
    for one in told:
        yield from (one.upto, one.intent.upto if one.intent else 0)
