"""What the status of a route says of receivers that take nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from tests.engine.fakes import FakeEvents, SteppedClock
from tocsin.core.notify.receivers import Receiver
from tocsin.core.notify.routes import Route, RouteKey, Timing
from tocsin.core.notify.selectors import AlertSelector
from tocsin.engine.agenda import Agenda
from tocsin.engine.notifying.board import Board
from tocsin.engine.notifying.cases import Cases
from tocsin.engine.notifying.routing import Delivery, Routes
from tocsin.engine.posting import Compose, Place, Poster
from tocsin.engine.reporting import Reporter

KEY = RouteKey("fraud", "oncall")
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
LONG = timedelta(hours=1)


class _Kept:
    """Keeps the statuses that it is to write."""

    def __init__(self) -> None:
        self.last: Mapping[str, Any] = {}

    def status(self, _: Place) -> Mapping[str, Any]:
        return self.last

    def want(self, _: Place, compose: Compose) -> None:
        self.last = compose(self.last)


def test_a_receiver_that_takes_nothing_is_named_where_kubectl_shows_it() -> None:
    receivers = tuple(Receiver(name, "webhook", name) for name in ("chat", "pager"))
    route = Route(KEY, AlertSelector(frozenset({"fraud"})), (), Timing(LONG, LONG, LONG), receivers)
    routes, kept = Routes(lambda _: route), _Kept()
    clock = SteppedClock()
    reporter = Reporter(FakeEvents(), Agenda(), clock)
    board = Board(routes, Cases(), cast("Poster", kept), reporter, clock)
    metadata = {"namespace": "fraud", "name": "oncall", "uid": "u", "generation": 1}
    record = routes.saw({"metadata": metadata, "spec": {}})
    assert record
    board.mark(KEY)
    assert _condition(kept.last, "Ready") == ("True", "alerts that it selects are told")
    assert "Delivering" not in {one["type"] for one in kept.last["conditions"]}
    record.checked = True
    board.mark(KEY)
    untold = "nothing was sent yet; the receivers' Secrets and addresses can be used"
    assert _condition(kept.last, "Delivering") == ("True", untold)
    record.deliveries["chat"] = Delivery(sent=1)
    board.mark(KEY)
    assert _condition(kept.last, "Delivering") == ("True", "no receiver fails")
    record.checked = False  # as after a restart: what stood there stays
    record.deliveries.clear()
    board.mark(KEY)
    assert _condition(kept.last, "Delivering") == ("True", "no receiver fails")

    record.deliveries["pager"] = Delivery(failed=1, failing_since=NOW, last_error="no such key")
    board.mark(KEY)
    said = "alerts that it selects are told, but pager: no such key"
    assert _condition(kept.last, "Ready") == ("True", said)
    assert _condition(kept.last, "Stalled") == ("False", "the route can be used")
    assert _condition(kept.last, "Delivering") == ("False", "pager: no such key")
    assert kept.last["failing"] == 1


def _condition(status: Mapping[str, Any], kind: str) -> tuple[str, str]:
    found = next(one for one in status["conditions"] if one["type"] == kind)
    return found["status"], found["message"]
