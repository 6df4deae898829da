"""Whether receivers could be told: looked at before there is anything to tell them."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from tocsin.core.notify.receivers import DeliveryError, Receiver
from tocsin.core.notify.routes import RouteKey
from tocsin.engine.agenda import Agenda, Item, Task
from tocsin.engine.notifying.routing import Delivery, RouteRecord, Routes
from tocsin.ports import Clock, Receivers

#: What a route needs may be applied with it, and come a moment later.
_GRACE: Final = timedelta(seconds=3)
#: After so long a route is looked at again where all was well, and where something was not.
_WELL: Final = timedelta(hours=1)
_ILL: Final = timedelta(minutes=1)
#: Routes that are looked at together: a restart looks at all, and the API server is not hurried.
_TOGETHER: Final = 4


class Checker:
    """Looks at the receivers of each route when it is made, edited or read after a start.

    What it finds is a receiver that fails, as if it had been told. It ends what it has found; what
    became of something that was sent is for the next one to end that is taken.
    """

    def __init__(
        self,
        routes: Routes,
        receivers: Receivers,
        agenda: Agenda,
        clock: Clock,
        on_check: Callable[[RouteKey], None],
    ) -> None:
        self._routes = routes
        self._receivers = receivers
        self._agenda = agenda
        self._clock = clock
        self._on_check = on_check
        self._turns = asyncio.Semaphore(_TOGETHER)

    def plan(self, key: RouteKey) -> None:
        """A route was made, edited or deleted: it is to be looked at."""
        if self._routes.record(key):
            self._agenda.put_by(Item(Task.CHECK, key), self._clock.now() + _GRACE)
        else:
            self._agenda.drop(Item(Task.CHECK, key))

    async def check(self, key: RouteKey) -> None:
        """Look at the receivers of a route, and come back."""
        record = self._routes.record(key)
        if record is None or record.route is None or record.route.suspended:
            return
        async with self._turns:
            found = [(one.name, await self._try(one, key)) for one in record.route.listeners]
        now = self._clock.now()
        for name, error in found:
            _remember(record, name, error, now)
        record.checked = True
        ill = any(error for _, error in found)
        self._agenda.put_by(Item(Task.CHECK, key), now + (_ILL if ill else _WELL))
        self._on_check(key)

    async def _try(self, receiver: Receiver, key: RouteKey) -> str:
        try:
            await self._receivers.check(receiver, key.namespace)
        except DeliveryError as error:
            return str(error)
        return ""


def _remember(record: RouteRecord, name: str, error: str, now: datetime) -> None:
    delivery = record.deliveries.setdefault(name, Delivery())
    if delivery.failed:
        return  # that it was told in vain says more
    if error:
        delivery.failing_since, delivery.last_error = delivery.failing_since or now, error
    elif delivery.failing_since:
        delivery.failing_since, delivery.last_error = None, ""
