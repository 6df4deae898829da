"""Recurring windows of time, on the clock that hangs on somebody's wall.

Where clocks are set forward, a time that does not exist means the moment they are set. Where they
are set back and a time comes twice, a window starts with the first and ends with the last of them:
it is never closed in its middle.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

_DAY: Final = timedelta(days=1)
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
#: Two weeks, and what windows reach over: a week in which clocks are set may lack a window, or the
#: time between two; the next one has it.
_HORIZON: Final = 17
_TICK: Final = timedelta(seconds=1)


@dataclass(frozen=True)
class Window:
    """From `start` on each of `days` (0 is Monday) until `end`, which is of the next day unless it
    is after `start`."""

    days: frozenset[int]
    start: time
    end: time

    def __str__(self) -> str:
        days = (
            "" if len(self.days) == len(_DAYS) else ", ".join(_DAYS[i] for i in sorted(self.days))
        )
        return f"{days} {self.start:%H:%M}-{self.end:%H:%M}".strip()

    def on(self, day: date, zone: tzinfo) -> tuple[datetime, datetime] | None:
        """From when to when it is open that starts on `day`, in UTC; None: it does not."""
        if day.weekday() not in self.days:
            return None
        last = day if self.end > self.start else day + _DAY
        opens = _instant(datetime.combine(day, self.start), zone, fold=0)
        closes = _instant(datetime.combine(last, self.end), zone, fold=1)
        return (opens, closes) if opens < closes else None


@dataclass(frozen=True)
class Schedule:
    """Open while one of `windows` is, by the clocks of `zone`."""

    zone: tzinfo
    windows: tuple[Window, ...]

    def __str__(self) -> str:
        return f"{'; '.join(map(str, self.windows))} ({self.zone})"

    def is_open(self, at: datetime) -> bool:
        """Whether a window is open at `at`; it is open at its start, and closed at its end."""
        return any(opens <= at < closes for opens, closes in self._spans(at, 1))

    def next_change(self, after: datetime) -> datetime | None:
        """When after `after` it opens or closes next; None: never. Where one window ends as
        another starts nothing changes."""
        joined = self._joined(after)
        for opens, closes in joined:
            if after < opens:
                return opens
            if after < closes:
                return None if closes - after > _DAY * (_HORIZON - 3) else closes
        return None

    def _joined(self, after: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The spans around and after `after`, in order; those that touch are one."""
        spans = sorted(self._spans(after, _HORIZON))
        while spans:
            opens, closes = spans.pop(0)
            while spans and spans[0][0] <= closes:
                closes = max(closes, spans.pop(0)[1])
            yield opens, closes

    def _spans(self, at: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
        """The spans that start within two days before the day of `at`, and so many after."""
        today = at.astimezone(self.zone).date()
        for distance in range(-2, days + 1):
            day = today + distance * _DAY
            for window in self.windows:
                if span := window.on(day, self.zone):
                    yield span


def _instant(wall: datetime, zone: tzinfo, fold: int) -> datetime:
    """When the clocks of `zone` show `wall`, in UTC: the first time, or with `fold` 1 the last."""
    shown = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if shown.astimezone(zone).replace(tzinfo=None) == wall:
        return shown
    # They never show it: the fold that reads it by the later offset lies before the jump, the
    # other one behind it.
    before, behind = sorted(wall.replace(tzinfo=zone, fold=side).astimezone(UTC) for side in (0, 1))
    offset = behind.astimezone(zone).utcoffset()
    while behind - before > _TICK:
        middle = before + (behind - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            behind = middle
        else:
            before = middle
    return behind.replace(microsecond=0)
