"""The operator's engine in a process of its own: real sources and rules, no API server.

Started with a source's URL, a file of rules and a number of models. Each line on its standard input
is answered with one of JSON: what was evaluated so far, and what alerts there are now.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.exporter import NAMESPACE
from bench.nobody import Nobody
from tocsin.adapters.clock import SystemClock
from tocsin.adapters.metrics import Metrics
from tocsin.adapters.prometheus import PrometheusSource
from tocsin.adapters.prometheus.lines import Connection
from tocsin.adapters.templates import GoTemplates
from tocsin.api.settings import Settings
from tocsin.core.rules import RuleKey
from tocsin.engine.assembly import Outside, build_engine
from tocsin.engine.book import Book
from tocsin.engine.engine import Engine
from tocsin.engine.kinds import WATCHED_KINDS
from tocsin.engine.record import KIND
from tocsin.ports import Notice
from tocsin.web.logs import set_up_logs
from tocsin.wiring import tune_interpreter

Json = dict[str, Any]


class Statuses:
    """Takes every status, and forgets it."""

    def __init__(self) -> None:
        self.writes = 0

    async def write(self, rule: RuleKey, resource_version: str, status: Mapping[str, Any]) -> str:  # noqa: ARG002  # the port
        """The next version."""
        self.writes += 1
        return str(int(resource_version) + 1)


class Events:
    """Takes every Event, and forgets it."""

    async def record(self, notice: Notice) -> None:
        """Done."""


class Evaluations(Metrics):
    """Counts evaluations where they can be read back."""

    def __init__(self) -> None:
        super().__init__()
        self.count = self.skipped = 0

    def evaluated(self, outcome: str, seconds: float) -> None:
        """One evaluation."""
        super().evaluated(outcome, seconds)
        self.count += 1

    def missed(self, count: int) -> None:
        """Evaluations that were due and skipped."""
        super().missed(count)
        self.skipped += count


def fleet(models: int) -> Iterator[tuple[str, Json]]:
    """Deployments that say which model they serve, each with its ReplicaSet and its pod."""
    made = "2026-01-01T00:00:00Z"
    containers = [{"name": "model", "image": "model:v1"}]
    spec = {"replicas": 1, "template": {"spec": {"containers": containers}}}
    state = {"name": "model", "restartCount": 0, "state": {"running": {"startedAt": made}}}
    running = {
        "phase": "Running",
        "startTime": made,
        "conditions": [{"type": "Ready", "status": "True"}],
        "containerStatuses": [state],
    }
    for number in range(models):
        name = f"model-{number}"
        replicas = f"{name}-5d8f"
        told = {"labels": {"tocsin.dev/model": name}}
        first = {"annotations": {"deployment.kubernetes.io/revision": "1"}}
        yield "Deployment", _object(name, None, spec=spec, **told)
        yield "ReplicaSet", _object(replicas, ("Deployment", name), spec=spec, **first)
        pod = {"nodeName": "node", "containers": containers}
        yield "Pod", _object(f"{name}-0", ("ReplicaSet", replicas), spec=pod, status=running)


def _object(
    name: str,
    owner: tuple[str, str] | None,
    *,
    spec: Json,
    status: Json | None = None,
    **metadata: Any,
) -> Json:
    metadata |= {
        "name": name,
        "namespace": NAMESPACE,
        "uid": name,
        "creationTimestamp": "2026-01-01T00:00:00Z",
    }
    if owner:
        kind, of = owner
        reference = {"apiVersion": "apps/v1", "kind": kind, "name": of, "controller": True}
        metadata["ownerReferences"] = [reference]
    return {"metadata": metadata, "spec": spec, "status": status or {}}


def state(book: Book, meter: Evaluations, statuses: Statuses) -> Json:
    """What was done so far, what was judged last, and the alerts there are."""
    judged: Counter[str] = Counter()
    for record in book:
        if record.evaluation:
            judged.update(str(look.verdict) for look in record.evaluation.looks.values())
    return {
        "evaluations": meter.count,
        "missed": meter.skipped,
        "writes": statuses.writes,
        "judged": judged,
        "alerts": [
            (record.key.name, alert.identity.workload and alert.identity.workload.name, alert.state)
            for record in book
            for alert in record.alerts.values()
        ],
    }


def _tell(engine: Engine, rules: list[Json], models: int) -> None:
    for kind, body in fleet(models):
        engine.saw(kind, body)
    for rule in rules:
        rule["metadata"] |= {"uid": rule["metadata"]["name"], "generation": 1}
        rule["metadata"] |= {"resourceVersion": "1", "creationTimestamp": "2026-01-01T00:00:00Z"}
        engine.saw(KIND, rule)
    for kind in WATCHED_KINDS:
        engine.listed(kind, None, frozenset(_names(kind, rules, models)))


def _names(kind: str, rules: list[Json], models: int) -> Iterator[tuple[str, str]]:
    bodies = [(KIND, rule) for rule in rules] if kind == KIND else fleet(models)
    for found, body in bodies:
        if found == kind:
            yield NAMESPACE, body["metadata"]["name"]


async def _serve(url: str, rules: list[Json], models: int) -> None:
    clock, meter, statuses = SystemClock(), Evaluations(), Statuses()
    engine, book = build_engine(
        Settings.model_validate({"clusterName": "bench"}),
        Outside(
            clock=clock,
            sources={"default": PrometheusSource("default", Connection(url))},
            writer=statuses,
            objects=Nobody(),
            recorder=Events(),
            receivers=Nobody(),
            renderer=GoTemplates(),
            meter=meter,
        ),
    )
    _tell(engine, rules, models)
    running = asyncio.create_task(engine.run())
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
    )
    while await lines.readline():
        sys.stdout.write(json.dumps(state(book, meter, statuses)) + "\n")
        sys.stdout.flush()
    running.cancel()


def main(url: str, rules: str, models: str) -> None:
    """Serve until standard input ends."""
    set_up_logs("info", "bench")
    tune_interpreter()
    asyncio.run(_serve(url, json.loads(Path(rules).read_text()), int(models)))


if __name__ == "__main__":
    main(*sys.argv[1:])
