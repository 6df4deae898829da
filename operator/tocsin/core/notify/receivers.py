"""Receivers as routes name them, and what comes back from telling one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

#: The kind of receiver that is told of no alert, but that the operator is alive.
HEARTBEAT: Final = "heartbeat"


@dataclass(frozen=True)
class Receiver:
    """One receiver of a route.

    `kind` is slack, pagerduty, webhook, …; `settings` are those that the route has under that
    name, as JSON, with Secrets by name only. `destination` says where it leads: two receivers of
    the same destination are the same as far as anybody who is told can see. `acknowledges` says
    that it can show that somebody has taken an incident on without ringing anybody.
    """

    name: str
    kind: str
    destination: str
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    acknowledges: bool = False

    def leads_where(self, other: "Receiver") -> bool:
        """Whether it is `other` to those who are told, however its settings were edited."""
        return (self.name, self.destination) == (other.name, other.destination)


@dataclass(frozen=True)
class Receipt:
    """A receiver has taken a notification.

    `reference` is how it knows what it was told, to be given back with the next notification;
    `warning` a sentence about something that a person should mend although it went well.
    """

    reference: str = ""
    warning: str = ""


class DeliveryError(Exception):
    """A notification was not taken; the text says what is wrong and what to do.

    `retry` says whether the same may be taken later; what cannot be taken is tried again once the
    route changes, and every hour. `after` is how long the receiver wants to be left alone.
    `uncertain` says that it may have been taken although no answer came.
    """

    def __init__(
        self,
        message: str,
        *,
        retry: bool = True,
        after: timedelta | None = None,
        uncertain: bool = False,
    ) -> None:
        super().__init__(message)
        self.retry = retry
        self.after = after
        self.uncertain = uncertain
