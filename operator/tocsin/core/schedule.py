"""When evaluations are due: on a grid of their interval, shifted by a hashed offset."""

import hashlib
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(milliseconds=1)


def offset_of(source: str, query: str, interval: timedelta) -> timedelta:
    """Where in its interval a query is asked.

    Rules over the same query share it, also where one interval is a multiple of the other, so
    that the source is asked once for all of them; different queries are spread evenly.
    """
    digest = hashlib.sha256(f"{source}\0{query}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % (interval // _TICK) * _TICK


def next_due(now: datetime, interval: timedelta, offset: timedelta) -> datetime:
    """The first time on the grid after `now`: what was missed is not made up for."""
    passed = (now - _EPOCH - offset) // interval
    return _EPOCH + offset + (passed + 1) * interval


def last_due(now: datetime, interval: timedelta, offset: timedelta) -> datetime:
    """The last time on the grid that is not after `now`."""
    return next_due(now, interval, offset) - interval


def missed_between(due: datetime, now: datetime, interval: timedelta) -> int:
    """How many further evaluations fell due between one that was due at `due` and `now`."""
    return max(0, (now - due) // interval)
