"""AlertSilence: what a user writes."""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import ConfigDict, Field, StrictBool

from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.cel import rule, rules
from tocsin.api.v1alpha1.schedules import ScheduleSpec
from tocsin.api.v1alpha1.selectors import AlertSelectorSpec
from tocsin.api.v1alpha1.types import TimeField, Within
from tocsin.api.v1alpha1.workloads import Selector

LONGEST: Final = timedelta(days=365)
TWO_ENDS: Final = "endsAt and duration both say when it ends: keep one of them"
NO_END: Final = "it would never end: set duration or endsAt, which only a schedule can do without"
NO_MOST: Final = "untilResolved needs a latest end: set duration or endsAt"
ENDS_BEFORE_START: Final = "endsAt is not after startsAt: choose a later time"

_HAS_END: Final = "has(self.endsAt) || has(self.duration)"
Lasting = Annotated[timedelta, Within(timedelta(seconds=1), LONGEST)]
Comment = Annotated[str, Field(min_length=1, max_length=1024)]


class AlertSilenceSpec(Schema):
    """For which alerts nobody is told, from when to when, and why."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule("!has(self.endsAt) || !has(self.duration)", TWO_ENDS, field="duration"),
            rule(f"{_HAS_END} || has(self.schedule)", NO_END),
            rule(
                f"{_HAS_END} || !has(self.untilResolved) || !self.untilResolved",
                NO_MOST,
                field="untilResolved",
            ),
            rule(
                "!has(self.startsAt) || !has(self.endsAt) || self.startsAt < self.endsAt",
                ENDS_BEFORE_START,
                field="endsAt",
            ),
        )
    )

    selector: AlertSelectorSpec
    """Which alerts: all terms that are given have to fit. Example: `{rules: [high-latency]}`."""

    namespace_selector: Selector | None = None
    """Of which namespaces alerts are silenced, by the namespaces' labels; `{}`: of all. Only for a
    silence in the operator's own namespace. Default: alerts of the silence's namespace. Example:
    `{matchLabels: {kubernetes.io/metadata.name: fraud}}`."""

    starts_at: TimeField | None = None
    """When it starts: a time with its zone. Default: when it is created. Example:
    `2026-01-31T22:00:00Z`."""

    ends_at: TimeField | None = None
    """When it ends: a time with its zone, at most 365 days after it starts unless it has a
    schedule. Default: `duration` says so. Example: `2026-02-01T06:00:00Z`."""

    duration: Lasting | None = None
    """How long it lasts from its start: a duration from 1s to 8760h. Default: `endsAt` says so.
    Example: `2h`."""

    until_resolved: StrictBool | None = None
    """Ends it as soon as no alert fires that it has silenced; it needs `duration` or `endsAt` as
    the latest end. Default: `false`. Example: `true`."""

    schedule: ScheduleSpec | None = None
    """Windows of time in which it silences, between its start and its end; without an end it goes
    on. Default: always. Example:
    `{timeZone: Europe/Berlin, windows: [{days: [Sat, Sun], start: "00:00", end: "00:00"}]}`."""

    comment: Comment
    """Why. Example: `deploy of v18`."""

    suspend: StrictBool | None = None
    """Stops the silence, as if it was not there. Default: `false`. Example: `true`."""
