"""Whether hostile tenants delay the evaluations of others: a real engine, clock and templates.

100 rules at an interval of 1 s, 10 of them in two hostile namespaces. The source and the API server
are played. What is measured is the time from when an evaluation is due to when it is decided, of
the 90 others, with and without the hostile ones.
"""

import asyncio
import gc
import os
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import orjson
import structlog

from bench.nobody import Nobody
from tocsin.adapters.clock import SystemClock
from tocsin.adapters.metrics import Metrics
from tocsin.adapters.prometheus.answers import answer_of
from tocsin.adapters.templates import GoTemplates
from tocsin.api.settings import Settings
from tocsin.core.metrics import Question
from tocsin.core.rules import RuleKey
from tocsin.core.samples import Answer, Failure, FailureKind
from tocsin.engine.assembly import Outside, build_engine
from tocsin.engine.engine import Engine
from tocsin.engine.kinds import WATCHED_KINDS
from tocsin.engine.record import KIND
from tocsin.ports import Notice
from tocsin.wiring import tune_interpreter

RUNS = 5
SECONDS = 15.0
WARM_UP = 2.0
HOSTILE = "hostile"
_SLOW = "hostile-slow"
#: How long a slow query takes, and its source may.
TIMEOUT = 3.0
_HEAVY = "{{ range $labels }}{{ range $labels }}{{ range $labels }}" + (
    "{{ printf `%99s` `x` }}" + "{{ end }}" * 3
)


@dataclass(frozen=True)
class Size:
    """How many rules there are, how many of them are hostile, and how long they are watched."""

    calm: int = 90
    hostile: int = 10
    seconds: float = SECONDS
    series: int = 20_000
    alerts: int = 4_000


def run() -> dict[str, float]:
    """Milliseconds from due to decided of the calm rules: p99, median of five runs each."""
    tune_interpreter()
    alone, among = [], []
    for _ in range(RUNS):  # in turns, so that a machine that gets slower does not decide
        alone.append(p99(measure(Size(hostile=0))))
        among.append(p99(measure(Size())))
    p99_alone, p99_hostile = statistics.median(alone), statistics.median(among)
    return {
        "p99_ms_alone": p99_alone,
        "p99_ms_hostile": p99_hostile,
        "delta_ms": p99_hostile - p99_alone,
    }


def p99(delays: list[float]) -> float:
    """The 99th percentile."""
    return statistics.quantiles(delays, n=100)[98]


def measure(size: Size) -> list[float]:
    """The calm rules' delays, in milliseconds.

    Raises:
        RuntimeError: fewer than half of the evaluations that were due were decided.
    """
    gc.collect()  # what the run before has left is not this one's
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123  # a device, no path
        structlog.configure(
            processors=[structlog.processors.JSONRenderer()],
            logger_factory=structlog.PrintLoggerFactory(nowhere),
            cache_logger_on_first_use=False,
        )
        try:
            delays = asyncio.run(_Stage(size).play())
        finally:
            structlog.reset_defaults()
    if len(delays) < size.calm * (size.seconds - WARM_UP) / 2:
        raise RuntimeError(f"only {len(delays)} evaluations of {size.calm} rules were decided")
    return delays


class _Source:
    """Answers as a Prometheus does, each answer parsed anew; what is slow takes its time limit."""

    def __init__(self, size: Size) -> None:
        self._asked = count()
        self._calm = _vector([{"model": "m"}], 1.0)
        self._huge = _vector(_labels(size.series), 1.0)
        self._hot = _vector(_labels(size.alerts), 100.0)
        self._cold = _vector(_labels(size.alerts), 0.0)

    async def ask(self, question: Question) -> Answer:
        match str(question.query).split("-", maxsplit=1)[0]:
            case "slow":
                await asyncio.sleep(TIMEOUT)
                return Failure(FailureKind.TIMEOUT, "no answer")
            case "huge":
                return await asyncio.to_thread(_parsed, self._huge)
            case "many" | "heavy":
                flips = self._hot if next(self._asked) % 2 else self._cold
                return await asyncio.to_thread(_parsed, flips)
        await asyncio.sleep(0.005)
        return await asyncio.to_thread(_parsed, self._calm)


@dataclass
class _Outside:
    """The API server: takes what is written and told, 2 ms later."""

    versions: Iterator[int] = field(default_factory=lambda: count(1_000_000))

    async def write(self, *_: object) -> str:
        """A status is written."""
        await asyncio.sleep(0.002)
        return str(next(self.versions))

    async def record(self, notice: Notice) -> None:  # noqa: ARG002  # nobody reads it
        """An Event is recorded."""
        await asyncio.sleep(0.002)


class _Stage:
    def __init__(self, size: Size) -> None:
        self._size = size
        self._clock = SystemClock()
        self._delays: list[float] = []

    async def play(self) -> list[float]:
        outside = _Outside()
        engine, _ = build_engine(
            _settings(),
            Outside(
                clock=self._clock,
                sources={"default": _Source(self._size)},
                writer=outside,
                objects=Nobody(),
                recorder=outside,
                receivers=Nobody(),
                renderer=GoTemplates(),
                meter=Metrics(),
            ),
        )
        self._watch(engine)
        _deploy(engine)
        for number in range(self._size.calm):
            engine.saw(KIND, _rule(f"calm-{number % 9}", f"rule-{number}", f"calm-{number}"))
        for number in range(self._size.hostile):
            engine.saw(KIND, _hostile(number, 1))
        for kind in WATCHED_KINDS:
            engine.listed(kind, None, _names(self._size, kind))
        tasks = [asyncio.create_task(engine.run()), asyncio.create_task(self._edit(engine))]
        await asyncio.sleep(self._size.seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return self._delays

    def _watch(self, engine: Engine) -> None:
        """Note how long after it was due each evaluation of a calm rule was decided."""
        evaluator = engine._evaluator  # noqa: SLF001  # the times of single rules are in no metric
        evaluate = evaluator.evaluate
        after = self._clock.now() + timedelta(seconds=WARM_UP)  # not the start, when all is new

        async def timed(key: RuleKey, due: datetime) -> None:
            await evaluate(key, due)
            if not key.namespace.startswith(HOSTILE) and due > after:
                self._delays.append((self._clock.now() - due).total_seconds() * 1000)

        evaluator.evaluate = timed  # type: ignore[method-assign]  # as above

    async def _edit(self, engine: Engine) -> None:
        """Each second every other hostile rule is edited, so that its alerts end and begin."""
        for generation in count(2):
            await asyncio.sleep(1.0)
            for number in range(0, self._size.hostile, 2):
                engine.saw(KIND, _hostile(number, generation))


def _settings() -> Settings:
    prometheus = {"url": "http://played", "timeout": f"{TIMEOUT:g}s"}
    sources = [{"name": "default", "prometheus": prometheus}]
    return Settings.model_validate({"clusterName": "bench", "sources": sources})


def _hostile(number: int, generation: int) -> dict[str, Any]:
    """Huge answers, slow queries, heavy templates, thousands of alerts, and edits of them all."""
    kind = ("huge", "slow", "heavy", "many", "slow")[number % 5]
    above = 10 + generation % 7 / 100
    namespace = _SLOW if kind == "slow" else HOSTILE
    body = _rule(namespace, f"{kind}-{number}", f"{kind}-{number}", above=above)
    body["metadata"] |= {"generation": generation, "resourceVersion": str(100 + generation)}
    if kind == "heavy":
        body["spec"] |= {"summary": _HEAVY, "actions": [_HEAVY] * 8}
        body["spec"]["labels"] = {f"l{n}": _HEAVY for n in range(16)}
    return body


def _rule(namespace: str, name: str, query: str, above: float = 10) -> dict[str, Any]:
    threshold = {"metric": {"prometheus": {"query": query}}, "above": str(above)}
    return {
        "metadata": {
            "namespace": namespace,
            "name": name,
            "uid": f"{namespace}/{name}",
            "generation": 1,
            "resourceVersion": "1",
        },
        "spec": {
            "severity": "low",
            "interval": "1s",
            "for": "0s",
            "criterion": {"threshold": threshold},
        },
    }


def _names(size: Size, kind: str) -> frozenset[tuple[str, str]]:
    if kind == "Deployment":
        return frozenset((f"calm-{n}", "scorer") for n in range(9))
    if kind != KIND:
        return frozenset()
    calm = {(f"calm-{n % 9}", f"rule-{n}") for n in range(size.calm)}
    bodies = (_hostile(number, 1)["metadata"] for number in range(size.hostile))
    hostile = {(metadata["namespace"], metadata["name"]) for metadata in bodies}
    return frozenset(calm | hostile)


def _deploy(engine: Engine) -> None:
    for number in range(9):
        metadata = {"namespace": f"calm-{number}", "name": "scorer", "uid": f"uid-{number}"}
        labels = {"tocsin.dev/model": "m"}
        engine.saw("Deployment", {"metadata": metadata | {"labels": labels}, "spec": {}})


def _labels(series: int) -> list[dict[str, str]]:
    return [
        {"namespace": HOSTILE, "instance": f"10.0.0.{n}", "gpu": str(n), "job": "exporter"}
        for n in range(series)
    ]


def _vector(labels: list[dict[str, str]], value: float) -> bytes:
    result = [{"metric": one, "value": [1.5, str(value)]} for one in labels]
    document = {"status": "success", "data": {"resultType": "vector", "result": result}}
    return orjson.dumps(document)


def _parsed(body: bytes) -> Answer:
    return answer_of(200, orjson.loads(body), body)
