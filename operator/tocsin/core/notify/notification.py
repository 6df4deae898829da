"""What one receiver is told at one time, in full; receivers turn it into their own form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tocsin.core.alerts import EndReason
from tocsin.core.inventory import ObjectRef
from tocsin.core.rules import RuleKey, Severity


class Reason(StrEnum):
    """Why a notification is sent: a closed list."""

    FIRST = "First"
    NEW_ALERTS = "NewAlerts"
    SILENCE_ENDED = "SilenceEnded"
    SOME_RESOLVED = "SomeResolved"
    ALL_RESOLVED = "AllResolved"
    REPEAT = "Repeat"
    ACKNOWLEDGED = "Acknowledged"  # for receivers that can show it; rings nobody
    NO_DATA = "NoData"
    STORM = "Storm"
    DELIVERY_FAILED = "DeliveryFailed"  # to those who are told where another could not be


@dataclass(frozen=True)
class Acknowledgement:
    """A person has taken an incident on; `by` is empty where nobody vouches for who it was."""

    at: datetime
    by: str = ""
    comment: str = ""


@dataclass(frozen=True)
class AlertNotice:
    """One alert as a notification shows it; texts are rendered, amounts written as in status.

    `resolved_at` None: it fires. `new` says that this receiver was not told of it before.
    `silenced_by` names the silence that mutes it. `context` is one sentence on what surrounded it,
    `changes` what the last rollout changed, `suspect` the rollout that came just before it.
    """

    id: str
    rule: RuleKey
    workload: ObjectRef | None
    namespace: str
    severity: Severity
    summary: str
    fired_at: datetime
    resolved_at: datetime | None = None
    end_reason: EndReason | None = None
    end_message: str = ""
    new: bool = False
    silenced_by: str = ""
    description: str = ""
    value: str = ""
    threshold: str = ""
    context: str = ""
    version: str = ""
    rolled_out_at: datetime | None = None
    changes: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    actions: tuple[str, ...] = ()
    explain: str = ""  # a URL, else the command that shows the same


@dataclass(frozen=True)
class Notification:
    """What is told of one incident to one receiver.

    `key` is the same for all notifications of a group of alerts of a route, whenever they come
    (cluster, route, group): a receiver that deduplicates does so by it. `id` is this
    notification's own, and the same when it is sent again because nobody knows whether it was
    taken. `severity` is the highest of what fires, else of what was resolved. `firing` and
    `resolved` have the alerts to show, worst first, at most as many as `*_count` count.
    `reference` is what the receiver gave back the last time. `detail` is a sentence on the reason,
    such as which silence ended.
    """

    key: str
    id: str
    reason: Reason
    cluster: str
    namespace: str
    incident: str
    route: str
    receiver: str
    group: Mapping[str, str]
    severity: Severity
    opened_at: datetime
    at: datetime
    firing: tuple[AlertNotice, ...] = ()
    resolved: tuple[AlertNotice, ...] = ()
    firing_count: int = 0
    resolved_count: int = 0
    silenced_count: int = 0
    acknowledgement: Acknowledgement | None = None
    detail: str = ""
    reference: str = ""
    external_url: str = ""
    storm: bool = False

    @property
    def is_resolved(self) -> bool:
        """Whether nothing of it fires any more."""
        return self.firing_count == 0

    @property
    def alerts(self) -> tuple[AlertNotice, ...]:
        """All that are shown: what fires, then what was resolved."""
        return (*self.firing, *self.resolved)
