"""The alerts that fire, as routes, silences and incidents see them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from tocsin.core.alerts import Alert, EndReason
from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.alarms import Alarm, AlarmEnd
from tocsin.core.rules import Rule, RuleKey
from tocsin.engine.cluster import Cluster
from tocsin.engine.record import Record
from tocsin.engine.times import read_time
from tocsin.engine.wording import labels_of
from tocsin.ports import Renderer

#: What is remembered of a rule, if it is there.
RecordOf = Callable[[RuleKey], Record | None]


class Alarms:
    """Alarms by id, brought up to date one rule at a time."""

    def __init__(self, cluster: Cluster, renderer: Renderer) -> None:
        self._cluster = cluster
        self._renderer = renderer
        self._alarms: dict[str, Alarm] = {}
        self._of_rule: dict[RuleKey, dict[str, tuple[Rule, Alert]]] = {}

    def __iter__(self) -> Iterator[Alarm]:
        return iter(tuple(self._alarms.values()))

    def __len__(self) -> int:
        return len(self._alarms)

    def get(self, id_: str) -> Alarm | None:
        """The alarm of that id, while it fires."""
        return self._alarms.get(id_)

    def put(self, alarm: Alarm) -> bool:
        """An alarm is there, or has changed; whether that is anything new."""
        if alarm == self._alarms.get(alarm.id):
            return False
        self._alarms[alarm.id] = alarm
        return True

    def remove(self, id_: str) -> None:
        """An alarm is over."""
        self._alarms.pop(id_, None)

    def of_rule(self, rule: RuleKey) -> Mapping[str, object]:
        """The ids of the alarms of `rule`."""
        return self._of_rule.get(rule, {})

    def update(self, record: Record) -> list[Alarm]:
        """Take in what fires of a rule now: the alarms that are new or have changed.

        In Shadow nobody is told, so what fired there is none.
        """
        rule, before = record.rule, self._of_rule.get(record.key, {})
        now: dict[str, tuple[Rule, Alert]] = {}
        changed = []
        for alert in record.alerts.values() if rule else ():
            if rule is None or not alert.has_fired or alert.shadow:
                continue
            now[alert.id] = rule, alert
            if alert.id in before and _same(before[alert.id], (rule, alert)):
                continue
            alarm = self._alarm(rule, alert)
            if self.put(alarm):
                changed.append(alarm)
        self._keep(record.key, now)
        return changed

    def drop(self, rule: RuleKey) -> None:
        """A rule is gone, and with it its alarms."""
        self._keep(rule, {})

    def _keep(self, rule: RuleKey, now: dict[str, tuple[Rule, Alert]]) -> None:
        for id_ in self._of_rule.pop(rule, {}):
            if id_ not in now:
                self.remove(id_)
        if now:
            self._of_rule[rule] = now

    def _alarm(self, rule: Rule, alert: Alert) -> Alarm:
        workload = alert.identity.workload
        return Alarm(
            id=alert.id,
            rule=rule.key,
            workload=workload,
            namespace=workload.namespace if workload else rule.key.namespace,
            severity=rule.severity,
            fired_at=alert.fired_at or alert.active_at,
            labels={**alert.labels, **labels_of(self._renderer, rule, alert)},
            workload_labels=self._labels(workload) if workload else {},
            missing=alert.told_without_data,
        )

    def _labels(self, workload: ObjectRef) -> Mapping[str, str]:
        known = self._cluster.inventory(workload.namespace).workloads.get(workload)
        return known.labels if known else {}


def end_of(record: Record, id_: str, fired_at: datetime, now: datetime) -> AlarmEnd | None:
    """How an alert of `record` ended that is no longer there; None: it may still fire.

    After a restart only the rule's history can say so, or a look that did not find it. Where the
    rule now asks something else, nobody knows before it was asked, and nothing is pending: a limit
    that is tuned at night is told neither as an end nor as a new alert if it is still exceeded.
    """
    looked = record.evaluation is not None and record.evaluation.failure is None
    end = _known_end(record, id_, fired_at)
    if end and end.reason is EndReason.RULE_CHANGED and now - end.at < _patience(record.rule):
        return end if looked and id_ not in record.alerts else None
    return end or (AlarmEnd(now) if looked else None)


def _patience(rule: Rule | None) -> timedelta:
    """How long after an edit it may take until an alert of the rule fires again, about."""
    if rule is None:
        return timedelta()
    looks = (rule.datapoints.of if rule.datapoints else 0) + 3
    return rule.for_ + looks * rule.interval


def _known_end(record: Record, id_: str, fired_at: datetime) -> AlarmEnd | None:
    if ended := record.ends.get(id_):
        return AlarmEnd(ended.resolved_at, ended.reason, ended.message)
    for entry in record.history:
        if entry.get("id") == id_ and (end := _read_end(entry)) and end.at >= fired_at:
            return end
    return None


def _read_end(entry: Mapping[str, object]) -> AlarmEnd | None:
    try:
        at, reason = read_time(str(entry["resolvedAt"])), EndReason(str(entry["reason"]))
    except (KeyError, ValueError):
        return None  # edited by hand
    return AlarmEnd(at, reason, str(entry.get("message", "")))


def _same(before: tuple[Rule, Alert], after: tuple[Rule, Alert]) -> bool:
    """Whether nothing differs between the two that an alarm is made of."""
    (rule, one), (rule_now, other) = before, after
    return rule is rule_now and (
        one is other
        or (one.fired_at, one.labels, one.told_without_data)
        == (other.fired_at, other.labels, other.told_without_data)
    )
