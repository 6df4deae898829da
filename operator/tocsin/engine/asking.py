"""One question for all who ask the same thing at the same time."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from tocsin.core.rules import OPERATOR_SOURCE, Metric
from tocsin.core.samples import Answer, Failure, FailureKind
from tocsin.engine.ledger import Ledger
from tocsin.engine.own_metrics import OwnMetrics
from tocsin.ports import Clock, Source

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Asked:
    """An answer and when it was asked for."""

    answer: Answer
    at: datetime


class Asker:
    """Asks sources; rules over the same query that are due together share one answer."""

    def __init__(self, sources: Mapping[str, Source], clock: Clock, ledger: Ledger) -> None:
        own = OwnMetrics(ledger, clock, self._ask)
        self._sources: Mapping[str, Source] = {**sources, OPERATOR_SOURCE: own}
        self._clock = clock
        self._ledger = ledger
        self._open: dict[tuple[str, str, datetime], asyncio.Task[Asked]] = {}

    async def ask(self, metric: Metric, due: datetime) -> Asked:
        """The answer to the query of `metric` for an evaluation that was due at `due`."""
        key = (metric.source, metric.query, due)
        task = self._open.get(key)
        if task is None:
            task = asyncio.create_task(self._ask(metric))
            self._open[key] = task
            task.add_done_callback(lambda _: self._open.pop(key, None))
        return await asyncio.shield(task)

    async def _ask(self, metric: Metric) -> Asked:
        at = self._clock.now()
        try:
            answer = await self._sources[metric.source].ask(metric.query)
        except Exception as error:  # noqa: BLE001  # a bug shows on the rules that meet it
            _log.exception("source failed", source=metric.source)
            answer = Failure(FailureKind.BUG, f"a bug in Tocsin: {type(error).__name__}: {error}")
        if metric.source != OPERATOR_SOURCE:
            self._ledger.answered(metric.source, answer, self._clock.now())
        return Asked(answer, at)
