"""Named ends: what ends an alert although no good value was observed."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import datetime

from tocsin.core.alerts import Alert, EndReason
from tocsin.core.durations import format_duration
from tocsin.core.identity import Identity
from tocsin.core.inventory import Inventory
from tocsin.core.rules import Rule, WorkloadSelector

Named = tuple[EndReason, str]


@dataclass(frozen=True)
class Scene:
    """What the ends of one evaluation are decided on.

    `seen` has the identities that the answer spoke of; it is None where there was no answer.
    """

    rule: Rule
    inventory: Inventory
    seen: Set[Identity] | None
    now: datetime


def named_end(alert: Alert, scene: Scene) -> Named | None:
    """The first end that applies to `alert`, with a sentence that says what happened."""
    return next((end for check in _CHECKS if (end := check(alert, scene))), None)


def _workload_deleted(alert: Alert, scene: Scene) -> Named | None:
    ref = alert.identity.workload
    if ref is None or ref in scene.inventory.workloads:
        return None
    return EndReason.WORKLOAD_DELETED, f"{ref.kind} {ref.name} was deleted"


def _workload_deselected(alert: Alert, scene: Scene) -> Named | None:
    ref = alert.identity.workload
    selector = scene.rule.workloads or WorkloadSelector()
    if ref is None or ref in scene.inventory.selected(selector):
        return None
    return EndReason.WORKLOAD_DESELECTED, f"{ref.kind} {ref.name} is no longer selected"


def _scaled_to_zero(alert: Alert, scene: Scene) -> Named | None:
    ref = alert.identity.workload
    if ref is None or scene.inventory.workloads[ref].replicas > 0:
        return None
    return EndReason.SCALED_TO_ZERO, f"{ref.kind} {ref.name} was scaled to zero"


def _series_gone(alert: Alert, scene: Scene) -> Named | None:
    """The answer speaks of others that it could not have without this one's being gone."""
    if scene.seen is None or alert.identity in scene.seen or alert.unobserved_since is None:
        return None
    workload = alert.identity.workload
    if not any(identity.workload == workload for identity in scene.seen):
        return None
    gone_for = scene.now - alert.unobserved_since
    if gone_for < 2 * scene.rule.interval:
        return None
    message = f"its series has been gone for {format_duration(gone_for)}, while others are there"
    return EndReason.SERIES_GONE, message


_CHECKS: tuple[Callable[[Alert, Scene], Named | None], ...] = (
    _workload_deleted,
    _workload_deselected,
    _scaled_to_zero,
    _series_gone,
)
