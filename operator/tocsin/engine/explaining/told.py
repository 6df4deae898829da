"""Incidents that hold an alert: what each receiver was told, and what comes next."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from tocsin.api.explanation.parts import ObjectName
from tocsin.api.explanation.telling import Taken, ToldIncident, ToldReceiver
from tocsin.api.v1alpha1.incidentview import state_of
from tocsin.core.notify.incidents import Told
from tocsin.core.notify.notification import Reason
from tocsin.core.notify.routes import Route
from tocsin.core.notify.wanting import Want, want
from tocsin.engine.explaining.routed import route_name
from tocsin.engine.explaining.shown import LONG, clean, clock
from tocsin.engine.notifying.case import KIND as INCIDENT
from tocsin.engine.notifying.case import Case
from tocsin.engine.notifying.desk import Desk

_INCIDENTS: Final = 5

_NEWS: Final = {
    Reason.NEW_ALERTS: "told of what is new",
    Reason.SILENCE_ENDED: "told of what is no longer silenced",
    Reason.SOME_RESOLVED: "told of what is resolved",
    Reason.ALL_RESOLVED: "told that all is resolved",
    Reason.ACKNOWLEDGED: "shown who is on it",
    Reason.NO_DATA: "told that there is no data",
    Reason.DELIVERY_FAILED: "told that others could not be told",
}


def incidents_of(desk: Desk, id_: str, now: datetime) -> list[ToldIncident]:
    """The open incidents in which the alert `id_` fires."""
    holding = [case for case in desk.cases.holding(id_) if case.incident.members[id_].fires]
    return [_incident(desk, case, id_, now) for case in holding[:_INCIDENTS]]


def _incident(desk: Desk, case: Case, id_: str, now: datetime) -> ToldIncident:
    incident, route = case.incident, desk.routes.get(case.incident.route)
    serving = None if route is None or route.suspended else route
    key, by = incident.key, incident.acknowledgement
    return ToldIncident(
        incident=ObjectName(kind=INCIDENT, namespace=key.namespace, name=key.name),
        route=route_name(incident.route),
        state=state_of(incident),
        storm=incident.storm,
        others=sum(1 for _ in incident.firing()) - 1,
        acknowledged=Taken(at=by.at, by=clean(by.by), comment=clean(by.comment)) if by else None,
        receivers=[
            _receiver(desk, case, one, id_, serving, now) for one in _listening(case, serving)
        ],
    )


def _listening(case: Case, route: Route | None) -> Iterator[Told]:
    """All who were told, and those whom the route has and that are still to be."""
    told = case.incident.told
    yield from told
    for receiver in route.listeners if route else ():
        if not any(receiver.leads_where(one.receiver) for one in told):
            yield Told(receiver)


def _receiver(
    desk: Desk, case: Case, one: Told, id_: str, route: Route | None, now: datetime
) -> ToldReceiver:
    receiver = one.receiver
    has = route is not None and route.receiver(receiver.name)
    serving = route if has and has.leads_where(receiver) else None
    wanted = want(case.incident, one, serving, desk.timing, now)
    says, at = _ahead(case, one, wanted, id_, now)
    if serving is None and wanted is None and not one.intent:
        says = "nothing, as the route is gone, suspended, or no longer has it"
    return ToldReceiver(
        name=receiver.name,
        destination=clean(receiver.destination),
        told_at=one.at,
        reason=one.reason,
        knows=case.incident.members[id_].known_at(one.upto),
        next=says,
        next_at=at,
        error=clean(one.error, LONG),
    )


def _ahead(
    case: Case, one: Told, wanted: Want | None, id_: str, now: datetime
) -> tuple[str, datetime | None]:
    """What comes next for a receiver, and when."""
    if any(one.receiver.leads_where(other) for other in case.in_flight):
        return "being told just now", None
    if one.intent and one.next_at and one.next_at > now:
        edited = ", or once the route is edited" if one.refused else ""
        return f"tried again at {clock(one.next_at, now)}{edited}", one.next_at
    if one.intent or (wanted and wanted.due <= now):
        return "about to be told", None
    return _coming(wanted, one, now) if wanted else (_nothing(case, id_), None)


def _coming(wanted: Want, one: Told, now: datetime) -> tuple[str, datetime]:
    when = clock(wanted.due, now)
    if one.at is None and wanted.reason in (Reason.FIRST, Reason.STORM, Reason.SILENCE_ENDED):
        return f"waits for groupWait until {when}", wanted.due
    if wanted.reason is Reason.REPEAT:
        return f"told again at {when}, if it still fires", wanted.due
    return f"{_NEWS.get(wanted.reason, 'told')} at {when}", wanted.due


def _nothing(case: Case, id_: str) -> str:
    if case.incident.members[id_].silenced_by:
        return "nothing, while it is silenced"
    if case.incident.acknowledgement:
        return "nothing, as somebody is on it"
    return "nothing"
