"""AlertSilence: what the operator reports."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.status import BY_TYPE, Condition, Count
from tocsin.api.v1alpha1.types import Timestamp
from tocsin.core.notify.silences import Silence


class SilenceState(StrEnum):
    """A silence in one word."""

    PENDING = "Pending"
    ACTIVE = "Active"
    EXPIRED = "Expired"
    SUSPENDED = "Suspended"
    INVALID = "Invalid"

    @staticmethod
    def of(silence: Silence, now: datetime) -> "SilenceState":
        """The state of `silence` at `now`."""
        if silence.suspended:
            return SilenceState.SUSPENDED
        if silence.is_over(now):
            return SilenceState.EXPIRED
        return SilenceState.ACTIVE if silence.is_active(now) else SilenceState.PENDING


class SilenceEnd(StrEnum):
    """Why a silence ended before its time."""

    RESOLVED = "Resolved"
    ANNOTATION_REMOVED = "AnnotationRemoved"


class AlertSilenceStatus(Schema):
    """What the operator reports. It is written when something changes."""

    observed_generation: Count | None = None
    """The `metadata.generation` that the status is about. Example: `3`."""

    state: SilenceState | None = None
    """The silence in one word: Pending (it has not started, or waits for its schedule), Active,
    Expired (it has ended), Suspended or Invalid. Example: `Active`."""

    matched: Count | None = None
    """How many alerts it silences now. Example: `2`."""

    ends: str | None = None
    """When it ends or has ended, as text; absent where it goes on. Example:
    `2026-02-01T06:00:00Z`."""

    by: str | None = None
    """Who created it, as the API server says; `unverified` where it does not. Example:
    `alice@example.com`."""

    ended_at: Timestamp | None = None
    """When it ended before its time; it does not come back. Example: `2026-01-31T23:10:00Z`."""

    ended_reason: SilenceEnd | None = None
    """Why it ended before its time: Resolved (`untilResolved`), or AnnotationRemoved (of the
    annotation that it was made for). Example: `Resolved`."""

    conditions: Annotated[list[Condition], Field(json_schema_extra=BY_TYPE)] | None = None
    """Aspects of the silence, as Kubernetes tools understand them. Example:
    `[{type: Ready, status: "True", ...}]`."""
