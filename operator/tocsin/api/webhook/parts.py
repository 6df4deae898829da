"""The parts of a webhook's message: what is not known is left out."""

from typing import Literal

from pydantic import AwareDatetime, Field

from tocsin.api.v1alpha1.base import Schema
from tocsin.core.alerts import EndReason
from tocsin.core.rules import Severity


class ObjectName(Schema):
    """Names an object of the cluster."""

    kind: str
    """The object's kind. Example: `Deployment`."""

    namespace: str
    """Its namespace. Example: `fraud`."""

    name: str
    """Its name. Example: `scorer`."""


class Link(Schema):
    """A link of the rule."""

    name: str
    """What it is called. Example: `runbook`."""

    url: str
    """Where it leads, as the rule says it: it may be no URL at all. Example:
    `https://wiki.example.com/latency`."""


class ToldAlert(Schema):
    """One alert."""

    id: str
    """The alert's id, 16 hexadecimal digits, the same whenever it fires. Example:
    `7c1e0f6a9b2d4c38`."""

    status: Literal["firing", "resolved"]
    """`firing` or `resolved`."""

    rule: str
    """The rule's name. Example: `high-latency`."""

    rule_namespace: str
    """The rule's namespace. Example: `fraud`."""

    namespace: str
    """The namespace that the alert belongs to: its workload's, else its rule's. Example:
    `fraud`."""

    workload: ObjectName | None = None
    """What it is about; absent where a series alerts on its own."""

    severity: Severity
    """How urgent it is. Example: `critical`."""

    fired_at: AwareDatetime
    """Since when it fires. Example: `2026-01-31T12:05:10Z`."""

    resolved_at: AwareDatetime | None = None
    """When it was resolved; absent while it fires. Example: `2026-01-31T12:25:10Z`."""

    resolved_reason: EndReason | None = None
    """Why it was resolved; absent while it fires, and where nobody knows. Example: `Recovered`."""

    resolved_message: str | None = None
    """The same in a sentence."""

    is_new: bool = False
    """Whether this receiver was not told of it before. Example: `true`."""

    silenced_by: str | None = None
    """The silence that mutes it; absent: none. Example: `fraud/deploy-v18`."""

    summary: str
    """One line on what is wrong. Example: `scorer is at 312ms (limit 200ms)`."""

    description: str | None = None
    """The same at length, as the rule says it."""

    value: str | None = None
    """The value at the last transition, with its unit. Example: `312ms`."""

    threshold: str | None = None
    """The limit, with its unit. Example: `200ms`."""

    context: str | None = None
    """What surrounded it, in a sentence. Example: `2 of 3 pods are ready`."""

    version: str | None = None
    """The version that the workload runs. Example: `scorer:v18`."""

    rolled_out_at: AwareDatetime | None = None
    """When that version was rolled out. Example: `2026-01-31T12:01:00Z`."""

    changes: list[str] = Field(default_factory=list)
    """What the last rollout changed, at most 20. Example: `image v17 → v18`."""

    labels: dict[str, str] = Field(default_factory=dict)
    """The labels of the rule and of the series, at most 8 KiB."""

    annotations: dict[str, str] = Field(default_factory=dict)
    """The annotations of the rule, at most 16 KiB."""

    links: list[Link] = Field(default_factory=list)
    """The links of the rule, at most 8 KiB."""

    actions: list[str] = Field(default_factory=list)
    """What to do, at most 10. Example: `kubectl rollout undo deployment/scorer -n fraud`."""

    explain: str | None = None
    """Where it is explained: a URL, else a command. Example: `tocsin explain high-latency`."""


class Acknowledged(Schema):
    """A person has taken the incident on."""

    at: AwareDatetime
    """When. Example: `2026-01-31T12:10:00Z`."""

    by: str | None = None
    """Who; absent where nobody vouches for it. Example: `jane@example.com`."""

    comment: str | None = None
    """What they said. Example: `on it`."""


class Truncated(Schema):
    """How many alerts are not in the message, because it would be too long."""

    firing: int = 0
    """How many that fire. Example: `12`."""

    resolved: int = 0
    """How many that were resolved. Example: `0`."""
