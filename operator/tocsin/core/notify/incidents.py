"""Incidents: what was told to whom about one open group of alerts of one route."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.alarms import AlarmEnd
from tocsin.core.notify.notification import Acknowledgement, Reason
from tocsin.core.notify.receivers import Receiver
from tocsin.core.notify.routes import RouteKey
from tocsin.core.rules import RuleKey, Severity


class IncidentKey(NamedTuple):
    """An incident's place: namespace and name."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True)
class Member:
    """An alert of an incident.

    `turns` are the incident's sequence numbers at which it began to fire for those who listen, was
    resolved, fired again, and so on; it is empty for one that was silenced before anybody was told.
    `end` is set while it is resolved. `silenced_by` names the silence that mutes it now,
    `unsilenced` is the number at which the last one ended, `unsilenced_at` when, and
    `unsilenced_from` which that was. `raised` is the number
    at which it became more urgent, `missing` the number since which it is without data.
    `labels` are the alarm's, within bounds: who hears of its end is told the same ones.
    """

    id: str
    rule: RuleKey
    workload: ObjectRef | None
    namespace: str
    severity: Severity
    fired_at: datetime
    summary: str = ""
    turns: tuple[int, ...] = ()
    end: AlarmEnd | None = None
    silenced_by: str = ""
    unsilenced: int = 0
    unsilenced_at: datetime | None = None
    unsilenced_from: str = ""
    missing: int = 0
    raised: int = 0
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def fires(self) -> bool:
        """Whether it fires now."""
        return self.end is None

    def known_at(self, number: int) -> bool:
        """Whether somebody who was told of all until `number` takes it for firing."""
        return bisect_right(self.turns, number) % 2 == 1


@dataclass(frozen=True)
class Intent:
    """A receiver is about to be told of all until the incident's sequence number `upto`.

    `number` counts the receiver's notifications: a second attempt bears the same one.
    """

    number: int
    reason: Reason
    upto: int
    at: datetime


@dataclass(frozen=True)
class Told:
    """What a receiver was told of an incident, and what it is still to be told.

    `upto` is the sequence number up to which it was told, `sent` how many notifications it took,
    the last one at `at`. With an open `intent`, `attempts` of it have failed, the first at
    `failing_since`, the last with `error`; `next_at` is when the next is due. `refused` says that
    trying the same again is of no use. `uncertain` says that an attempt may have been taken.
    """

    receiver: Receiver
    upto: int = 0
    sent: int = 0
    at: datetime | None = None
    reason: Reason | None = None
    reference: str = ""
    intent: Intent | None = None
    attempts: int = 0
    failing_since: datetime | None = None
    next_at: datetime | None = None
    error: str = ""
    refused: bool = False
    uncertain: bool = False
    acknowledged: datetime | None = None
    failure_told: datetime | None = None

    @property
    def heard(self) -> int:
        """The number up to which it may have been told: also by an attempt without an answer."""
        return self.intent.upto if self.intent and self.uncertain else self.upto


@dataclass(frozen=True)
class Incident:
    """An open group of alerts of one route.

    `group` says what its alerts have in common. `sequence` counts what happened to its members.
    `opened_at` is when its first alert began to fire, or could be told for the first time.
    `requested` is the last request to acknowledge it that was acted on.
    `closed_at` is set once everybody who heard "firing" has heard "resolved".
    """

    key: IncidentKey
    route: RouteKey
    group: Mapping[str, str]
    opened_at: datetime
    members: Mapping[str, Member] = field(default_factory=dict)
    told: tuple[Told, ...] = ()
    sequence: int = 0
    acknowledgement: Acknowledgement | None = None
    requested: str = ""
    storm: bool = False
    closed_at: datetime | None = None
    timeline: tuple[str, ...] = ()

    def firing(self) -> Iterator[Member]:
        """Its alerts that fire, silenced or not."""
        return (member for member in self.members.values() if member.fires)

    def to(self, receiver: Receiver) -> Told | None:
        """What a receiver was told, wherever its destination is the same."""
        return next((told for told in self.told if told.receiver.leads_where(receiver)), None)
