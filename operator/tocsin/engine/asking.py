"""One question for all who ask the same thing at the same time, in turns that are fair."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from tocsin.core.durations import format_duration
from tocsin.core.metrics import (
    HTTP_SOURCE,
    KUBERNETES_SOURCE,
    OPERATOR_SOURCE,
    PODS_SOURCE,
    Question,
)
from tocsin.core.samples import Answer, Failure, FailureKind, Samples
from tocsin.engine.agenda import Agenda, Item, Task
from tocsin.engine.confinement import Confinement
from tocsin.engine.ledger import Ledger
from tocsin.engine.own_metrics import OwnMetrics
from tocsin.engine.record import Record
from tocsin.engine.turns import Pool, Rations, Turn, Turns
from tocsin.ports import Clock, Source

_log = structlog.get_logger(__name__)

#: An answer counts as one query, and one more for each so many series.
SERIES_A_QUERY: Final = 1000

#: What the operator knows of itself takes nothing from anybody. Behind one name are many
#: addresses: one that hangs, asked by many rules, leaves slots to others of its namespace.
_AT_HAND: Final = Pool(slots=1000, share=1000, patience=timedelta(minutes=5))
_POOLS: Final = {
    OPERATOR_SOURCE: _AT_HAND,
    KUBERNETES_SOURCE: _AT_HAND,
    HTTP_SOURCE: Pool(slots=64, share=32),
    PODS_SOURCE: Pool(slots=16, share=8),
}


@dataclass(frozen=True)
class Asked:
    """An answer and when it was asked for."""

    answer: Answer
    at: datetime


@dataclass(frozen=True)
class _Asking:
    question: Question
    due: datetime


class Asker:
    """Asks sources; rules over the same query that are due together share one answer.

    Namespaces take turns at each source (`turns.py`). What waits is data: the agenda knows when to
    `go_on`.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        clock: Clock,
        ledger: Ledger,
        agenda: Agenda,
        pools: Mapping[str, Pool],
        rations: Rations,
        confinement: Confinement,
        rules: Iterable[Record],
    ) -> None:
        own = OwnMetrics(ledger, clock, self._ask, rules)
        self._sources: Mapping[str, Source] = {**sources, OPERATOR_SOURCE: own}
        self._clock = clock
        self._ledger = ledger
        self._agenda = agenda
        self._pools = {name: pools.get(name, Pool()) for name in sources} | _POOLS
        self._rations = rations
        self._confinement = confinement
        self._turns = {name: Turns[_Asking](pool, rations) for name, pool in self._pools.items()}
        self._open: dict[_Asking, asyncio.Future[Asked]] = {}
        self._asking: set[asyncio.Task[None]] = set()

    async def ask(self, question: Question, due: datetime, namespace: str) -> Asked:
        """The answer to `question` for an evaluation that was due at `due`.

        It waits for a turn of `namespace`, or for the answer that another namespace asks for.
        """
        now, turns = self._clock.now(), self._turns[question.source]
        kept = self._confinement.kept(question, namespace)
        if isinstance(kept, Failure):
            return Asked(kept, now)
        asking = _Asking(kept, due)
        answer = self._open.get(asking)
        if answer is None:
            answer = self._open[asking] = asyncio.get_running_loop().create_future()
            if not self._rations.available(namespace, now):
                self._ledger.held_back(namespace)
            turns.join(asking, namespace, now)
            self.go_on(question.source)
        elif turns.waits(asking):
            turns.join(asking, namespace, now)
            self.go_on(question.source)
        return await asyncio.shield(answer)

    def go_on(self, source: str) -> None:
        """Ask `source` what is next, give up what found no slot, and say when to go on."""
        now, turns = self._clock.now(), self._turns[source]
        for turn in turns.take(now):
            task = asyncio.create_task(self._answer(turn))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
        for turn in turns.give_up(now):
            failure = self._not_asked(source, turn.namespace)
            self._ledger.answered(source, failure, now)
            self._settle(turn.question, Asked(failure, now))
        item, due = Item(Task.ASK, source), turns.due(now)
        if due is None:
            self._agenda.drop(item)
        else:
            self._agenda.put(item, due)

    async def _answer(self, turn: Turn[_Asking]) -> None:
        question = turn.question.question
        asked = await self._ask(question)
        if isinstance(asked.answer, Samples):  # reading and deciding take time as it has series
            extra = len(asked.answer.samples) // SERIES_A_QUERY
            self._rations.charge(turn.namespace, extra, self._clock.now())
        self._turns[question.source].done(turn)
        self._settle(turn.question, asked)
        self.go_on(question.source)

    def _settle(self, asking: _Asking, asked: Asked) -> None:
        answer = self._open.pop(asking)
        if not answer.cancelled():
            answer.set_result(asked)

    async def _ask(self, question: Question) -> Asked:
        at = self._clock.now()
        try:
            answer = await self._sources[question.source].ask(question)
        except Exception as error:  # noqa: BLE001  # a bug shows on the rules that meet it
            _log.exception("source failed", source=question.source)
            answer = Failure(FailureKind.BUG, f"a bug in Tocsin: {type(error).__name__}: {error}")
        if question.source != OPERATOR_SOURCE:
            self._ledger.answered(question.source, answer, self._clock.now())
        return Asked(answer, at)

    def _not_asked(self, source: str, namespace: str) -> Failure:
        pool = self._pools[source]
        return Failure(
            FailureKind.NOT_ASKED,
            f"not asked within {format_duration(pool.patience)}: the {pool.share} queries at once "
            f"(perNamespace of the source) that rules of namespace {namespace} may ask, or all "
            f"{pool.slots} (concurrency), are still open. Make the namespace's slow queries "
            f"cheaper, or raise one of the two",
        )
