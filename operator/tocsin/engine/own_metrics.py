"""`metric.operator`: the operator is a source like any other, of numbers about itself."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator

from tocsin.core.metrics import PROBE, OwnMetric, Question
from tocsin.core.samples import Answer, Failure, FailureKind, Sample, Samples
from tocsin.engine.ledger import Ledger
from tocsin.engine.record import Record
from tocsin.ports import Clock


class OwnMetrics:
    """Answers queries that are names of `OwnMetric`; `rules` are all that there are."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        ask: Callable[[Question], Awaitable[object]],
        rules: Iterable[Record],
    ) -> None:
        self._rules = rules
        self._ledger = ledger
        self._clock = clock
        self._ask = ask

    async def ask(self, question: Question) -> Answer:
        """The numbers of one metric; one for each source, labelled with its name, where it fits."""
        match question.query:
            case OwnMetric.SOURCE_REACHABLE:
                silent = self._ledger.silent(self._clock.now())
                await asyncio.gather(*(self._ask(Question(name, PROBE)) for name in silent))
                shares = sorted(self._ledger.reachable().items())
                return Samples(tuple(Sample({"source": name}, share) for name, share in shares))
            case OwnMetric.EVALUATIONS_MISSED:
                return Samples((Sample({}, float(self._ledger.missed_lately(self._clock.now()))),))
            case OwnMetric.RULES_INVALID:
                return Samples(tuple(_invalid(self._rules)))
        return Failure(FailureKind.QUERY_REJECTED, f"the operator has no metric {question.query}")


def _invalid(rules: Iterable[Record]) -> Iterator[Sample]:
    """For each namespace with rules, how many of them cannot be evaluated as they are written."""
    counts = Counter[str]()
    for record in rules:
        counts[record.key.namespace] += record.trouble is not None
    for namespace, count in sorted(counts.items()):
        yield Sample({"namespace": namespace}, float(count))
