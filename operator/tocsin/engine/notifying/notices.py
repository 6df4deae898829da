"""What is told of routes and incidents, as Events."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from tocsin.api.v1alpha1.incidents import API_VERSION
from tocsin.ports import EventReason, Notice, Regarded

TELL: Final = "Tell"


def regarded(kind: str, body: Mapping[str, Any]) -> Regarded:
    """An object of one of Tocsin's own kinds, as Events refer to it."""
    metadata = body["metadata"]
    return Regarded(API_VERSION, kind, metadata["namespace"], metadata["name"], metadata["uid"])


def of_route(
    route: Regarded, before: Mapping[str, Any], after: Mapping[str, Any], now: datetime
) -> Iterator[Notice]:
    """A Warning for each trouble that the status `after` tells of and `before` did not.

    Of a receiver that takes nothing there is one, until it has taken something.
    """
    invalid, known = _invalid(after), _invalid(before)
    if invalid and invalid != known:
        yield Notice(route, EventReason.ROUTE_INVALID, "Validate", invalid, now)
    failed = {one.get("name") for one in before.get("receivers") or () if "failingSince" in one}
    for one in after.get("receivers") or ():
        if "failingSince" in one and one["name"] not in failed:
            note = f"receiver {one['name']}: {one.get('lastError') or 'it takes nothing'}"
            yield Notice(route, EventReason.DELIVERY_FAILED, TELL, note, now)


def unreadable(incident: Regarded, problems: str, now: datetime) -> Notice:
    """That somebody has written into an incident what cannot be read."""
    note = (
        f"it was edited by hand, and cannot be read: {problems}. What can be read of it counts, "
        "and the rest is written anew"
    )
    return Notice(incident, EventReason.INCIDENT_UNREADABLE, TELL, note, now)


def _invalid(status: Mapping[str, Any]) -> str | None:
    for one in status.get("conditions") or ():
        if (one.get("type"), one.get("status")) == ("Stalled", "True"):
            return str(one.get("message"))
    return None
