"""Conditions as all these kinds have them in their status."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tocsin.engine.times import read_time

Body = Mapping[str, Any]


def condition(status: Body, kind: str) -> Body:
    """The condition of that type, empty if there is none."""
    return next((one for one in status.get("conditions") or () if one.get("type") == kind), {})


def since_not(condition: Body) -> datetime | None:
    """Since when a condition does not hold; None if it holds, or says not since when."""
    since = condition.get("lastTransitionTime")
    return read_time(since) if since and condition.get("status") != "True" else None
