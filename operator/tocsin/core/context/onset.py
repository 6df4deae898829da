"""The time that everything around an alert is told from, and how far from it things happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tocsin.core.durations import format_duration

#: What happened longer before is no explanation.
BEFORE: Final = timedelta(hours=1)
#: A rate looks back over minutes and clocks differ: what came a little later may be the cause.
AFTER: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Onset:
    """When an alert became active; or `is_now`, where there is no alert and somebody only asks."""

    at: datetime
    is_now: bool = False

    def is_near(self, moment: datetime) -> bool:
        """Whether what happened at `moment` may explain the onset."""
        return self.at - BEFORE <= moment <= self.at + AFTER

    def is_recent(self, moment: datetime) -> bool:
        """Whether `moment` is near the onset, or later: what goes on since then."""
        return self.at - BEFORE <= moment

    def distance(self, moment: datetime) -> str:
        """Like "6m before the onset", or "6m ago" where there is none."""
        span = format_duration(abs(moment - self.at), parts=1)
        if self.is_now:
            return f"{span} ago" if moment < self.at else "just now"
        if abs(moment - self.at) < timedelta(seconds=1):
            return "at the onset"
        return f"{span} {'before' if moment < self.at else 'after'} the onset"
