"""Incidents that are due: what they intend is stored, then sent, then recorded."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from tocsin.core.notify.dispatch import dispatch
from tocsin.core.notify.incidents import IncidentKey
from tocsin.core.notify.routes import Route, RouteKey, Timing
from tocsin.engine.agenda import Agenda, Item, Task
from tocsin.engine.notifying.case import Case
from tocsin.engine.notifying.cases import Cases
from tocsin.engine.notifying.keeping import Keeper
from tocsin.engine.notifying.routing import Routes
from tocsin.ports import Clock

_log = structlog.get_logger(__name__)

#: An incident that is over can be looked at for so long.
_KEPT: Final = timedelta(days=1)

_AFTER_A_BUG: Final = timedelta(minutes=1)


class Dispatcher:
    """Carries out what is decided of each incident, one step of it at a time."""

    def __init__(
        self,
        *,
        clock: Clock,
        agenda: Agenda,
        cases: Cases,
        routes: Routes,
        keeper: Keeper,
        default: Timing,
        on_end: Callable[[RouteKey], None],
        gather: Callable[[Route, datetime], bool],
    ) -> None:
        self._clock = clock
        self._agenda = agenda
        self._cases = cases
        self._routes = routes
        self._keeper = keeper
        self._default = default
        self._on_end = on_end
        self._gather = gather

    async def dispatch(self, key: IncidentKey) -> None:
        """Decide what is to be told of an incident now, and have it stored and sent."""
        try:
            await self._dispatch(key)
        except Exception:
            self._again(key, self._clock.now() + _AFTER_A_BUG)  # what fires must not be forgotten
            raise

    async def drain(self) -> None:
        """Before the end: store what became of the last notifications."""
        for case in self._cases:
            if case.owes_record:
                await self._keeper.store(case)

    async def _dispatch(self, key: IncidentKey) -> None:
        case, now = self._cases.get(key), self._clock.now()
        if case is None:
            return
        if not case.is_open:
            await self._end(case, now)
            return
        route = self._serving(case)
        plan = dispatch(case.incident, route, self._default, now, case.in_flight)
        is_new = not case.matters and not case.incident.storm
        if route and plan.send and is_new and self._gather(route, now):
            return
        case.due = plan.due
        self._cases.update(case, plan.incident)
        if not case.is_open:
            self._on_end(case.incident.route)
        if not case.is_open and not case.matters:
            self._cases.drop(case)
            return
        if plan.send and not await self._keeper.store(case):
            self._again(key, now + timedelta(seconds=1))
            return
        for receiver in plan.send:
            case.in_flight.add(receiver)
            self._agenda.put(Item(Task.SEND, (key, receiver)), now)
        await self._follow_up(case, now)

    def _serving(self, case: Case) -> Route | None:
        route = self._routes.get(case.incident.route)
        return None if route is None or route.suspended else route

    async def _follow_up(self, case: Case, now: datetime) -> None:
        """Store what has become of it, once that is due, and come back when something is."""
        store_at = self._keeper.due(case, now)
        if store_at and store_at <= now:
            await self._keeper.store(case)
            store_at = self._keeper.due(case, self._clock.now())
        closed_at = case.incident.closed_at
        times = (store_at, case.due, closed_at + _KEPT if closed_at else None)
        if due := min((time for time in times if time), default=None):
            self._again(case.incident.key, due)

    async def _end(self, case: Case, now: datetime) -> None:
        """An incident is over: its end is stored, and a day later it is deleted."""
        closed_at = case.incident.closed_at
        if closed_at is None or now < closed_at + _KEPT:
            await self._follow_up(case, now)
            if case.placeless:  # nobody can look at it, and nothing comes of it any more
                self._cases.drop(case)
        elif await self._keeper.delete(case):
            self._cases.drop(case)
        else:
            self._again(case.incident.key, now + timedelta(minutes=1))

    def _again(self, key: IncidentKey, due: datetime) -> None:
        self._agenda.put_by(Item(Task.DISPATCH, key), due)
