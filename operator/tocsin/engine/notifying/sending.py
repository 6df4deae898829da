"""One receiver, told what an incident intends for it."""

from collections.abc import Callable
from datetime import datetime

import structlog

from tocsin.core.notify.dispatch import failed, taken
from tocsin.core.notify.incidents import Incident, IncidentKey, Told
from tocsin.core.notify.notification import Reason
from tocsin.core.notify.receivers import DeliveryError, Receipt, Receiver
from tocsin.core.notify.routes import RouteKey
from tocsin.engine.agenda import Agenda, Item, Task
from tocsin.engine.notifying.cases import Cases
from tocsin.engine.notifying.composing import Composer
from tocsin.engine.notifying.routing import Delivery, Routes
from tocsin.ports import Clock, NotLeaderError, Receivers

_log = structlog.get_logger(__name__)

#: Told of each route of which a receiver took something, or did not.
OnDelivery = Callable[[RouteKey], None]


class Sender:
    """Sends what was stored as an intent, and remembers what became of it."""

    def __init__(
        self,
        *,
        clock: Clock,
        agenda: Agenda,
        cases: Cases,
        routes: Routes,
        composer: Composer,
        receivers: Receivers,
        on_delivery: OnDelivery,
    ) -> None:
        self._clock = clock
        self._agenda = agenda
        self._cases = cases
        self._routes = routes
        self._composer = composer
        self._receivers = receivers
        self._on_delivery = on_delivery

    async def send(self, key: IncidentKey, receiver: Receiver) -> None:
        """Tell one receiver what is intended for it."""
        case = self._cases.get(key)
        told = case.incident.to(receiver) if case else None
        if case is None or told is None or told.intent is None:
            return
        reason = told.intent.reason
        try:
            outcome = await self._tell(case.incident, told)
        finally:
            case.in_flight.discard(receiver)
        now, case.owes_record = self._clock.now(), True
        self._cases.update(case, _after(case.incident, receiver, outcome, now))
        self._remember(case.incident.route, told.receiver.name, outcome, now)
        self._log(case.incident, told.receiver, reason, outcome)
        self._agenda.put_by(Item(Task.DISPATCH, key), now)

    async def _tell(self, incident: Incident, told: Told) -> Receipt | DeliveryError:
        try:
            notification = self._composer.compose(incident, told, self._clock.now())
            return await self._receivers.tell(told.receiver, incident.route.namespace, notification)
        except DeliveryError as error:
            return error
        except NotLeaderError as error:  # the process ends: another sends it
            return DeliveryError(str(error))
        except Exception as error:  # noqa: BLE001  # a bug must not lose a page: it is tried again
            _log.exception("notification failed", incident=str(incident.key))
            return DeliveryError(f"a bug in Tocsin: {type(error).__name__}: {error}")

    def _remember(
        self, route: RouteKey, receiver: str, outcome: Receipt | DeliveryError, now: datetime
    ) -> None:
        record = self._routes.record(route)
        if record is None:
            return
        delivery = record.deliveries.setdefault(receiver, Delivery())
        if isinstance(outcome, Receipt):
            delivery.sent, delivery.failed = delivery.sent + 1, 0
            delivery.last_sent_at, delivery.failing_since = now, None
            delivery.last_error = outcome.warning
        else:
            delivery.failed += 1
            delivery.failing_since = delivery.failing_since or now
            delivery.last_error = str(outcome)
        self._on_delivery(route)

    def _log(
        self,
        incident: Incident,
        receiver: Receiver,
        reason: Reason,
        outcome: Receipt | DeliveryError,
    ) -> None:
        named = {
            "incident": str(incident.key),
            "route": str(incident.route),
            "receiver": receiver.name,
            "kind": receiver.kind,
            "reason": str(reason),
        }
        if isinstance(outcome, Receipt):
            _log.info("told", **named, warning=outcome.warning or None)
        else:
            _log.warning("not told", **named, error=str(outcome), retry=outcome.retry)


def _after(
    incident: Incident, receiver: Receiver, outcome: Receipt | DeliveryError, now: datetime
) -> Incident:
    if isinstance(outcome, Receipt):
        return taken(incident, receiver, outcome, now)
    return failed(incident, receiver, outcome, now)
