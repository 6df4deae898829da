"""Silences: for which alerts nobody is told, and from when to when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from tocsin.core.notify.schedules import Schedule
from tocsin.core.notify.selectors import AlertSelector

#: Times of one silence that are looked at: nights and days of more than a year.
_MOST_TIMES: Final = 1000


class SilenceKey(NamedTuple):
    """A silence's place: namespace and name."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True)
class Silence:
    """An AlertSilence. `ended_at` is set once it has ended for another reason than its time.

    With a `schedule` it mutes only while that is open, from its start to its end. One that is
    `until_resolved` ends once nothing fires any more of what it has matched (`is_outlived`).
    """

    key: SilenceKey
    selector: AlertSelector
    starts_at: datetime
    ends_at: datetime | None
    comment: str = ""
    by: str = ""
    until_resolved: bool = False
    suspended: bool = False
    ended_at: datetime | None = None
    schedule: Schedule | None = None

    def is_active(self, now: datetime) -> bool:
        """Whether it mutes what it selects at `now`."""
        if self.suspended or now < self.starts_at or self.is_over(now):
            return False
        return self.schedule is None or self.schedule.is_open(now)

    def is_over(self, now: datetime) -> bool:
        """Whether it has ended for good."""
        end = self.end
        return end is not None and end <= now

    @property
    def end(self) -> datetime | None:
        """When it ends, or has ended, for good; None: never."""
        if self.ends_at and self.ended_at:
            return min(self.ends_at, self.ended_at)
        return self.ends_at or self.ended_at

    def next_change(self, now: datetime) -> datetime | None:
        """When after `now` it becomes active or stops being so; None: never."""
        if self.suspended or self.is_over(now):
            return None
        if now < self.starts_at:
            return self._opens(self.starts_at)
        change = self.schedule.next_change(now) if self.schedule else None
        if self.is_active(now):
            return min((at for at in (change, self.end) if at), default=None)
        return self._within(change)

    def mutes_until(self, now: datetime) -> datetime | None:
        """Until when it mutes at a stretch, if it does so at `now`; None: for good."""
        return self.next_change(now) if self.schedule else self.end

    def muted_within(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """From when to when it mutes between two times, as far as it still says so: what it was
        before an edit is not known, and of a schedule so many times at most."""
        at, end = max(since, self.starts_at), min(until, self.end or until)
        for _ in range(_MOST_TIMES):
            if self.suspended or at >= end:
                return
            change = self.schedule.next_change(at) if self.schedule else None
            over = min(change or end, end)
            if self.schedule is None or self.schedule.is_open(at):
                yield at, over
            at = over

    def is_outlived(self, matched_before: bool, matched_now: bool) -> bool:
        """Whether it has nothing left to wait for: it has matched alerts, and none fires now."""
        return self.until_resolved and matched_before and not matched_now

    def _opens(self, start: datetime) -> datetime | None:
        """When it opens first, at `start` or after."""
        if self.schedule is None or self.schedule.is_open(start):
            return self._within(start)
        return self._within(self.schedule.next_change(start))

    def _within(self, at: datetime | None) -> datetime | None:
        return None if at is None or (self.end and self.end <= at) else at
