"""Three evaluators of the same rules: Prometheus's own, vmalert, and Tocsin's engine."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from bench.errors import BenchError
from bench.programs import Program, fetch, free_port, python, running, total
from bench.rules import Rule, custom_resource, rule_file
from bench.source import Prometheus
from e2e.cluster import programs

MODELS = 1_000
INTERVAL = 2  # seconds
FOR = 4  # seconds
#: (rule, model, state) of what is pending or firing.
Alerts = Counter[tuple[str, str, str]]


class Evaluator(Protocol):
    """One that evaluates the rules while it runs."""

    @property
    def program(self) -> Program | None:
        """Its process, if it has one of its own."""
        ...

    def evaluations(self) -> float:
        """How many times it has evaluated a rule."""
        ...

    def alerts(self) -> Alerts:
        """What is pending or firing now."""
        ...


class Own:
    """Prometheus's own rule engine; it has no process of its own."""

    program: Program | None = None

    def __init__(self, source: Prometheus) -> None:
        self._source = source

    def evaluations(self) -> float:
        """How many times it has evaluated a rule."""
        return total(self._source.metrics(), "prometheus_rule_evaluations_total")

    def alerts(self) -> Alerts:
        """What is pending or firing now."""
        return _listed(f"{self._source.url}/api/v1/alerts")


class VMAlert:
    """vmalert, which asks the source over HTTP."""

    def __init__(self, program: Program, url: str) -> None:
        self.program = program
        self._url = url

    def evaluations(self) -> float:
        """How many times it has evaluated a rule."""
        return total(fetch(f"{self._url}/metrics"), "vmalert_execution_total")

    def alerts(self) -> Alerts:
        """What is pending or firing now."""
        return _listed(f"{self._url}/api/v1/alerts")


class Tocsin:
    """The operator's engine, which asks the source over HTTP."""

    def __init__(self, program: Program, rules: int) -> None:
        self.program = program
        self._rules = rules

    def evaluations(self) -> float:
        """How many times it has evaluated a rule."""
        return float(self._state()["evaluations"])

    def alerts(self) -> Alerts:
        """What is pending or firing now; each model must have been judged by each rule."""
        state = self._state()
        judged = {verdict: state["judged"].get(verdict, 0) for verdict in ("Met", "NotMet")}
        if sum(judged.values()) != self._rules * MODELS:
            raise BenchError(f"not every model was judged: {state['judged']}")
        return Counter((rule, model, state.lower()) for rule, model, state in state["alerts"])

    def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self.program.say("state"))
        return state


@contextmanager
def own(source: Prometheus, rules: tuple[Rule, ...], folder: Path) -> Iterator[Evaluator]:
    """Prometheus's own rule engine while this lasts."""
    source.use_rules(_rule_file(rules, folder))
    try:
        yield Own(source)
    finally:
        source.use_rules(None)


@contextmanager
def vmalert(source: Prometheus, rules: tuple[Rule, ...], folder: Path) -> Iterator[Evaluator]:
    """vmalert while this lasts; it asks for now, as the others do, not for half a minute ago."""
    program = programs.build(["vmalert"])["vmalert"] / "vmalert"
    port = free_port()
    words: list[str | Path] = [
        program, f"-rule={_rule_file(rules, folder)}", f"-datasource.url={source.url}",
        "-notifier.blackhole", "-rule.evalDelay=0s", f"-httpListenAddr=127.0.0.1:{port}",
        "-loggerLevel=WARN",
    ]  # fmt: skip
    with running(words, folder / "vmalert.log") as child:
        yield VMAlert(child, f"http://127.0.0.1:{port}")


@contextmanager
def tocsin(source: Prometheus, rules: tuple[Rule, ...], folder: Path) -> Iterator[Evaluator]:
    """Tocsin's engine while this lasts."""
    file = folder / "tocsin.json"
    resources = [custom_resource(rule, f"{INTERVAL}s", f"{FOR}s") for rule in rules]
    file.write_text(json.dumps(resources))
    words = python("bench.evaluate.alone", source.url, str(file), str(MODELS))
    with running(words, folder / "tocsin.log") as child:
        yield Tocsin(child, len(rules))


def _rule_file(rules: Iterable[Rule], folder: Path) -> Path:
    file = folder / "rules.yml"
    file.write_text(json.dumps(rule_file(rules, f"{INTERVAL}s", f"{FOR}s")))
    return file


def _listed(url: str) -> Alerts:
    alerts = json.loads(fetch(url))["data"]["alerts"]
    named = [(alert["labels"], alert["state"]) for alert in alerts]
    return Counter((labels["alertname"], labels["model"], state) for labels, state in named)
