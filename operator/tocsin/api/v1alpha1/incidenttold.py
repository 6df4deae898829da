"""The receivers in an incident's status: what was told, and what is still to be told."""

from typing import Annotated, Any, Final

from pydantic import Field

from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.status import Count
from tocsin.api.v1alpha1.types import Timestamp
from tocsin.core.notify.incidents import Intent, Told
from tocsin.core.notify.notification import Acknowledgement, Reason
from tocsin.core.notify.receivers import Receiver

_ANY_FIELDS: Final = {"x-kubernetes-preserve-unknown-fields": True}


class IntentStatus(Schema):
    """A notification that a receiver is about to be told."""

    number: Count
    """Which of the receiver's notifications it is; a second attempt bears the same. Example:
    `3`."""

    reason: Reason
    """Why it is told. Example: `NewAlerts`."""

    upto: Count
    """The sequence number up to which it tells. Example: `5`."""

    at: Timestamp
    """When that was decided. Example: `2026-01-31T12:10:30Z`."""

    @staticmethod
    def of(intent: Intent) -> "IntentStatus":
        """`intent` as it is stored."""
        return IntentStatus(
            number=intent.number, reason=intent.reason, upto=intent.upto, at=intent.at
        )

    def to_core(self) -> Intent:
        """The intent as the core knows it."""
        return Intent(self.number, self.reason, self.upto, self.at)


class ToldStatus(Schema):
    """One receiver, what it was told, and what it is still to be told."""

    name: str
    """The receiver's name in the route. Example: `chat`."""

    kind: str
    """The kind of receiver. Example: `slack`."""

    destination: str
    """Where it leads. Example: `slack #ml-alerts via slack/token`."""

    acknowledges: bool | None = None
    """Whether it can show that somebody is on it. Example: `true`."""

    settings: Annotated[dict[str, Any], Field(json_schema_extra=_ANY_FIELDS)] | None = None
    """Its settings, as the route had them last. Example: `{channel: "#ml-alerts", ...}`."""

    upto: Count | None = None
    """The sequence number up to which it was told. Example: `3`."""

    sent: Count | None = None
    """How many notifications it took. Example: `2`."""

    sent_at: Timestamp | None = None
    """When it took the last one. Example: `2026-01-31T12:05:30Z`."""

    sent_reason: Reason | None = None
    """Why it was told that. Example: `First`."""

    reference: str | None = None
    """How the receiver knows what it was told. Example: `1769861130.000200`."""

    intent: IntentStatus | None = None
    """What it is about to be told. Example: `{number: 3, reason: NewAlerts, ...}`."""

    attempts: Count | None = None
    """How many attempts at it have failed. Example: `4`."""

    failing_since: Timestamp | None = None
    """When the first of them failed. Example: `2026-01-31T12:10:31Z`."""

    next_at: Timestamp | None = None
    """When the next is due. Example: `2026-01-31T12:12:00Z`."""

    error: str | None = None
    """Why the last one failed, and what to do. Example: `503: it is tried again`."""

    refused: bool | None = None
    """True where trying the same again is of no use. Example: `true`."""

    uncertain: bool | None = None
    """True where an attempt may have been taken although no answer came. Example: `true`."""

    acknowledged: Timestamp | None = None
    """The acknowledgement that it shows, by its time. Example: `2026-01-31T12:10:00Z`."""

    failure_told: Timestamp | None = None
    """When others were told that it takes nothing. Example: `2026-01-31T12:15:31Z`."""

    @staticmethod
    def of(one: Told) -> "ToldStatus":
        """`one` as it is stored."""
        receiver, intent = one.receiver, one.intent
        return ToldStatus(
            name=receiver.name,
            kind=receiver.kind,
            destination=receiver.destination,
            acknowledges=receiver.acknowledges or None,
            settings=dict(receiver.settings) or None,
            upto=one.upto or None,
            sent=one.sent or None,
            sent_at=one.at,
            sent_reason=one.reason,
            reference=one.reference or None,
            intent=IntentStatus.of(intent) if intent else None,
            attempts=one.attempts or None,
            failing_since=one.failing_since,
            next_at=one.next_at,
            error=one.error or None,
            refused=one.refused or None,
            uncertain=one.uncertain or None,
            acknowledged=one.acknowledged,
            failure_told=one.failure_told,
        )

    def to_core(self) -> Told:
        """What was told, as the core knows it."""
        intent = self.intent
        return Told(
            receiver=Receiver(
                self.name, self.kind, self.destination, self.settings or {}, bool(self.acknowledges)
            ),
            upto=self.upto or 0,
            sent=self.sent or 0,
            at=self.sent_at,
            reason=self.sent_reason,
            reference=self.reference or "",
            intent=intent.to_core() if intent else None,
            attempts=self.attempts or 0,
            failing_since=self.failing_since,
            next_at=self.next_at,
            error=self.error or "",
            refused=bool(self.refused),
            uncertain=bool(self.uncertain),
            acknowledged=self.acknowledged,
            failure_told=self.failure_told,
        )


class AcknowledgementStatus(Schema):
    """That somebody is on it."""

    at: Timestamp
    """Since when. Example: `2026-01-31T12:10:00Z`."""

    by: str | None = None
    """Who; absent where nobody vouches for who it is. Example: `alice@example.com`."""

    comment: str | None = None
    """What they said. Example: `on it`."""

    @staticmethod
    def of(given: Acknowledgement) -> "AcknowledgementStatus":
        """`given` as it is stored."""
        return AcknowledgementStatus(
            at=given.at, by=given.by or None, comment=given.comment or None
        )

    def to_core(self) -> Acknowledgement:
        """The acknowledgement as the core knows it."""
        return Acknowledgement(self.at, self.by or "", self.comment or "")
