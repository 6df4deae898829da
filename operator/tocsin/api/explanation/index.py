"""All rules and workloads."""

from pydantic import AwareDatetime, Field

from tocsin.api.explanation.parts import ObjectName, Paging, Part
from tocsin.core.rules import Severity
from tocsin.core.rulestate import RuleState


class RuleRow(Part):
    """One rule in the index."""

    rule: ObjectName
    """The rule."""

    severity: Severity | None = None
    """How urgent its alerts are; absent where the rule cannot be read. Example: `high`."""

    state: RuleState
    """The rule in one word. Example: `Firing`."""

    state_since: AwareDatetime | None = None
    """When that last changed. Example: `2026-01-31T12:05:00Z`."""

    message: str = ""
    """What matters most, as in its status."""

    firing: int = 0
    """How many of its alerts fire. Example: `1`."""

    recovering: int = 0
    """How many are good again and kept firing. Example: `0`."""

    pending: int = 0
    """How many are pending. Example: `0`."""

    last_evaluation: AwareDatetime | None = None
    """When it was evaluated last. Example: `2026-01-31T12:05:10Z`."""

    next_evaluation: AwareDatetime | None = None
    """When it is evaluated next. Example: `2026-01-31T12:05:40Z`."""


class WorkloadRule(Part):
    """What one rule says of one workload."""

    rule: ObjectName
    """The rule."""

    state: RuleState
    """The worst of the workload's alerts under it; Unknown, Failed or Inactive where there is
    none. Example: `Firing`."""


class WorkloadRow(Part):
    """One workload in the index."""

    workload: ObjectName
    """The workload."""

    model: str | None = None
    """The model that it says it serves. Example: `fraud-v18`."""

    replicas: int
    """How many replicas are wanted. Example: `2`."""

    rules: list[WorkloadRule] = Field(default_factory=list)
    """The rules that look at it; none where it is watched by nobody."""


class Index(Part):
    """All rules, and all workloads that serve a model or that a rule selects."""

    cluster: str
    """The cluster's name in the operator's settings. Example: `prod-eu`."""

    at: AwareDatetime
    """When this was said. Example: `2026-01-31T12:11:00Z`."""

    headline: str
    """All in a sentence. Example: `2 of 20 rules fire.`"""

    open_incidents: int = 0
    """How many incidents are open, of which somebody was told. Example: `1`."""

    rules: list[RuleRow] = Field(default_factory=list)
    """Rules, the most urgent first."""

    workloads: list[WorkloadRow] = Field(default_factory=list)
    """Workloads by namespace and name; behind the rules where there is more than a page."""

    paging: Paging = Paging()
    """Which page of rules and workloads this is."""
