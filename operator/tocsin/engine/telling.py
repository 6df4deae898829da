"""Alerts that fire and end, told by Events and in the log."""

from collections.abc import Iterable
from datetime import datetime

import structlog

from tocsin.core.alerts import Alert, Ended
from tocsin.core.context.context import Context
from tocsin.core.evaluate import Evaluation
from tocsin.core.parameters import Unreadable
from tocsin.core.rules import Rule
from tocsin.engine import notices
from tocsin.engine.cluster import Cluster
from tocsin.engine.conditions import claim
from tocsin.engine.record import Record
from tocsin.engine.reporting import Reporter
from tocsin.engine.wording import word
from tocsin.ports import Notice, Regarded, Renderer

_log = structlog.get_logger(__name__)


class Teller:
    """Tells of alerts that fire and end: Events on rule and workload, and a line in the log."""

    def __init__(self, cluster: Cluster, reporter: Reporter, renderer: Renderer) -> None:
        self._cluster = cluster
        self._reporter = reporter
        self._renderer = renderer

    def fired(self, record: Record, rule: Rule, alert: Alert, now: datetime) -> None:
        """An alert starts to fire."""
        subjects = self._subjects(record, alert)
        wording, told = notices.fired(
            rule, alert, self._renderer, subjects, now, self._context(alert, now)
        )
        _log.warning(
            "alert firing",
            **_named(rule, alert),
            summary=wording.summary,
            labels=dict(wording.labels),
            links=dict(wording.links),
            actions=list(wording.actions),
            context=alert.context,
        )
        self._tell(told)

    def shadowed(self, rule: Rule, alert: Alert) -> None:
        """An alert starts to fire in Shadow: nobody is told, and the log has it."""
        wording = word(self._renderer, rule, alert)
        _log.info("alert would fire", **_named(rule, alert), summary=wording.summary)

    def silent(self, record: Record, rule: Rule, alert: Alert, now: datetime) -> None:
        """A firing alert has gone without data for long: whether it is over, nobody knows."""
        subjects = self._subjects(record, alert)
        note, told = notices.silent(rule, alert, subjects, now)
        _log.warning("alert without data", **_named(rule, alert), note=note)
        self._tell(told)

    def unknown(self, record: Record, note: str, now: datetime) -> None:
        """A person asked for an alert that there is not."""
        self._tell([notices.unknown(record.regarded, note, now)])

    def unreadable(self, record: Record, one: Unreadable, now: datetime) -> None:
        """A workload's annotation cannot be read: tell on the workload whose it is."""
        _log.warning("parameter unreadable", rule=str(record.key), note=str(one))
        workload = self._cluster.regarded(one.workload)
        self._tell([notices.unreadable(workload or record.regarded, record.regarded, one, now)])

    def ended(self, record: Record, rule: Rule, ended: Ended) -> None:
        """An alert that fired is over."""
        alert, at = ended.alert, ended.resolved_at
        if alert.shadow:
            _log.info("alert would be resolved", **_named(rule, alert), reason=ended.reason)
            return
        subjects = self._subjects(record, alert)
        note, told = notices.resolved(
            rule, ended, self._renderer, subjects, at, self._context(alert, at)
        )
        _log.info("alert resolved", **_named(rule, alert), reason=ended.reason, summary=note)
        self._tell(told)

    def ambiguous(self, record: Record, evaluation: Evaluation, now: datetime) -> None:
        """Several workloads claim the same model: tell each of them as well as the rule."""
        attribution = evaluation.attribution
        claims = attribution.ambiguous if attribution else None
        for model, serving in (claims or {}).items():
            subjects = [subject for ref in serving if (subject := self._cluster.regarded(ref))]
            self._tell(notices.ambiguous(record.regarded, subjects, claim(model, serving), now))

    def _tell(self, told: Iterable[Notice]) -> None:
        for notice in told:
            self._reporter.tell(notice)

    def _context(self, alert: Alert, now: datetime) -> Context | None:
        workload = alert.identity.workload
        return self._cluster.context(workload, alert.active_at, now) if workload else None

    def _subjects(self, record: Record, alert: Alert) -> list[Regarded]:
        ref = alert.identity.workload
        workload = self._cluster.regarded(ref) if ref else None
        return [record.regarded, *([workload] if workload else [])]


def _named(rule: Rule, alert: Alert) -> dict[str, str]:
    workload = alert.identity.workload
    return {
        "rule": str(rule.key),
        "workload": str(workload) if workload else str(alert.identity),
        "alert_id": alert.id,
        "severity": rule.severity,
    }
