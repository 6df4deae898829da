"""Storms: so many incidents of a route at once that they are told as one."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from tocsin.core.notify.incidents import Incident, IncidentKey
from tocsin.core.notify.names import incident_name
from tocsin.core.notify.routes import RouteKey

_GROUP: Final = {"storm": "true"}


def storm_size(
    waiting: Iterable[Incident], told: Iterable[Incident], interval: timedelta, now: datetime
) -> int:
    """How many new incidents a route has within `interval`: more than its limit are a storm.

    `waiting` are those that nobody was told of yet, `told` the others; what a storm has taken in
    counts by its alerts.
    """
    new = sum(any(not one.silenced_by for one in incident.firing()) for incident in waiting)
    for incident in told:
        began = [one.fired_at for one in incident.members.values()]
        recent = sum(now - at < interval for at in began)
        new += recent if incident.storm else min(recent, 1)
    return new


def storm_of(route: RouteKey, opened_at: datetime) -> Incident:
    """A storm of `route`, in its own namespace, of which nothing is known yet."""
    name = f"storm-{incident_name(route, _GROUP, opened_at)}"
    return Incident(IncidentKey(route.namespace, name), route, _GROUP, opened_at, storm=True)
