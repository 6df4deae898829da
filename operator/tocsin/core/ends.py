"""Named ends: what ends an alert although no good value was observed."""

from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from tocsin.core.alerts import Alert, Ended, EndReason, end
from tocsin.core.durations import format_duration
from tocsin.core.identity import Identity
from tocsin.core.inventory import Inventory, ObjectRef, Workload
from tocsin.core.rules import Rule

Named = tuple[EndReason, str]


@dataclass(frozen=True)
class Scene:
    """What the ends of one evaluation are decided on.

    `selected` are the rule's workloads in `inventory`. `seen` has the identities that the answer
    spoke of; it is None where there was no answer. `opens_at` is when the rule's schedule opens, if
    that is closed.
    """

    rule: Rule
    inventory: Inventory
    selected: Mapping[ObjectRef, Workload]
    seen: Set[Identity] | None
    now: datetime
    opens_at: datetime | None = None

    @cached_property
    def spoken_of(self) -> Set[ObjectRef | None]:
        """The workloads of those that the answer spoke of; None for series on their own."""
        return {identity.workload for identity in self.seen or ()}


def named_end(alert: Alert, scene: Scene) -> Named | None:
    """The first end that applies to `alert`, with a sentence that says what happened."""
    return next((end for check in _CHECKS if (end := check(alert, scene))), None)


def closed_until(opens_at: datetime) -> str:
    """That nothing is looked at, and until when."""
    return f"outside of its schedule until {opens_at:%Y-%m-%dT%H:%MZ}"


def missing_since(alert: Alert, scene: Scene) -> datetime | None:
    """Since when each answer has spoken of others that are not there without this one.

    For a workload's alert these are its other identities, for a series on its own all others. None
    where the answer speaks of it, or of nothing that would tell: an outage is no absence.
    """
    workload = alert.identity.workload
    if not scene.seen or alert.identity in scene.seen or scene.rule.by_series:
        return None
    if workload is not None and workload not in scene.spoken_of:
        return None
    return alert.missing_since or scene.now


def end_some(
    alerts: Mapping[str, Alert], ids: Collection[str], now: datetime
) -> tuple[dict[str, Alert], tuple[Ended, ...]]:
    """What is left when a person has ended the alerts with these ids, and the ends."""
    left = {key: alert for key, alert in alerts.items() if key not in ids}
    message = "ended by a person, with the annotation tocsin.dev/resolve"
    gone = (alert for key, alert in sorted(alerts.items()) if key in ids)
    ends = (end(alert, EndReason.RESOLVED_BY_PERSON, message, now) for alert in gone)
    return left, tuple(ended for ended in ends if ended)


def _workload_deleted(alert: Alert, scene: Scene) -> Named | None:
    ref = alert.identity.workload
    if ref is None or ref in scene.inventory.workloads:
        return None
    return EndReason.WORKLOAD_DELETED, f"{ref.kind} {ref.name} was deleted"


def _workload_deselected(alert: Alert, scene: Scene) -> Named | None:
    ref = alert.identity.workload
    if ref is None or ref in scene.selected:
        return None
    return EndReason.WORKLOAD_DESELECTED, f"{ref.kind} {ref.name} is no longer selected"


def _scaled_to_zero(alert: Alert, scene: Scene) -> Named | None:
    ref = alert.identity.workload
    if ref is None or scene.selected[ref].replicas > 0:
        return None
    return EndReason.SCALED_TO_ZERO, f"{ref.kind} {ref.name} was scaled to zero"


def _schedule_closed(_: Alert, scene: Scene) -> Named | None:
    if scene.opens_at is None:
        return None
    return EndReason.SCHEDULE_CLOSED, closed_until(scene.opens_at)


def _series_gone(alert: Alert, scene: Scene) -> Named | None:
    since = missing_since(alert, scene)
    if since is None or scene.now - since < 2 * scene.rule.interval:
        return None
    gone_for = format_duration(scene.now - since)
    message = f"its series has been gone for {gone_for}, while others are there"
    return EndReason.SERIES_GONE, message


_CHECKS: tuple[Callable[[Alert, Scene], Named | None], ...] = (
    _workload_deleted,
    _workload_deselected,
    _scaled_to_zero,
    _schedule_closed,
    _series_gone,
)
