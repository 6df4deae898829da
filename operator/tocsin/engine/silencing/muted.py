"""When an alert that need not have fired would have been silenced."""

from datetime import UTC, datetime

from tocsin.core.identity import Identity, alert_id
from tocsin.core.notify.alarms import Alarm
from tocsin.core.rules import Rule
from tocsin.core.statistics.points import Interval
from tocsin.engine.cluster import Cluster
from tocsin.engine.silencing.silences import Silences


def muted_times(
    silences: Silences, cluster: Cluster, rule: Rule, identity: Identity, window: Interval
) -> list[Interval]:
    """The times within `window`, in seconds, in which the alert of `identity` was muted."""
    start, end = (datetime.fromtimestamp(at, UTC) for at in window)
    ref = identity.workload
    namespace = ref.namespace if ref else rule.key.namespace
    known = cluster.inventory(namespace).workloads.get(ref) if ref else None
    alarm = Alarm(
        id=alert_id(rule.key, identity),
        rule=rule.key,
        workload=ref,
        namespace=namespace,
        severity=rule.severity,
        fired_at=start,
        labels={**dict(identity.labels), **rule.texts.labels},
        workload_labels=known.labels if known else {},
    )
    spans = silences.muted_within(alarm, start, end)
    return [Interval(since.timestamp(), until.timestamp()) for since, until in spans]
