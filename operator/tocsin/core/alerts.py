"""One alert: what is known of it while it is there, and what is left of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from tocsin.core.feature import Feature
from tocsin.core.identity import Identity
from tocsin.core.states import State
from tocsin.core.verdicts import Verdict


class EndReason(StrEnum):
    """Why an alert ended: a closed list, and the only ways to end."""

    RECOVERED = "Recovered"  # a good value was observed
    NO_DATA = "NoData"  # the rule's missingData is NotMet
    SERIES_GONE = "SeriesGone"
    WORKLOAD_DELETED = "WorkloadDeleted"
    WORKLOAD_DESELECTED = "WorkloadDeselected"
    SCALED_TO_ZERO = "ScaledToZero"
    SCHEDULE_CLOSED = "ScheduleClosed"
    RULE_CHANGED = "RuleChanged"
    RULE_DELETED = "RuleDeleted"
    RULE_SUSPENDED = "RuleSuspended"
    RESOLVED_BY_PERSON = "ResolvedByPerson"


class PartSeen(NamedTuple):
    """One part of a composite at a transition; numbers as status shows them, None where none."""

    name: str
    verdict: Verdict
    reason: str
    value: float | None = None
    threshold: float | None = None
    baseline: float | None = None


@dataclass(frozen=True)
class Alert:
    """An alert that is pending, firing or recovering.

    `value`, `threshold`, `baseline`, `parts` and `features` (those that drifted) are of the last
    transition, as status shows them (four digits), so that texts made of them are the same after a
    restart. `observed_at` is when it was last observed; None where nobody knows. `missing_since` is
    since when answers speak of others only.
    `shadow` says that it fired while its rule was in Shadow: nobody was told.
    `told_without_data` says that somebody was told how long it has been unobserved. `context` says
    what surrounded the last transition, if anything.
    """

    id: str
    identity: Identity
    state: State
    value: float
    threshold: float | None
    labels: Mapping[str, str]
    active_at: datetime
    fired_at: datetime | None = None
    recovering_since: datetime | None = None
    observed_at: datetime | None = None
    missing_since: datetime | None = None
    unobserved_since: datetime | None = None
    reason: str = ""
    shadow: bool = False
    context: str = ""
    told_without_data: bool = False
    baseline: float | None = None
    parts: tuple[PartSeen, ...] = ()
    features: tuple[Feature, ...] = ()

    @property
    def has_fired(self) -> bool:
        """Whether it is more than pending."""
        return self.state in (State.FIRING, State.RECOVERING)


@dataclass(frozen=True)
class Ended:
    """A fired alert that is over; `value` is the last observed one, if the end came with one."""

    alert: Alert
    resolved_at: datetime
    reason: EndReason
    message: str
    value: float | None = None


@dataclass(frozen=True)
class Step:
    """What became of one alert; `fired` only in the step in which it started to fire."""

    alert: Alert | None = None
    ended: Ended | None = None
    fired: bool = False


def end(alert: Alert, reason: EndReason, message: str, now: datetime) -> Ended | None:
    """The end of `alert` for a named reason; a pending one leaves no trace."""
    return Ended(alert, now, reason, message) if alert.has_fired else None
