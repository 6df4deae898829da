"""Which routes take an alert, and why others do not."""

from collections.abc import Iterable
from typing import Final

from tocsin.api.explanation.parts import ObjectName
from tocsin.api.explanation.telling import Receiver, RouteTried
from tocsin.core.notify.alarms import Alarm
from tocsin.core.notify.routes import RouteKey, group_of
from tocsin.engine.explaining.shown import LONG, clean
from tocsin.engine.notifying.board import KIND as ROUTE
from tocsin.engine.notifying.routing import RouteRecord, Routes

_SHOWN: Final = 10


def routes_tried(routes: Routes, alarm: Alarm) -> tuple[list[RouteTried], int]:
    """The routes that could take `alarm`, those that do first; and how many are left out."""
    takes = {route.key for route in routes.taking(alarm)}
    fits = {route.key for route in routes.fitting(alarm)}

    def rank(record: RouteRecord) -> tuple[bool, bool, RouteKey]:
        return record.key not in takes, record.key not in fits, record.key

    records = sorted(routes.in_sight(alarm.namespace), key=rank)
    shown = [_tried(record, alarm, record.key in takes) for record in records[:_SHOWN]]
    return shown, max(0, len(records) - _SHOWN)


def route_name(key: RouteKey) -> ObjectName:
    """A route as explanations name it."""
    return ObjectName(kind=ROUTE, namespace=key.namespace, name=key.name)


def untaken(routes: Iterable[RouteTried]) -> str:
    """Why no route takes an alert."""
    reasons = [f"{one.route.namespace}/{one.route.name}: {one.reason}" for one in routes]
    more = f"; and {len(reasons) - 3} more" if len(reasons) > 3 else ""
    return f"no route takes it: {'; '.join(reasons[:3])}{more}" if reasons else "there is no route"


def _tried(record: RouteRecord, alarm: Alarm, takes: bool) -> RouteTried:
    route, name = record.route, route_name(record.key)
    if route is None:
        problems = clean("; ".join(record.problems), LONG)
        return RouteTried(route=name, takes=False, reason=f"it is not understood: {problems}")
    if not takes:
        misfit = route.selector.mismatch(alarm)
        reason = f"{clean(misfit)} does not fit" if misfit else "a fallback, and another takes it"
        if route.suspended and not misfit:
            reason = "it is suspended"
        return RouteTried(route=name, takes=False, reason=reason, fallback=route.fallback)
    group = {clean(key): clean(value) for key, value in group_of(route, alarm).items()}
    receivers = [
        Receiver(name=one.name, destination=clean(one.destination)) for one in route.listeners
    ]
    return RouteTried(
        route=name, takes=True, fallback=route.fallback, group=group, receivers=receivers
    )
