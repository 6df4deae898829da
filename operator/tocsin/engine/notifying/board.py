"""What routes say of themselves: whether they are understood, and how telling goes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from tocsin.api.v1alpha1.routestatus import RouteEffective
from tocsin.core.notify.routes import Route, RouteKey
from tocsin.engine.conditions import Condition, merged
from tocsin.engine.notifying.cases import Cases
from tocsin.engine.notifying.notices import of_route, regarded
from tocsin.engine.notifying.pointless import news, on_route
from tocsin.engine.notifying.routing import Delivery, RouteRecord, Routes
from tocsin.engine.posting import Place, Poster
from tocsin.engine.reporting import Reporter
from tocsin.engine.times import read_time, write_time
from tocsin.ports import Clock

KIND: Final = "NotificationRoute"
_MESSAGE_LIMIT: Final = 1024
_DELIVERING: Final = "Delivering"


class Board:
    """Composes the statuses of routes, and has them written."""

    def __init__(
        self, routes: Routes, cases: Cases, poster: Poster, reporter: Reporter, clock: Clock
    ) -> None:
        self._reporter = reporter
        self._routes = routes
        self._cases = cases
        self._poster = poster
        self._clock = clock

    def saw(self, body: Mapping[str, Any]) -> None:
        """A route is there, or has changed: so its status is stored."""
        self._poster.saw(KIND, body)
        metadata = body["metadata"]
        if record := self._routes.record(RouteKey(metadata["namespace"], metadata["name"])):
            said = on_route(body)
            for notice in news(KIND, body, record.pointless, said, self._clock.now()):
                self._reporter.tell(notice)
            record.pointless = said

    def gone(self, key: RouteKey) -> None:
        """A route is no longer there."""
        self._poster.gone(KIND, key.namespace, key.name)

    def restore(self, record: RouteRecord) -> None:
        """How telling went before a restart, as the status says."""
        status = record.body.get("status") or {}
        for entry in status.get("receivers") or ():
            try:
                record.deliveries[str(entry["name"])] = _delivery(entry)
            except (KeyError, TypeError, ValueError, AttributeError):
                continue  # edited by hand: it is counted anew

    def mark(self, key: RouteKey) -> None:
        """Have the status of a route composed anew, however much happens until it is written.

        New trouble in it is told as an Event.
        """
        if record := self._routes.record(key):
            place = Place(KIND, key.namespace, key.name)
            self._poster.want(place, partial(self._composed, record))

    def _composed(self, record: RouteRecord, before: Mapping[str, Any]) -> dict[str, Any]:
        after = self._compose(record, before)
        for notice in of_route(regarded(KIND, record.body), before, after, self._clock.now()):
            self._reporter.tell(notice)
        return after

    def _compose(self, record: RouteRecord, before: Mapping[str, Any]) -> dict[str, Any]:
        now = self._clock.now()
        generation, route = record.body["metadata"]["generation"], record.route
        was = {one.get("type"): one for one in before.get("conditions") or ()}
        conditions = [merged(was.get(one.type), one, generation, now) for one in _said(record)]
        if _DELIVERING not in {one["type"] for one in conditions} and _DELIVERING in was:
            conditions.append(was[_DELIVERING])  # nothing is known yet
        status: dict[str, Any] = {
            "observedGeneration": generation,
            "openIncidents": sum(case.matters for case in self._cases.of_route(record.key)),
            "conditions": conditions,
        }
        if route is None:
            return status
        entries = [
            _entry(one.name, record.deliveries.get(one.name, Delivery())) for one in route.listeners
        ]
        effective = RouteEffective.of(route).model_dump(mode="json", by_alias=True)
        failing = sum("failingSince" in entry for entry in entries)
        return {**status, "failing": failing, "effective": effective, "receivers": entries}


def _said(record: RouteRecord) -> Iterator[Condition]:
    if record.problems:
        counts = "the former spec counts" if record.route else "it tells nobody"
        message = f"{'; '.join(record.problems)}; until it is mended, {counts}"
        yield Condition("Ready", False, "InvalidSpec", message)
        yield Condition("Stalled", True, "InvalidSpec", message)
        return
    failing = "; ".join(
        f"{name}: {one.last_error}"
        for name, one in sorted(record.deliveries.items())
        if one.failing_since and record.route and record.route.receiver(name)
    )
    reason, message = _ready(record.route)
    if failing:  # said here too: `kubectl get` shows this message
        takes = not record.route or any(
            record.deliveries.get(one.name, Delivery()).failing_since is None
            for one in record.route.listeners
        )
        message = f"{message}, but {failing}" if takes else f"nobody is told: {failing}"
    yield Condition("Ready", True, reason, message[:_MESSAGE_LIMIT])
    yield Condition("Stalled", False, reason, "the route can be used")
    if failing:
        yield Condition(_DELIVERING, False, "DeliveryFailed", failing[:_MESSAGE_LIMIT])
    elif any(one.sent for one in record.deliveries.values()):
        yield Condition(_DELIVERING, True, "Delivered", "no receiver fails")
    elif record.checked:
        message = "nothing was sent yet; the receivers' Secrets and addresses can be used"
        yield Condition(_DELIVERING, True, "Checked", message)


def _ready(route: Route | None) -> tuple[str, str]:
    if route and route.suspended:
        return "Suspended", "suspended: nobody is told, but of the end of what was told"
    return "Routing", "alerts that it selects are told"


def _entry(name: str, delivery: Delivery) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": name, "sent": delivery.sent, "failed": delivery.failed}
    if delivery.last_sent_at:
        entry["lastSentAt"] = write_time(delivery.last_sent_at)
    if delivery.failing_since:
        entry["failingSince"] = write_time(delivery.failing_since)
    if delivery.last_error:
        entry["lastError"] = delivery.last_error[:_MESSAGE_LIMIT]
    return entry


def _delivery(entry: Mapping[str, Any]) -> Delivery:
    def time(name: str) -> datetime | None:
        return read_time(entry[name]) if entry.get(name) else None

    return Delivery(
        sent=int(entry.get("sent") or 0),
        failed=int(entry.get("failed") or 0),
        last_sent_at=time("lastSentAt"),
        failing_since=time("failingSince"),
        last_error=str(entry.get("lastError") or ""),
    )
