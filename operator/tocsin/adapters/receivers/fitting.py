"""How many alerts fit into a message, so that what is cut is counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from tocsin.core.notify.notification import AlertNotice, Notification

Form = Callable[[AlertNotice], dict[str, Any]]

#: One in so many is kept for resolved alerts: what fires must not hide that something ended.
_RESERVED: Final = 4


@dataclass(frozen=True)
class Fitting:
    """Alerts as JSON that fit, and how many there are beyond them."""

    firing: tuple[dict[str, Any], ...]
    resolved: tuple[dict[str, Any], ...]
    cut_firing: int
    cut_resolved: int

    @property
    def shown(self) -> tuple[dict[str, Any], ...]:
        """Those that fire, then those that were resolved."""
        return (*self.firing, *self.resolved)

    @property
    def cut(self) -> int:
        """How many are left out in all."""
        return self.cut_firing + self.cut_resolved


def fitting(notification: Notification, form: Form, room: int, most: int = 0) -> Fitting:
    """As many alerts of `notification`, worst first, as have at most `room` bytes as JSON.

    `form` makes an alert's JSON; `most` is how many there may be, 0: as many as fit.
    """
    most = most or len(notification.alerts)
    reserve = most // _RESERVED if notification.firing else most
    first, used = _taken(notification.resolved, form, room // _RESERVED, reserve)
    firing, more = _taken(notification.firing, form, room - used, most - len(first))
    used += more
    rest, _ = _taken(
        notification.resolved[len(first) :], form, room - used, most - len(first) - len(firing)
    )
    return Fitting(
        tuple(firing),
        (*first, *rest),
        notification.firing_count - len(firing),
        notification.resolved_count - len(first) - len(rest),
    )


def _taken(
    notices: Sequence[AlertNotice], form: Form, room: int, most: int
) -> tuple[list[dict[str, Any]], int]:
    """What fits of the beginning of `notices`, and how many bytes it has."""
    taken: list[dict[str, Any]] = []
    used = 0
    for notice in notices:
        if len(taken) >= most:
            break
        shown = form(notice)
        size = len(orjson.dumps(shown)) + 1  # a comma
        if used + size > room:
            break
        used += size
        taken.append(shown)
    return taken, used
