"""The alerts in an incident's status.

What is usual (0, false, an empty text) is left out: there may be hundreds of alerts.
"""

from typing import Annotated, Final

from pydantic import Field

from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.markers import Form
from tocsin.api.v1alpha1.status import ATOMIC, Count
from tocsin.api.v1alpha1.types import Timestamp
from tocsin.core.alerts import EndReason
from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.alarms import AlarmEnd
from tocsin.core.notify.incidents import Member
from tocsin.core.rules import RuleKey, Severity

_RULE: Final = Form("^[^/ ]+/[^/ ]+$", "a rule by namespace and name, like fraud/high-latency")
_WORKLOAD: Final = Form(
    "^[^/ ]+ [^/ ]+/[^/ ]+$",
    "a workload by kind, namespace and name, like Deployment fraud/scorer",
)


class EndStatus(Schema):
    """How an alert ended."""

    at: Timestamp
    """When it ended. Example: `2026-01-31T12:30:00Z`."""

    reason: EndReason | None = None
    """Why, in one word; absent where a restart has left nobody who knows. Example:
    `Recovered`."""

    message: str | None = None
    """How, in a sentence. Example: `150ms is within 200ms`."""

    @staticmethod
    def of(end: AlarmEnd) -> "EndStatus":
        """`end` as it is stored."""
        return EndStatus(at=end.at, reason=end.reason, message=end.message or None)

    def to_core(self) -> AlarmEnd:
        """The end as the core knows it."""
        return AlarmEnd(self.at, self.reason, self.message or "")


class MemberStatus(Schema):
    """An alert of the incident."""

    id: str
    """The alert's id. Example: `7c1e0f6a9b2d4c38`."""

    rule: Annotated[str, _RULE]
    """The rule by namespace and name. Example: `fraud/high-latency`."""

    workload: Annotated[str, _WORKLOAD] | None = None
    """The workload by kind, namespace and name. Example: `Deployment fraud/scorer`."""

    namespace: str | None = None
    """The namespace that it belongs to, if it is not its workload's, else its rule's. Example:
    `fraud`."""

    severity: Severity
    """How urgent it is. Example: `high`."""

    fired_at: Timestamp
    """When it began to fire. Example: `2026-01-31T12:05:00.250Z`."""

    summary: str | None = None
    """What is wrong, in one line. Example: `P99 latency of scorer is 312ms`."""

    turns: Annotated[list[Count], Field(json_schema_extra=ATOMIC)] | None = None
    """The incident's sequence numbers at which it began to fire for those who listen, was
    resolved, fired again, and so on. Example: `[1, 3]`."""

    end: EndStatus | None = None
    """How it ended; absent while it fires. Example: `{at: 2026-01-31T12:30:00Z, ...}`."""

    silenced_by: str | None = None
    """The silence that mutes it. Example: `fraud/deploy`."""

    unsilenced: Count | None = None
    """The sequence number at which its last silence ended. Example: `2`."""

    unsilenced_at: Timestamp | None = None
    """When its last silence ended. Example: `2026-01-31T12:20:00Z`."""

    unsilenced_from: str | None = None
    """Which silence that was. Example: `fraud/deploy`."""

    missing: Count | None = None
    """The sequence number since which it is without data. Example: `4`."""

    raised: Count | None = None
    """The sequence number at which it last became more urgent. Example: `5`."""

    labels: dict[str, str] | None = None
    """Its labels: the rule's and those of its series, at most 32. Example: `{team: fraud}`."""

    @staticmethod
    def of(
        member: Member, *, with_summary: bool = True, with_labels: bool = True
    ) -> "MemberStatus":
        """`member` as it is stored; its summary and its labels may be left out."""
        usual = _usual_namespace(member.rule, member.workload)
        return MemberStatus(
            id=member.id,
            rule=str(member.rule),
            workload=str(member.workload) if member.workload else None,
            namespace=member.namespace if member.namespace != usual else None,
            severity=member.severity,
            fired_at=member.fired_at,
            summary=(member.summary or None) if with_summary else None,
            turns=list(member.turns) or None,
            end=EndStatus.of(member.end) if member.end else None,
            silenced_by=member.silenced_by or None,
            unsilenced=member.unsilenced or None,
            unsilenced_at=member.unsilenced_at,
            unsilenced_from=member.unsilenced_from or None,
            missing=member.missing or None,
            raised=member.raised or None,
            labels=(dict(member.labels) or None) if with_labels else None,
        )

    def to_core(self) -> Member:
        """The alert as the core knows it."""
        rule = RuleKey(*self.rule.split("/"))
        workload = None
        if self.workload:
            kind, _, place = self.workload.partition(" ")
            workload = ObjectRef(kind, *place.split("/"))
        namespace = self.namespace
        if namespace is None:
            namespace = _usual_namespace(rule, workload)
        return Member(
            id=self.id,
            rule=rule,
            workload=workload,
            namespace=namespace,
            severity=self.severity,
            fired_at=self.fired_at,
            summary=self.summary or "",
            turns=tuple(self.turns or ()),
            end=self.end.to_core() if self.end else None,
            silenced_by=self.silenced_by or "",
            unsilenced=self.unsilenced or 0,
            unsilenced_at=self.unsilenced_at,
            unsilenced_from=self.unsilenced_from or "",
            missing=self.missing or 0,
            raised=self.raised or 0,
            labels=dict(self.labels or {}),
        )


def _usual_namespace(rule: RuleKey, workload: ObjectRef | None) -> str:
    return workload.namespace if workload else rule.namespace
