"""Dead man's switches: they hear from the operator for as long as all of its work is fresh."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

import structlog

from tocsin.core.durations import parse_duration
from tocsin.core.notify.receivers import HEARTBEAT, DeliveryError, Receiver
from tocsin.core.notify.routes import RouteKey
from tocsin.engine.agenda import Agenda, Item, Task
from tocsin.engine.notifying.routing import RouteRecord, Routes
from tocsin.ports import Clock, NotLeaderError, Receivers

_log = structlog.get_logger(__name__)

#: A receiver that takes nothing for so long is no blip: somebody should notice.
_FAILING: Final = timedelta(minutes=5)


class Beater:
    """Beats at each heartbeat's interval, unless something is stale.

    `stale` says what of evaluating and watching is, if anything; what receivers of the same route
    do not take, it sees itself.
    """

    def __init__(self, routes: Routes, receivers: Receivers, agenda: Agenda, clock: Clock) -> None:
        self.stale: Callable[[], str | None] = lambda: None
        self._routes = routes
        self._receivers = receivers
        self._agenda = agenda
        self._clock = clock
        self._said: dict[tuple[RouteKey, str], str] = {}

    def plan(self, key: RouteKey) -> None:
        """A route was made, edited or deleted: its heartbeats are due."""
        for receiver in self._beating(key):
            self._agenda.put_by(Item(Task.BEAT, (key, receiver.name)), self._clock.now())

    async def beat(self, key: RouteKey, name: str) -> None:
        """Beat once, if all is fresh, and come back after the heartbeat's interval."""
        receiver = next((one for one in self._beating(key) if one.name == name), None)
        record = self._routes.record(key)
        if receiver is None or record is None:
            self._said.pop((key, name), None)
            return
        now = self._clock.now()
        every = parse_duration(receiver.settings["interval"])
        self._agenda.put(Item(Task.BEAT, (key, name)), now + every)
        problem = self.stale() or _failing(record, now)
        if problem is None:
            problem = await self._try(receiver, key)
        if problem and self._said.get((key, name)) != problem:
            _log.warning("no heartbeat", route=str(key), receiver=name, because=problem)
        self._said[key, name] = problem or ""

    async def _try(self, receiver: Receiver, key: RouteKey) -> str | None:
        try:
            await self._receivers.beat(receiver, key.namespace)
        except (DeliveryError, NotLeaderError) as error:
            return str(error)
        return None

    def _beating(self, key: RouteKey) -> Iterator[Receiver]:
        route = self._routes.get(key)
        if route and not route.suspended:
            yield from (one for one in route.receivers if one.kind == HEARTBEAT)


def _failing(record: RouteRecord, now: datetime) -> str | None:
    for name, delivery in sorted(record.deliveries.items()):
        listed = record.route and record.route.receiver(name)
        if listed and delivery.failing_since and now - delivery.failing_since > _FAILING:
            return f"receiver {name} takes nothing: {delivery.last_error}"
    return None
