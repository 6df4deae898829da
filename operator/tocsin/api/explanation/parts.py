"""What rules, workloads and alerts have in common when they are explained."""

from enum import StrEnum

from pydantic import AwareDatetime, Field

from tocsin.api.v1alpha1.base import Schema
from tocsin.core.verdicts import Verdict


class Part(Schema):
    """A part of an explanation: camelCase, and what is not known is left out."""


class ObjectName(Part):
    """Names an object of the cluster."""

    kind: str
    """The object's kind. Example: `Deployment`."""

    namespace: str
    """Its namespace. Example: `fraud`."""

    name: str
    """Its name. Example: `scorer`."""

    @property
    def short(self) -> str:
        """Kind and name, as the parameter `workload` takes it."""
        return f"{self.kind}/{self.name}"


class Paging(Part):
    """Which part of a long list this is."""

    page: int = 1
    """The page shown, from 1; `&page=` asks for another. Example: `1`."""

    pages: int = 1
    """How many pages there are. Example: `3`."""

    total: int = 0
    """How many entries all pages have together. Example: `1200`."""


class Look(Part):
    """One evaluation, as far as one workload goes."""

    at: AwareDatetime
    """When the source was asked. Example: `2026-01-31T12:05:10Z`."""

    verdict: Verdict
    """What the criterion said: Met, NotMet, Deadband (between trigger and recovery), Unknown (no
    data) or Failed (the source did not answer). Example: `Met`."""

    value: str | None = None
    """The value with its unit; absent where there was none. Example: `312ms`."""


class TimerName(StrEnum):
    """What the times in an alert's life are called."""

    PENDING_SINCE = "PendingSince"
    FIRES_AT = "FiresAt"
    FIRING_SINCE = "FiringSince"
    RECOVERING_SINCE = "RecoveringSince"
    UNOBSERVED_SINCE = "UnobservedSince"
    MISSING_SINCE = "MissingSince"
    ENDS_AT = "EndsAt"


class Timer(Part):
    """A time in an alert's life, past or to come."""

    name: TimerName
    """Which time it is. Example: `FiresAt`."""

    at: AwareDatetime
    """The time. Example: `2026-01-31T12:05:10Z`."""

    message: str
    """What it means. Example: `fires if it stays above 200ms until then`."""


class SuppressionReason(StrEnum):
    """Why an alert, or any alert of a rule, is not told to anybody: a list that grows."""

    SUSPENDED = "Suspended"
    SHADOW = "Shadow"
    SILENCED = "Silenced"
    NO_ROUTE = "NoRoute"


class Suppression(Part):
    """Why nobody is told."""

    reason: SuppressionReason
    """The reason in one word. Example: `Suspended`."""

    message: str
    """The reason in a sentence, with what ends it."""


class Link(Part):
    """A link of the rule, rendered."""

    name: str
    """What it is called. Example: `runbook`."""

    url: str
    """Where it leads, as the rule says it: it may be no URL at all. Example:
    `https://wiki.example.com/latency`."""


class Ended(Part):
    """An alert that fired and is over."""

    id: str
    """The alert's id, 16 hexadecimal digits. Example: `7c1e0f6a9b2d4c38`."""

    workload: ObjectName | None = None
    """The workload; absent where the series alerted on its own."""

    labels: dict[str, str] = Field(default_factory=dict)
    """The labels of its series. Example: `{version: v18}`."""

    fired_at: AwareDatetime | None = None
    """When it began to fire. Example: `2026-01-31T12:05:00Z`."""

    resolved_at: AwareDatetime | None = None
    """When it ended. Example: `2026-01-31T12:30:00Z`."""

    reason: str = ""
    """Why it ended, in one word: the ends of docs/concepts/alert-life.md. Example: `Recovered`."""

    message: str = ""
    """How it ended, in a sentence. Example: `150ms is within 200ms`."""

    value: str | None = None
    """The value when it began to fire. Example: `312ms`."""

    threshold: str | None = None
    """The limit it was measured against. Example: `200ms`."""
