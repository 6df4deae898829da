"""`schedule`: windows of time that come again every week."""

from datetime import time
from enum import StrEnum
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from tocsin.api.problems import cut
from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.markers import Form, Unique
from tocsin.core.notify.schedules import Schedule, Window

_CLOCK: Final = Form("^([01][0-9]|2[0-3]):[0-5][0-9]$", 'a time of day: write one like "22:00"')
_ZONE: Final = Form(
    "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$", "a time zone: write its name, like Europe/Berlin"
)

Clock = Annotated[str, Field(max_length=5), _CLOCK]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        wrong = f'there is no time zone "{cut(name)}": write one like Europe/Berlin or UTC'
        raise ValueError(wrong) from None
    return name


class Day(StrEnum):
    """The days of the week, from its first."""

    MONDAY = "Mon"
    TUESDAY = "Tue"
    WEDNESDAY = "Wed"
    THURSDAY = "Thu"
    FRIDAY = "Fri"
    SATURDAY = "Sat"
    SUNDAY = "Sun"


class WindowSpec(Schema):
    """A time of day, on some days."""

    days: Annotated[list[Day], Field(min_length=1, max_length=7), Unique()] | None = None
    """The days on which it starts: Mon, Tue, Wed, Thu, Fri, Sat, Sun. Default: every day. Example:
    `[Sat, Sun]`."""

    start: Clock
    """When it starts, in quotes: hours and minutes from 00:00 to 23:59. Example: `"22:00"`."""

    end: Clock
    """When it ends, in quotes; on the next day unless it is after `start`. Example: `"06:00"`."""

    def to_core(self) -> Window:
        """The window as the core knows it."""
        days = tuple(Day)
        return Window(
            frozenset(days.index(day) for day in self.days or days),
            time.fromisoformat(self.start),
            time.fromisoformat(self.end),
        )


class ScheduleSpec(Schema):
    """Windows of time that come again every week."""

    time_zone: Annotated[str, Field(max_length=64), _ZONE, AfterValidator(_known_zone)]
    """The zone whose clocks count, by its name in the IANA database; daylight saving is minded.
    Example: `Europe/Berlin`."""

    windows: Annotated[list[WindowSpec], Field(min_length=1, max_length=32)]
    """The windows; one of them has to be open. Example:
    `[{days: [Sat, Sun], start: "22:00", end: "06:00"}]`."""

    def to_core(self) -> Schedule:
        """The schedule as the core knows it."""
        return Schedule(ZoneInfo(self.time_zone), tuple(one.to_core() for one in self.windows))
