"""MLAlertRule: what the operator reports, and restores its alerts from after a restart."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from tocsin.api.v1alpha1.alerts import AlertRecord, AlertStatus, WorkloadRef
from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.types import Timestamp
from tocsin.core.rulestate import RuleState

MAX_ALERTS = 200
MAX_HISTORY = 20
#: Who it was, where the API server does not say.
UNVERIFIED = "unverified"

ATOMIC = {"x-kubernetes-list-type": "atomic"}
BY_TYPE = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"]}
Count = Annotated[int, Field(ge=0)]


class ConditionStatus(StrEnum):
    """Whether a condition holds."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


class Condition(Schema):
    """One aspect of the object, as Kubernetes tools understand it."""

    type: str
    """The aspect. Example: `Ready`."""

    status: ConditionStatus
    """Whether it holds: True, False or Unknown. Example: `True`."""

    observed_generation: Count | None = None
    """The `metadata.generation` that the condition is about. Example: `3`."""

    last_transition_time: Timestamp
    """When `status` last changed. Example: `2026-01-31T12:00:00Z`."""

    reason: str
    """Why, in one CamelCase word. Example: `Accepted`."""

    message: str
    """Why, and what to do, for people. Example: `the rule is evaluated every 30s`."""


class Effective(Schema):
    """What applies after the operator's settings."""

    interval: str | None = None
    """How often the rule is evaluated. Example: `30s`."""

    criterion_hash: str | None = None
    """A hash of what decides who alerts on what (criterion, workloads, reduce, identityLabels):
    alerts do not outlive a change of it. Example: `0d9c2b7e51f3a864`."""

    datapoints: str | None = None
    """How many of the last values have to meet the criterion, if the rule says so. Example:
    `3 of 5`."""


class HeldParameter(Schema):
    """A value that stays in force as the annotation that replaced it cannot be read."""

    workload: WorkloadRef
    """The workload. Example: `{kind: Deployment, namespace: fraud, name: scorer}`."""

    name: str
    """The parameter's name. Example: `limit`."""

    value: str
    """The value, as the workload had it before. Example: `300ms`."""


class MLAlertRuleStatus(Schema):
    """What the operator reports. It is written when something changes, not at every evaluation."""

    observed_generation: Count | None = None
    """The `metadata.generation` that the status is about. Example: `3`."""

    state: RuleState | None = None
    """The rule in one word: Suspended, Invalid, or the worst of Firing, Recovering (good again,
    and kept firing), Pending, Failed (the source did not answer), Unknown (no data) and Inactive.
    Example: `Firing`."""

    state_since: Timestamp | None = None
    """When `state` last changed. Example: `2026-01-31T12:05:00Z`."""

    message: str | None = None
    """What matters most now, in a sentence. Example:
    `P99 latency of scorer is 312ms (limit 200ms); v18 rolled out 6m before the onset: ...`."""

    firing: Count | None = None
    """How many alerts fire. Example: `1`."""

    recovering: Count | None = None
    """How many alerts are good again, and kept firing. Example: `0`."""

    pending: Count | None = None
    """How many alerts are pending. Example: `0`."""

    workload_count: Count | None = None
    """How many workloads the rule selects. Example: `12`."""

    unattributed: Count | None = None
    """How many series of the last answer belonged to no workload. Example: `0`."""

    would_have_notified: Count | None = None
    """How often an alert began to fire while the mode was Shadow. Example: `3`."""

    resolve_handled: str | None = None
    """The value of the annotation `tocsin.dev/resolve` that was acted on last; the same value acts
    again once the annotation was removed. Example: `7c1e0f6a9b2d4c38`."""

    held_parameters: (
        Annotated[list[HeldParameter], Field(max_length=MAX_ALERTS, json_schema_extra=ATOMIC)]
        | None
    ) = None
    """Values that stay in force as a workload's annotation cannot be read. Example:
    `[{workload: {kind: Deployment, ...}, name: limit, value: 300ms}]`."""

    effective: Effective | None = None
    """What applies after the operator's settings. Example: `{interval: 30s}`."""

    conditions: Annotated[list[Condition], Field(json_schema_extra=BY_TYPE)] | None = None
    """Aspects of the rule, as Kubernetes tools understand them. Example:
    `[{type: Ready, status: "True", ...}]`."""

    alerts: (
        Annotated[list[AlertStatus], Field(max_length=MAX_ALERTS, json_schema_extra=ATOMIC)] | None
    ) = None
    """Alerts that are pending, firing or recovering, at most 200; beyond that they are only
    counted. Example: `[{id: 7c1e0f6a9b2d4c38, state: Firing, ...}]`."""

    history: (
        Annotated[list[AlertRecord], Field(max_length=MAX_HISTORY, json_schema_extra=ATOMIC)] | None
    ) = None
    """The last 20 alerts that fired and ended, latest first. Example:
    `[{id: 7c1e0f6a9b2d4c38, reason: Recovered, ...}]`."""
