"""Alerts that fire and end, told by Events and in the log."""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from tocsin.core.alerts import Alert, Ended
from tocsin.core.context.context import Context
from tocsin.core.evaluate import Evaluation
from tocsin.core.parameters import Unreadable
from tocsin.core.rules import Rule, RuleKey
from tocsin.engine import notices
from tocsin.engine.agenda import Agenda, Item, Task
from tocsin.engine.cluster import Cluster
from tocsin.engine.conditions import claim
from tocsin.engine.record import Record
from tocsin.engine.reporting import Reporter
from tocsin.engine.whereabouts import where_explained
from tocsin.engine.wording import Wording, plain, word
from tocsin.ports import Clock, EventReason, Notice, Regarded, Renderer

_log = structlog.get_logger(__name__)

#: So many alerts of a rule that wait at once have a line each in the log; the rest is counted.
_LINES: Final = 200


@dataclass(frozen=True)
class _News:
    """An alert that fired or, with `ended`, is over; `subjects` are the objects to tell it on.

    `context` is what surrounded it then: pods go while it waits.
    """

    rule: Rule
    alert: Alert
    subjects: tuple[Regarded, ...]
    at: datetime
    context: Context | None
    ended: Ended | None = None

    @property
    def reason(self) -> EventReason:
        """The reason of its Events."""
        return EventReason.ALERT_RESOLVED if self.ended else EventReason.ALERT_FIRING


class Teller:
    """Tells of alerts that fire and end: Events on rule and workload, and a line in the log.

    A rule may have thousands of them at once: they wait, and the loop goes round between two.
    """

    def __init__(
        self,
        cluster: Cluster,
        reporter: Reporter,
        renderer: Renderer,
        agenda: Agenda,
        clock: Clock,
        external_url: str = "",
    ) -> None:
        self._cluster = cluster
        self._reporter = reporter
        self._renderer = renderer
        self._agenda = agenda
        self._clock = clock
        self._external_url = external_url
        self._waiting: dict[RuleKey, deque[_News]] = {}

    @property
    def waiting(self) -> tuple[RuleKey, ...]:
        """The rules of which something is still to be told."""
        return tuple(self._waiting)

    @property
    def waiting_since(self) -> datetime | None:
        """When the first alert fired or ended of which is still to be told."""
        return min((queue[0].at for queue in self._waiting.values() if queue), default=None)

    def fired(self, record: Record, rule: Rule, alert: Alert, now: datetime) -> None:
        """An alert starts to fire: it is told soon. In Shadow nobody is told but the log."""
        subjects, context = self._subjects(record, alert), self._context(rule, alert, now)
        self._later(_News(rule, alert, subjects, now, context))

    def ended(self, record: Record, rule: Rule, ended: Ended) -> None:
        """An alert that fired is over: it is told soon, likewise."""
        alert, at = ended.alert, ended.resolved_at
        subjects, context = self._subjects(record, alert), self._context(rule, alert, at)
        self._later(_News(rule, alert, subjects, at, context, ended))

    async def tell_on(self, key: RuleKey) -> None:
        """Tell what is waiting of a rule."""
        queue = self._waiting.get(key, deque())
        lines = unheard = 0
        try:
            while queue:
                news = queue.popleft()
                lines += 1
                if lines <= _LINES or self._has_room(news):
                    self._tell(news)
                else:
                    unheard += 1
                await asyncio.sleep(0)
        finally:
            if queue:  # a bug in one of them
                self._agenda.put(Item(Task.TELL, key), self._clock.now())
            else:
                self._waiting.pop(key, None)
        if unheard:
            _log.warning("more alerts fired and ended than are told", rule=str(key), more=unheard)

    def silent(self, record: Record, rule: Rule, alert: Alert, now: datetime) -> None:
        """A firing alert has gone without data for long: whether it is over, nobody knows."""
        subjects = self._subjects(record, alert)
        note, told = notices.silent(rule, alert, subjects, now)
        _log.warning("alert without data", **_named(rule, alert), note=note)
        self._report(told)

    def unknown(self, record: Record, note: str, now: datetime) -> None:
        """A person asked for an alert that there is not."""
        self._report([notices.unknown(record.regarded, note, now)])

    def unreadable(self, record: Record, one: Unreadable, now: datetime) -> None:
        """A workload's annotation cannot be read: tell on the workload whose it is."""
        _log.warning("parameter unreadable", rule=str(record.key), note=str(one))
        workload = self._cluster.regarded(one.workload)
        self._report([notices.unreadable(workload or record.regarded, record.regarded, one, now)])

    def contested(self, record: Record, writers: str, now: datetime) -> None:
        """Somebody else writes the rule's status again and again."""
        _log.warning("status contested", rule=str(record.key), writers=writers)
        self._report([notices.contested(record.regarded, writers, now)])

    def ambiguous(self, record: Record, evaluation: Evaluation, now: datetime) -> None:
        """Several workloads claim the same model: tell each of them as well as the rule."""
        attribution = evaluation.attribution
        claims = attribution.ambiguous if attribution else None
        for model, serving in (claims or {}).items():
            subjects = [subject for ref in serving if (subject := self._cluster.regarded(ref))]
            self._report(notices.ambiguous(record.regarded, subjects, claim(model, serving), now))

    def _later(self, news: _News) -> None:
        self._waiting.setdefault(news.rule.key, deque()).append(news)
        self._agenda.put_by(Item(Task.TELL, news.rule.key), self._clock.now())

    def _tell(self, news: _News) -> None:
        named, wording = _named(news.rule, news.alert), self._words(news)
        where = where_explained(self._external_url, news.rule, news.alert)
        if news.alert.shadow and news.ended:
            _log.info("alert would be resolved", **named, reason=news.ended.reason)
        elif news.alert.shadow:
            _log.info("alert would fire", **named, summary=wording.summary)
        elif news.ended:
            note, told = notices.resolved(
                news.rule, news.ended, wording, news.subjects, news.at, news.context, where
            )
            _log.info("alert resolved", **named, reason=news.ended.reason, summary=note)
            self._report(told)
        else:
            _log.warning(
                "alert firing",
                **named,
                summary=wording.summary,
                labels=dict(wording.labels),
                links=dict(wording.links),
                actions=list(wording.actions),
                context=news.alert.context,
                explain=where,
            )
            told = notices.fired(
                news.rule, news.alert, wording, news.subjects, news.at, news.context, where
            )
            self._report(told)

    def _words(self, news: _News) -> Wording:
        """The rule's own texts only where an Event will carry them: they may be costly."""
        value = news.ended.value if news.ended else None
        if self._has_room(news):
            return word(self._renderer, news.rule, news.alert, value)
        return plain(news.rule, news.alert, value)

    def _has_room(self, news: _News) -> bool:
        return any(self._reporter.has_room(subject, news.reason) for subject in news.subjects)

    def _report(self, told: Iterable[Notice]) -> None:
        for notice in told:
            self._reporter.tell(notice)

    def _context(self, rule: Rule, alert: Alert, now: datetime) -> Context | None:
        workload, onset = alert.identity.workload, alert.active_at - rule.label_delay
        return self._cluster.context(workload, onset, now) if workload else None

    def _subjects(self, record: Record, alert: Alert) -> tuple[Regarded, ...]:
        ref = alert.identity.workload
        workload = self._cluster.regarded(ref) if ref else None
        return (record.regarded, *([workload] if workload else []))


def _named(rule: Rule, alert: Alert) -> dict[str, str]:
    workload = alert.identity.workload
    return {
        "rule": str(rule.key),
        "workload": str(workload) if workload else str(alert.identity),
        "alert_id": alert.id,
        "severity": rule.severity,
    }
