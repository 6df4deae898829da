"""Ids by which receivers know what they have."""

from dataclasses import replace
from datetime import UTC, datetime

from tocsin.core.notify.incidents import Incident, IncidentKey, Intent, Told
from tocsin.core.notify.names import notification_id
from tocsin.core.notify.notification import Reason
from tocsin.core.notify.receivers import Receiver
from tocsin.core.notify.routes import RouteKey

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
INCIDENT = Incident(IncidentKey("fraud", "w0-1"), RouteKey("fraud", "oncall"), {}, NOW)
FIRST = Told(Receiver("hook", "webhook", "webhook"), intent=Intent(2, Reason.NEW_ALERTS, 3, NOW))


def id_of(told: Told) -> str:
    return notification_id("test", INCIDENT, told)


def test_an_id_is_the_same_however_often_the_same_is_tried() -> None:
    again = replace(FIRST, attempts=3, uncertain=True, error="no answer")
    assert id_of(FIRST) == id_of(again)


def test_an_id_is_another_where_the_same_number_tells_something_else() -> None:
    over = replace(FIRST, intent=Intent(2, Reason.ALL_RESOLVED, 4, NOW))
    more = replace(FIRST, intent=Intent(2, Reason.NEW_ALERTS, 4, NOW))
    assert len({id_of(FIRST), id_of(over), id_of(more)}) == 3
