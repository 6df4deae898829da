"""When a route's new incidents become a storm, without counting all of them each time."""

from datetime import datetime

from tocsin.core.notify.routes import Route, RouteKey
from tocsin.core.notify.storms import storm_size
from tocsin.engine.notifying.case import Case
from tocsin.engine.notifying.cases import Cases


class StormWatch:
    """Counts a route's new incidents only once so much has happened that it may be a storm."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases
        self._calm: dict[RouteKey, int] = {}

    def forget(self, route: RouteKey) -> None:
        """A route has other times now."""
        self._calm.pop(route, None)

    def caught(self, limit: int, route: Route, now: datetime) -> list[Case]:
        """The incidents of `route` that wait to be told and are a storm, by key; none if they are
        not."""
        stirred = self._cases.stirred(route.key)
        if stirred <= self._calm.get(route.key, -1):
            return []
        cases = self._cases.of_route(route.key)
        waiting = [case for case in cases if not case.matters and not case.incident.storm]
        told = [case.incident for case in cases if case.matters]
        incidents = [case.incident for case in waiting]
        size = storm_size(incidents, told, route.timing.group_interval, now)
        if size > limit:
            self.forget(route.key)
            return waiting
        self._calm[route.key] = stirred + limit - size  # each change makes at most one more new
        return []
