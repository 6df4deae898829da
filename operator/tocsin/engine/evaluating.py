"""One rule, evaluated: ask, decide, remember, and tell what follows."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Final

import structlog

from tocsin.core.attribution import Places
from tocsin.core.criteria.anomaly import Anomaly
from tocsin.core.evaluate import Evaluation, Past, evaluate
from tocsin.core.gathering import Gathered
from tocsin.core.metrics import Question
from tocsin.core.parameters import bind
from tocsin.core.rules import Rule, RuleKey
from tocsin.core.samples import Answer, Failure, FailureKind, Samples
from tocsin.core.schedule import missed_between
from tocsin.engine.asking import Asker
from tocsin.engine.book import Book
from tocsin.engine.cluster import Cluster
from tocsin.engine.ledger import Ledger
from tocsin.engine.publishing import Publisher
from tocsin.engine.record import Looked, Record
from tocsin.engine.sentences import in_context
from tocsin.engine.telling import Teller
from tocsin.engine.timetable import Timetable
from tocsin.engine.usual import Usual
from tocsin.engine.workshop import Workshop
from tocsin.ports import Clock, EventReason

_log = structlog.get_logger(__name__)

#: Samples beyond which a decision would hold up the loop for some 20 ms.
_MANY: Final = 1000


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
        ledger: Ledger,
    ) -> None:
        self._clock = clock
        self._book = book
        self._cluster = cluster
        self._asker = asker
        self._timetable = timetable
        self._publisher = publisher
        self._teller = teller
        self._ledger = ledger
        self._workshop = Workshop()
        self.usual = Usual(asker, cluster, self._workshop)

    def plan(self, record: Record) -> None:
        """Make the next evaluation of a new or edited rule due."""
        self._timetable.plan(record)

    def ask_on(self, source: str) -> None:
        """Queries to `source` that waited may be due."""
        self._asker.go_on(source)

    def skip(self, key: RuleKey, due: datetime) -> None:
        """An evaluation was due while the one before was still at it: it is not made up for."""
        record = self._book.get(key)
        if record and record.rule:
            now = self._clock.now()
            self._ledger.missed(1 + missed_between(due, now, record.rule.interval), now)
            self._timetable.plan(record)
            _log.warning("evaluation skipped: the one before takes longer", rule=str(key))

    async def evaluate(self, key: RuleKey, due: datetime) -> None:
        """Evaluate the rule that was due at `due`; an answer that an edit overtook is dropped."""
        record = self._book.get(key)
        if record is None or record.rule is None or not record.due:
            return
        rule, started = record.rule, perf_counter()
        now = self._clock.now()
        self._ledger.missed(missed_between(due, now, rule.interval), now)
        self._timetable.plan(record)
        questions = rule.questions
        asked = await asyncio.gather(
            *(self._asker.ask(question, due, key.namespace) for question in questions)
        )
        if record.rule is not None and record.rule.questions == questions:
            rule = record.rule  # an edit that asks the same: the answers are to its questions too
        if self._overtaken(record, rule):
            return
        at, before = asked[0].at, record.evaluation
        answers = [_steady(q, one.answer, before) for q, one in zip(questions, asked, strict=True)]
        gathered = self._gathered(record, rule, dict(zip(questions, answers, strict=True)))
        if any(isinstance(part.criterion, Anomaly) for part in rule.parts):
            gathered = await self.usual.beside(gathered, record, rule, due, at)
            if self._overtaken(record, rule):
                return
        past = record.past
        decide = partial(_decide, rule, past, gathered, at)
        many = sum(len(one.samples) for one in answers if isinstance(one, Samples)) > _MANY
        if many or gathered.likes:
            evaluation = await self._workshop.do(key.namespace, decide)
            if self._overtaken(record, rule) or record.past is not past:
                return
        else:
            evaluation = decide()
        evaluation = self._book.with_room_for(evaluation, record)
        evaluation = in_context(self._cluster, evaluation, past.alerts, at)
        outcome = evaluation.failure.kind if evaluation.failure else "ok"
        record.looked = Looked(at, perf_counter() - started, outcome)
        self._remember(record, rule, evaluation, at)
        self._ledger.evaluated(outcome, perf_counter() - started)

    def _gathered(self, record: Record, rule: Rule, answers: Mapping[Question, Answer]) -> Gathered:
        """Answers, and what they are about; that is made anew where rule or inventory changed."""
        inventory = self._cluster.inventory(rule.key.namespace)
        places = record.places
        if places is None or places.rule is not rule or places.inventory is not inventory:
            places = record.places = Places(rule, inventory)
            before = record.bound
            record.bound = bind(rule, places.selected, before)
            for one in record.bound.unreadable:
                if one not in before.unreadable and str(one) not in before.refused:
                    self._teller.unreadable(record, one, self._clock.now())
        return Gathered(places, record.bound, answers)

    def _overtaken(self, record: Record, rule: Rule) -> bool:
        """Whether the rule was edited or deleted while it was being evaluated."""
        there = self._book.get(record.key) is record
        return not there or record.rule is not rule or not record.due

    def _remember(self, record: Record, rule: Rule, evaluation: Evaluation, now: datetime) -> None:
        record.evaluation, record.past = evaluation, evaluation.past
        self._book.remember(record, rule, evaluation.ended)
        for alert_id in evaluation.fired:
            alert = evaluation.alerts[alert_id]
            record.shadowed += alert.shadow
            self._teller.fired(record, rule, alert, now)
        for alert_id in evaluation.silent:
            self._teller.silent(record, rule, evaluation.alerts[alert_id], now)
        for notice in self._publisher.mark(record):
            if notice.reason is EventReason.MODEL_AMBIGUOUS:
                self._teller.ambiguous(record, evaluation, now)


def _decide(rule: Rule, past: Past, gathered: Gathered, now: datetime) -> Evaluation:
    try:
        return evaluate(rule, past, gathered, now)
    except Exception as error:  # noqa: BLE001  # a bug shows on the rule that meets it, and holds
        _log.exception("evaluation failed", rule=str(rule.key))
        failure = Failure(FailureKind.BUG, f"a bug in Tocsin: {type(error).__name__}: {error}")
        return Evaluation(
            rule, past, {}, (), (), (), gathered.bound, len(gathered.places.selected), None, failure
        )


def _steady(question: Question, answer: Answer, before: Evaluation | None) -> Answer:
    """A failure that goes on keeps its first words: an id or a time in them is no news."""
    former = before.failure if before and before.failed_source == question.source else None
    return former if former and isinstance(answer, Failure) and answer.is_like(former) else answer
