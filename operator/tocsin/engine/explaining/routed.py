"""Which routes take an alert, and why others do not."""

from collections.abc import Sequence
from typing import Final

from tocsin.api.explanation.parts import ObjectName
from tocsin.api.explanation.telling import Receiver, RouteTried
from tocsin.core.notify.alarms import Alarm
from tocsin.core.notify.routes import RouteKey, group_of
from tocsin.engine.explaining.shown import LONG, clean
from tocsin.engine.notifying.board import KIND as ROUTE
from tocsin.engine.notifying.routing import RouteRecord, Routes
from tocsin.engine.notifying.strays import NAMED, none_takes, why_not

_SHOWN: Final = 10


def routes_tried(routes: Routes, alarm: Alarm) -> tuple[list[RouteTried], int]:
    """The routes that could take `alarm`, those that do first; and how many are left out."""
    takes = [route.key for route in routes.taking(alarm)]
    fits = [route.key for route in routes.fitting(alarm)]
    records = routes.in_sight(alarm.namespace)
    named = [*takes, *fits, *(record.key for record in records[:_SHOWN])]
    first = list(dict.fromkeys(named))[:_SHOWN]
    shown = [_tried(record, alarm, key in takes) for key in first if (record := routes.record(key))]
    return shown, len(records) - len(shown)


def route_name(key: RouteKey) -> ObjectName:
    """A route as explanations name it."""
    return ObjectName(kind=ROUTE, namespace=key.namespace, name=key.name)


def untaken(routes: Sequence[RouteTried], more: int) -> str:
    """Why no route takes an alert; `more` routes are not among those that were tried."""
    if not routes:
        return "there is no route"
    named = routes[:NAMED]
    reasons = [f"{one.route.namespace}/{one.route.name}: {one.reason}" for one in named]
    return none_takes("it", reasons, len(routes) + more)


def _tried(record: RouteRecord, alarm: Alarm, takes: bool) -> RouteTried:
    route, name = record.route, route_name(record.key)
    if route is None or not takes:
        reason = clean(why_not(record, alarm), LONG)
        fallback = route is not None and route.fallback
        return RouteTried(route=name, takes=False, reason=reason, fallback=fallback)
    group = {clean(key): clean(value) for key, value in group_of(route, alarm).items()}
    receivers = [
        Receiver(name=one.name, destination=clean(one.destination)) for one in route.listeners
    ]
    return RouteTried(
        route=name, takes=True, fallback=route.fallback, group=group, receivers=receivers
    )
