"""What a process that died may not have told: it is told again by the next one.

A status may stand although the Events of what it says were never recorded. The Lease says until
when everything was written and told; what fired or ended after that is told once more. An Event
that was recorded after all is counted up, as it bears the same name.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from tocsin.core.alerts import Alert, Ended
from tocsin.core.rules import Rule
from tocsin.engine.restore import restore_ended

#: Where nobody knows until when everything was told: so long do Events live.
_EVENTS_LIVE: Final = timedelta(hours=1)


def untold(
    rule: Rule,
    alerts: Mapping[str, Alert],
    status: Mapping[str, Any],
    told_until: datetime | None,
    now: datetime,
) -> Iterator[tuple[datetime, Alert | Ended]]:
    """What fired or ended since `told_until`, in order of time; `alerts` are those restored."""
    since = told_until or now - _EVENTS_LIVE
    ended = list(restore_ended(rule, status))
    happened: list[tuple[datetime, Alert | Ended]] = [(one.resolved_at, one) for one in ended]
    fired = [*(one.alert for one in ended), *alerts.values()]
    happened += [(alert.fired_at, alert) for alert in fired if alert.fired_at]
    latest = [one for one in happened if one[0] > since]
    yield from sorted(latest, key=lambda one: (one[0], isinstance(one[1], Alert)))
