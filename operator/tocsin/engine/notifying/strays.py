"""Alerts that fire and that no route takes, although there are routes: their rules say so."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from tocsin.core.notify.alarms import Alarm
from tocsin.engine.notifying.routing import RouteRecord, Routes
from tocsin.engine.record import Record

#: Routes that a sentence names.
NAMED: Final = 3


class Strays:
    """Keeps `unrouted` of records; `on_change` is told of a record of which that has changed."""

    def __init__(self, routes: Routes) -> None:
        self.on_change: Callable[[Record], object] = lambda _: None
        self._routes = routes

    def look(self, record: Record, alarms: Iterable[Alarm], firing: Iterable[str]) -> None:
        """Ask again of `alarms`, all of `record`; `firing` has the ids of all that fire of it."""
        before = record.unrouted or {}
        after = {id_: before[id_] for id_ in firing if id_ in before}
        for alarm in alarms:
            after.pop(alarm.id, None)
            routes = self._routes.in_sight(alarm.namespace)
            if routes and not self._routes.taking(alarm):
                after[alarm.id] = _why(alarm, routes)
        if after != record.unrouted:
            record.unrouted = after
            self.on_change(record)


def none_takes(subject: str, reasons: Sequence[str], count: int) -> str:
    """That none of `count` routes takes `subject`, with the `reasons` of the first of them."""
    left = count - len(reasons)
    more = f"; and {left} more route{'' if left == 1 else 's'}" if left else ""
    return f"no route takes {subject}: {'; '.join(reasons)}{more}"


def _why(alarm: Alarm, routes: Sequence[RouteRecord]) -> str:
    reasons = [f"{one.key}: {why_not(one, alarm)}" for one in routes[:NAMED]]
    return none_takes(alarm.subject, reasons, len(routes))


def why_not(record: RouteRecord, alarm: Alarm) -> str:
    """Why a route does not take `alarm`: the first term that does not fit, if one does not."""
    route = record.route
    if route is None:
        return f"it is not understood: {'; '.join(record.problems)}"
    misfit = route.selector.mismatch(alarm)
    if misfit:
        return f"{misfit} does not fit"
    return "it is suspended" if route.suspended else "a fallback, and another takes it"
