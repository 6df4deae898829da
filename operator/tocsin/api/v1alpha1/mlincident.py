"""MLIncident: one open group of alerts, made by the operator."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field, StrictBool

from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.incidentmembers import MemberStatus
from tocsin.api.v1alpha1.incidenttold import AcknowledgementStatus, ToldStatus
from tocsin.api.v1alpha1.status import ATOMIC, Count
from tocsin.api.v1alpha1.types import TimeField, Timestamp
from tocsin.core.notify.happenings import TIMELINE
from tocsin.core.rules import Severity

#: What stands in a group is bounded where alerts come in, by settings that may be generous.
_LONGEST_VALUE: Final = 65536
GroupValue = Annotated[str, Field(max_length=_LONGEST_VALUE)]
Name = Annotated[str, Field(min_length=1, max_length=253)]


class IncidentState(StrEnum):
    """An incident in one word."""

    FIRING = "Firing"
    ACKNOWLEDGED = "Acknowledged"
    SILENCED = "Silenced"
    RESOLVING = "Resolving"
    CLOSED = "Closed"


class RouteRef(Schema):
    """Names a route."""

    namespace: Name
    """The route's namespace. Example: `fraud`."""

    name: Name
    """The route's name. Example: `oncall`."""


class MLIncidentSpec(Schema):
    """What makes it this incident and no other. It does not change."""

    route: RouteRef
    """The route that opened it. Example: `{namespace: fraud, name: oncall}`."""

    group: Annotated[dict[str, GroupValue], Field(max_length=32)]
    """What its alerts have in common. Example:
    `{namespace: fraud, workload: Deployment/scorer}`."""

    opened_at: TimeField
    """When its first alert began to fire, or could be told for the first time. Example:
    `2026-01-31T12:05:00.250Z`."""

    storm: StrictBool | None = None
    """True where it takes in what would be too many incidents at once. Default: `false`. Example:
    `true`."""


class MLIncidentStatus(Schema):
    """What fires, what was told to whom, and what comes next."""

    state: IncidentState | None = None
    """The incident in one word: Firing, Acknowledged (it fires, and somebody is on it), Silenced
    (all that fires is), Resolving (nothing fires, and not everybody knows) or Closed. Example:
    `Firing`."""

    severity: Severity | None = None
    """The highest severity of what fires, else of what did. Example: `high`."""

    model: str | None = None
    """What it is about, in a few words: a workload and how many others, or a rule. Example:
    `scorer`."""

    alerts: Count | None = None
    """How many alerts fire. Example: `2`."""

    ack: str | None = None
    """Who is on it; `unverified` where nobody vouches for who it is. Example:
    `alice@example.com`."""

    next: str | None = None
    """What comes next, and when, as text. Example: `again Sat 16:05:00Z`."""

    closed_at: Timestamp | None = None
    """When everybody who was told that it fires was told that it does not. Example:
    `2026-01-31T12:40:00Z`."""

    acknowledgement: AcknowledgementStatus | None = None
    """That somebody is on it. Example: `{at: 2026-01-31T12:10:00Z, by: alice@example.com}`."""

    ack_handled: str | None = None
    """The value of the annotation `tocsin.dev/ack` that was acted on. Example: `on it`."""

    sequence: Count | None = None
    """How often something happened to its alerts that somebody should hear of. Example: `3`."""

    members: Annotated[list[MemberStatus], Field(json_schema_extra=ATOMIC)] | None = None
    """Its alerts, those that were resolved too. Example:
    `[{id: 7c1e0f6a9b2d4c38, rule: fraud/high-latency, ...}]`."""

    left_out: Count | None = None
    """How many of its alerts are not listed, as an object has only so much room. Example:
    `3000`."""

    told: Annotated[list[ToldStatus], Field(json_schema_extra=ATOMIC)] | None = None
    """What each receiver was told, and is still to be told. Example:
    `[{name: chat, upto: 3, sent: 2, ...}]`."""

    timeline: Annotated[list[str], Field(max_length=TIMELINE, json_schema_extra=ATOMIC)] | None = (
        None
    )
    """The last 50 things that happened, the oldest first. Example:
    `["2026-01-31 12:05:30Z chat was told (First)"]`."""
