"""Notifications of the main stories, as the engine makes them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tocsin.core.alerts import EndReason
from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.notification import Acknowledgement, AlertNotice, Notification, Reason
from tocsin.core.rules import RuleKey, Severity

T0 = datetime(2026, 1, 31, 12, tzinfo=UTC)
SCORER = ObjectRef("Deployment", "fraud", "scorer")
CONTEXT = "v18 rolled out 4m before the onset: image v17 → v18; 2 of 3 ready"

_ALERT = AlertNotice(
    id="7c1e0f6a9b2d4c38",
    rule=RuleKey("fraud", "high-latency"),
    workload=SCORER,
    namespace="fraud",
    severity=Severity.CRITICAL,
    summary="p99 of scorer is 312ms (limit 200ms)",
    fired_at=T0,
    new=True,
    value="312ms",
    threshold="200ms",
    context=CONTEXT,
    version="scorer:v18",
    rolled_out_at=T0 - timedelta(minutes=4),
    changes=("image v17 → v18", "env MAX_BATCH 8 → 64"),
    labels={"team": "risk"},
    annotations={"owner": "jane"},
    links={"runbook": "https://wiki.example.com/latency"},
    actions=("kubectl rollout undo deployment/scorer -n fraud",),
    explain="https://tocsin.example.com/explain?rule=fraud/high-latency",
)


def alert(**changes: Any) -> AlertNotice:
    """A firing alert."""
    return replace(_ALERT, **changes)


def other(**changes: Any) -> AlertNotice:
    """Another one, less urgent and with less to say."""
    drift = AlertNotice(
        id="0a1b2c3d4e5f6071",
        rule=RuleKey("fraud", "drift"),
        workload=SCORER,
        namespace="fraud",
        severity=Severity.MEDIUM,
        summary="the input of scorer has drifted",
        fired_at=T0 + timedelta(minutes=1),
        value="0.31",
        threshold="0.2",
    )
    return replace(drift, **changes)


def over(notice: AlertNotice, minutes: int = 12) -> AlertNotice:
    """`notice` once a good value was seen."""
    return replace(
        notice,
        new=False,
        resolved_at=notice.fired_at + timedelta(minutes=minutes),
        end_reason=EndReason.RECOVERED,
        end_message="the value is good again",
    )


def told(
    *firing: AlertNotice,
    reason: Reason = Reason.FIRST,
    resolved: tuple[AlertNotice, ...] = (),
    **changes: Any,
) -> Notification:
    """A notification of `firing` and `resolved`."""
    notification = Notification(
        key="prod/fraud/oncall/workload=Deployment/scorer",
        id="8f14e45fceea167a-1",
        reason=reason,
        cluster="prod",
        namespace="fraud",
        incident="scorer-7c1e0f6a",
        route="fraud/oncall",
        receiver="hook",
        group={"namespace": "fraud", "workload": "Deployment/scorer"},
        severity=Severity.CRITICAL,
        opened_at=T0,
        at=T0 + timedelta(seconds=30),
        firing=firing,
        resolved=resolved,
        firing_count=len(firing),
        resolved_count=len(resolved),
        external_url="https://tocsin.example.com",
    )
    return replace(notification, **changes)


JANE = Acknowledgement(T0 + timedelta(minutes=5), "jane@example.com", "on it")
_LATER = T0 + timedelta(minutes=15)

#: The main stories, by name.
STORIES: dict[str, Notification] = {
    "first": told(alert()),
    "new alerts": told(
        alert(new=False), other(new=True), reason=Reason.NEW_ALERTS, at=_LATER, reference="r"
    ),
    "some resolved": told(
        alert(new=False), resolved=(over(other()),), reason=Reason.SOME_RESOLVED, at=_LATER
    ),
    "all resolved": told(
        resolved=(over(alert()), over(other())), reason=Reason.ALL_RESOLVED, at=_LATER
    ),
    "repeat": told(
        alert(new=False),
        reason=Reason.REPEAT,
        at=T0 + timedelta(hours=4),
        detail="still firing after 4h",
    ),
    "silence ended": told(
        alert(), reason=Reason.SILENCE_ENDED, detail="silence fraud/deploy-v18 ended"
    ),
    "acknowledged": told(
        alert(new=False), reason=Reason.ACKNOWLEDGED, acknowledgement=JANE, at=_LATER
    ),
    "no data": told(
        alert(new=False, explain="tocsin explain fraud/high-latency"),
        reason=Reason.NO_DATA,
        at=_LATER,
        detail="no data for so long that nobody knows whether it is over",
    ),
    "storm": told(
        *(alert(id=f"{n:016x}", workload=SCORER._replace(name=f"model-{n}")) for n in range(20)),
        reason=Reason.STORM,
        storm=True,
        firing_count=200,
        group={"namespace": "fraud"},
    ),
    "delivery failed": told(
        alert(),
        reason=Reason.DELIVERY_FAILED,
        detail="pager could not be told since 12:00:30Z: it answered 500",
    ),
}
