"""Alerts in a rule's status: those that are, and those that were."""

from enum import StrEnum

from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.types import Timestamp


class AlertState(StrEnum):
    """The states of an alert that status tells of."""

    PENDING = "Pending"
    FIRING = "Firing"
    RECOVERING = "Recovering"


class PartVerdict(StrEnum):
    """What the criterion of a part says."""

    MET = "Met"
    NOT_MET = "NotMet"
    DEADBAND = "Deadband"
    UNKNOWN = "Unknown"
    FAILED = "Failed"


class PartStatus(Schema):
    """One part of a composite when the state last changed."""

    name: str
    """The part's name. Example: `errors`."""

    verdict: PartVerdict
    """What its criterion said: Met, NotMet, Deadband, Unknown or Failed. Example: `Met`."""

    reason: str | None = None
    """Why. Example: `7% is above 1%`."""

    value: str | None = None
    """Its value, with its unit. Example: `7%`."""

    threshold: str | None = None
    """The limit that the value was measured against, with its unit. Example: `1%`."""

    baseline: str | None = None
    """The value that it was compared with, with its unit. Example: `0.2%`."""


class FeatureStatus(Schema):
    """One feature that had drifted when the state last changed."""

    name: str
    """The feature's name; empty where the series name none. Example: `amount`."""

    statistic: str
    """How far: the PSI, D of Kolmogorov and Smirnov, or Cramér's V. Example: `1.81`."""

    p: str | None = None
    """The probability of as much by chance, where the method has one. Example: `1.4e-27`."""

    reason: str | None = None
    """What it was held against. Example: `PSI 1.81 is above 0.2`."""


class WorkloadRef(Schema):
    """Names a workload."""

    kind: str
    """The workload's kind. Example: `Deployment`."""

    namespace: str
    """The workload's namespace. Example: `fraud`."""

    name: str
    """The workload's name. Example: `scorer`."""


class AlertIdentity(Schema):
    """What current and former alerts have in common."""

    id: str
    """The alert's id, 16 hexadecimal digits; the same over restarts. Example:
    `7c1e0f6a9b2d4c38`."""

    workload: WorkloadRef | None = None
    """The workload; absent where the series alerts on its own. Example:
    `{kind: Deployment, namespace: fraud, name: scorer}`."""

    labels: dict[str, str] | None = None
    """The labels that tell the alert from others of its workload, or those of its series where
    it alerts on its own. Example: `{gpu: "0"}`."""

    active_at: Timestamp
    """Since when the criterion is met; later by the time in which nothing was observed. Example:
    `2026-01-31T12:00:00Z`."""

    fired_at: Timestamp | None = None
    """When the alert began to fire. Example: `2026-01-31T12:05:00.250Z`."""

    value_at_transition: str | None = None
    """The value when the state last changed, with its unit, or NaN, +Inf or -Inf. Example:
    `312ms`."""

    threshold: str | None = None
    """The limit that the value was measured against, with its unit. Example: `200ms`."""

    baseline: str | None = None
    """The value that the value was compared with, with its unit, where the criterion compares.
    Example: `90%`."""

    parts: list[PartStatus] | None = None
    """The parts of a composite when the state last changed. Example:
    `[{name: errors, verdict: Met, reason: 7% is above 1%, value: 7%, threshold: 1%}]`."""

    features: list[FeatureStatus] | None = None
    """The features that had drifted when the state last changed, the worst first, at most 20.
    Example: `[{name: amount, statistic: "1.81", reason: PSI 1.81 is above 0.2}]`."""

    reason: str | None = None
    """Why the alert is in its state; of a former alert one CamelCase word that says why it ended.
    Example: `312ms is above 200ms`, or `Recovered`."""

    context: str | None = None
    """What surrounded the workload when the state last changed, at most 256 characters. Example:
    `v18 rolled out 6m before the onset: image ml/scorer:v17 → ml/scorer:v18`."""


class AlertStatus(AlertIdentity):
    """An alert that is pending, firing or recovering."""

    state: AlertState
    """Pending (the criterion is met, but not yet for long enough), Firing, or Recovering (good
    again, and kept firing for `keepFiringFor`). Example: `Firing`."""

    recovering_since: Timestamp | None = None
    """Since when good values are observed; later by the time in which nothing was. Example:
    `2026-01-31T12:09:00Z`."""

    shadow: bool | None = None
    """True where the alert fired in the mode Shadow, so that nobody was told. Example: `true`."""

    unobserved_since: Timestamp | None = None
    """Since when nothing is known about the alert, as its source fails or gives no data; it keeps
    its state meanwhile. Example: `2026-01-31T12:07:00Z`."""

    told_without_data: bool | None = None
    """True once an Event AlertWithoutData told that a firing alert has had no data for an hour;
    it is told once, until the alert is observed again. Example: `true`."""


class AlertRecord(AlertIdentity):
    """An alert that has ended."""

    resolved_at: Timestamp
    """When the alert ended. Example: `2026-01-31T12:30:00Z`."""

    message: str | None = None
    """How the alert ended, in a sentence. Example: `150ms is within 200ms`."""

    shadow: bool | None = None
    """True where the alert fired in the mode Shadow, so that nobody was told. Example: `true`."""
