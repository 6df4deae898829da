"""The CPU time of an anomaly over 1,000 series with three days of points a minute apart.

Without the source: what it answers is made beforehand or off the clock. The first evaluations read
the past piece by piece; then an hour of cycles goes on with it.
"""

import asyncio
import gc
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import nan
from pathlib import Path

from bench.errors import BenchError
from bench.models import NAMESPACE, models
from tocsin.core.criteria.anomaly import Anomaly, Method
from tocsin.core.evaluate import Past, evaluate
from tocsin.core.gathering import gather
from tocsin.core.metrics import Metric, Question, Span
from tocsin.core.rules import Rule, RuleKey, Severity
from tocsin.core.samples import Sample, Samples
from tocsin.engine.pasts import Pasts

SERIES, CYCLES = 1_000, 60
START = datetime(2026, 1, 1, tzinfo=UTC)


def run() -> dict[str, float]:
    """Seconds of CPU until every series is judged, of a cycle after that, and memory in MiB."""
    return asyncio.run(_measure())


class _Source:
    """Answers for all series, off the clock."""

    def __init__(self) -> None:
        self.labels = [{"namespace": NAMESPACE, "pod": f"model-{n}-0"} for n in range(SERIES)]
        self.spent = 0.0

    async def ask(self, question: Question) -> Samples:
        """The points of a span."""
        started = time.process_time()
        answer = self.over(question.span) if question.span else self.now()
        self.spent += time.process_time() - started
        return answer

    def now(self) -> Samples:
        """What there is now: as usual."""
        return Samples(tuple(Sample(labels, 100.0) for labels in self.labels))

    def over(self, span: Span) -> Samples:
        """Around 100, otherwise for each series."""
        steps = int((span.end - span.start) / span.step) + 1
        times = [span.start + n * span.step for n in range(steps)]
        return Samples(
            tuple(
                Sample(labels, nan, points=tuple((t, 95 + (t / 60 + n) % 11) for t in times))
                for n, labels in enumerate(self.labels)
            )
        )


async def _measure() -> dict[str, float]:
    rule, inventory, source, pasts = _rule(), models(SERIES), _Source(), Pasts()
    gathered = gather(rule, inventory, source.now())
    places = gathered.places
    past, now = Past(), START
    gc.disable()  # as in the operator, which looks for garbage between its steps
    before, first = _resident(), 0.0
    spent: list[float] = []
    for _ in range(CYCLES + 10):
        started, off = time.process_time(), source.spent
        await pasts.extend(rule, places, now, source.ask, _at_once)
        likes = {
            place: (lambda identity, one=one, at=now: one.like(identity, at, lambda _: (), 0.0))
            for place, one in pasts.parts.items()
        }
        evaluation = evaluate(rule, past, replace(gathered, likes=likes), now)
        past = evaluation.past
        cost = time.process_time() - started - (source.spent - off)
        if spent or all(look.verdict.observed for look in evaluation.looks.values()):
            spent.append(cost)
        first += cost if len(spent) < 2 else 0.0
        now += rule.interval
    gc.enable()
    if len(spent) < CYCLES or past.alerts:
        raise BenchError(f"{len(spent)} cycles were judged, with {len(past.alerts)} alerts")
    cycles = spent[1:]
    return {"first_s": first, "cycle_s": sum(cycles) / len(cycles), "mib": _resident() - before}


async def _at_once(work: Callable[[], None]) -> None:
    work()


def _resident() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024**2


def _rule() -> Rule:
    criterion = Anomaly(Method.Z_SCORE, 3, timedelta(days=3), timedelta(hours=1))
    return Rule(
        key=RuleKey(NAMESPACE, "unusual"),
        severity=Severity.LOW,
        metric=Metric("default", "latency"),
        criterion=criterion,
        interval=timedelta(minutes=1),
    )
