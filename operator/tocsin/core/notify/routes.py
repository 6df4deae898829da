"""Routes: which alerts go to which receivers, and in which groups."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from tocsin.core.notify.alarms import Alarm
from tocsin.core.notify.receivers import HEARTBEAT, Receiver
from tocsin.core.notify.selectors import AlertSelector


class GroupField(StrEnum):
    """What alerts of one group have in common."""

    WORKLOAD = "Workload"
    RULE = "Rule"
    SEVERITY = "Severity"
    NAMESPACE = "Namespace"


class RouteKey(NamedTuple):
    """A route's place: namespace and name."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True)
class Timing:
    """How long a group waits for more before it is first told, before a change of it is told, and
    before it is told again unchanged."""

    group_wait: timedelta
    group_interval: timedelta
    repeat_interval: timedelta


@dataclass(frozen=True)
class OnFailure:
    """After so long in which a receiver took nothing, these are told what it should have been."""

    after: timedelta
    notify: tuple[str, ...]


@dataclass(frozen=True)
class Route:
    """A NotificationRoute. `group_by` has GroupFields and, as plain strings, labels."""

    key: RouteKey
    selector: AlertSelector
    group_by: tuple[GroupField | str, ...]
    timing: Timing
    receivers: tuple[Receiver, ...]
    fallback: bool = False
    on_failure: OnFailure | None = None
    suspended: bool = False

    @property
    def listeners(self) -> tuple[Receiver, ...]:
        """The receivers that are told of alerts."""
        return tuple(one for one in self.receivers if one.kind != HEARTBEAT)

    def receiver(self, name: str) -> Receiver | None:
        """The receiver of that name, if it has one."""
        return next((one for one in self.receivers if one.name == name), None)

    def takes(self, alarm: Alarm) -> bool:
        """Whether it is about `alarm`; a suspended route takes nothing."""
        return not self.suspended and self.selector.matches(alarm)


def group_of(route: Route, alarm: Alarm) -> Mapping[str, str]:
    """The group of `route` that `alarm` belongs to, by name of what its alerts have in common.

    Groups never span namespaces. An alert without workload is grouped by its rule instead.
    """
    group = {"namespace": alarm.namespace}
    for field in route.group_by:
        match field:
            case GroupField.WORKLOAD if alarm.workload:
                group["workload"] = f"{alarm.workload.kind}/{alarm.workload.name}"
            case GroupField.WORKLOAD | GroupField.RULE:
                group["rule"] = str(alarm.rule)
            case GroupField.SEVERITY:
                group["severity"] = str(alarm.severity)
            case GroupField.NAMESPACE:
                pass
            case label:
                group[f"label {label}"] = alarm.labels.get(label, "")
    return group
