"""One rule, evaluated: ask, decide, remember, and tell what follows."""

from datetime import datetime
from time import perf_counter

import structlog

from tocsin.core.evaluate import Evaluation, evaluate
from tocsin.core.rules import Rule, RuleKey
from tocsin.core.samples import Failure, FailureKind
from tocsin.core.schedule import missed_between
from tocsin.engine.asking import Asked, Asker
from tocsin.engine.book import Book
from tocsin.engine.cluster import Cluster
from tocsin.engine.publishing import Publisher
from tocsin.engine.record import Record
from tocsin.engine.telling import Teller
from tocsin.engine.timetable import Timetable
from tocsin.ports import Clock, EventReason, Meter

_log = structlog.get_logger(__name__)


class Evaluator:
    """Evaluates rules when they are due."""

    def __init__(
        self,
        *,
        clock: Clock,
        book: Book,
        cluster: Cluster,
        asker: Asker,
        timetable: Timetable,
        publisher: Publisher,
        teller: Teller,
        meter: Meter,
    ) -> None:
        self._clock = clock
        self._book = book
        self._cluster = cluster
        self._asker = asker
        self._timetable = timetable
        self._publisher = publisher
        self._teller = teller
        self._meter = meter

    def plan(self, record: Record) -> None:
        """Make the next evaluation of a new or edited rule due."""
        self._timetable.plan(record)

    def skip(self, key: RuleKey, due: datetime) -> None:
        """An evaluation was due while the one before was still at it: it is not made up for."""
        record = self._book.get(key)
        if record and record.rule:
            self._meter.missed(1 + missed_between(due, self._clock.now(), record.rule.interval))
            self._timetable.plan(record)
            _log.warning("evaluation skipped: the one before takes longer", rule=str(key))

    async def evaluate(self, key: RuleKey, due: datetime) -> None:
        """Evaluate the rule that was due at `due`; an answer that an edit overtook is dropped."""
        record = self._book.get(key)
        if record is None or record.rule is None or not record.due:
            return
        rule, started = record.rule, perf_counter()
        self._meter.missed(missed_between(due, self._clock.now(), rule.interval))
        self._timetable.plan(record)
        asked = await self._asker.ask(rule.metric, due)
        if self._book.get(key) is not record or record.rule is not rule or not record.due:
            return
        evaluation = self._decide(record, rule, asked)
        self._remember(record, rule, evaluation, asked.at)
        outcome = evaluation.failure.kind if evaluation.failure else "ok"
        self._meter.evaluated(outcome, perf_counter() - started)

    def _decide(self, record: Record, rule: Rule, asked: Asked) -> Evaluation:
        inventory = self._cluster.inventory(rule.key.namespace)
        try:
            return evaluate(rule, record.alerts, asked.answer, inventory, asked.at)
        except Exception as error:  # noqa: BLE001 - a bug shows on the rule that meets it, and holds
            _log.exception("evaluation failed", rule=str(rule.key))
            failure = Failure(FailureKind.BUG, f"a bug in Tocsin: {type(error).__name__}: {error}")
            return Evaluation(record.alerts, (), (), {}, 0, None, failure)

    def _remember(self, record: Record, rule: Rule, evaluation: Evaluation, now: datetime) -> None:
        record.evaluation, record.alerts = evaluation, evaluation.alerts
        for ended in evaluation.ended:
            self._book.remember(record, rule, ended)
        for alert_id in evaluation.fired:
            self._teller.fired(record, rule, evaluation.alerts[alert_id], now)
        for notice in self._publisher.mark(record):
            if notice.reason is EventReason.MODEL_AMBIGUOUS:
                self._teller.ambiguous(record, evaluation, now)
