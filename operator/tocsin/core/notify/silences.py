"""Silences: for which alerts nobody is told, and from when to when."""

from dataclasses import dataclass
from datetime import datetime

from tocsin.core.notify.selectors import AlertSelector


@dataclass(frozen=True, order=True)
class SilenceKey:
    """A silence's place: namespace and name."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True)
class Silence:
    """An AlertSilence. `ended_at` is set once it has ended for another reason than its time."""

    key: SilenceKey
    selector: AlertSelector
    starts_at: datetime
    ends_at: datetime | None
    comment: str = ""
    by: str = ""
    until_resolved: bool = False
    suspended: bool = False
    ended_at: datetime | None = None

    def is_active(self, now: datetime) -> bool:
        """Whether it mutes what it selects at `now`."""
        if self.suspended or (self.ended_at and self.ended_at <= now):
            return False
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)

    def next_change(self, now: datetime) -> datetime | None:
        """When after `now` it becomes active or stops being so; None: never."""
        if self.suspended or self.ended_at:
            return None
        times = (time for time in (self.starts_at, self.ends_at) if time and time > now)
        return min(times, default=None)
