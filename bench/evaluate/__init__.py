"""CPU time of evaluating 1,000 models, side by side: Tocsin, vmalert, Prometheus's own engine.

All ask the same Prometheus, one after the other. What it spends on scraping is measured without
any of them, and taken off. At the end of each turn all must have the same alerts.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.errors import BenchError
from bench.evaluate.evaluators import FOR, INTERVAL, MODELS, Alerts, Evaluator, own, tocsin, vmalert
from bench.results import Figures, keep
from bench.rules import Rule, brief, unrelated
from bench.source import Fleet, Prometheus, prometheus

FLEET = Fleet(MODELS, scrape=2)
#: Seconds, of rates and ranges: 20 samples, as 5m have at the usual scrape interval of 15s.
WINDOW = 40
CYCLES = 8
BREACHING = MODELS // 20
#: Cycles that are not counted: the first evaluations, and what `for` takes.
_SETTLING = 3 + FOR // INTERVAL
_IDLE = 20  # seconds

Start = Callable[[Prometheus, tuple[Rule, ...], Path], AbstractContextManager[Evaluator]]
EVALUATORS: Mapping[str, Start] = {"prometheus": own, "vmalert": vmalert, "tocsin": tocsin}
RULESETS = {"unrelated": unrelated(f"{WINDOW}s"), "ruleset": brief(f"{WINDOW}s")}


@dataclass(frozen=True)
class Cost:
    """What one cycle took: CPU seconds, bytes of answers; and the evaluator's memory."""

    own: float
    source: float
    bytes: float
    rss_mib: float

    @property
    def sum(self) -> float:
        """CPU seconds of evaluator and source together."""
        return self.own + self.source


def run() -> Figures:
    """For each ruleset how many times vmalert's sum ours is, the worse of quiet and breaching."""
    costs: dict[str, dict[str, Cost]] = {}
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
        folder = Path(name)
        with prometheus(folder, FLEET) as source:
            for breaching in (0, BREACHING):
                source.breach(breaching, WINDOW)
                idle = _idle(source)
                for ruleset, rules in RULESETS.items():
                    turn = f"{ruleset}, {breaching or 'none'} of {MODELS} breaching"
                    costs[turn] = _turn(source, rules, folder, idle, breaching)
                    _show(turn, costs[turn])
    return _figures(costs)


def _figures(costs: Mapping[str, Mapping[str, Cost]]) -> Figures:
    figures = {}
    for ruleset in RULESETS:
        turns = [by for turn, by in costs.items() if turn.startswith(ruleset)]
        ratios = [by["tocsin"].sum / by["vmalert"].sum for by in turns]
        figures[f"{ruleset}_ratio"] = max(ratios)
    figures["rss_mib"] = max(by["tocsin"].rss_mib for by in costs.values())
    kept = {turn: {who: asdict(c) for who, c in by.items()} for turn, by in costs.items()}
    keep("evaluate", {"figures": figures, "costs": kept})
    return figures


def _turn(
    source: Prometheus, rules: tuple[Rule, ...], folder: Path, idle: float, breaching: int
) -> dict[str, Cost]:
    """The cost of each evaluator, once all have found the same."""
    costs, found = {}, {}
    for name, start in EVALUATORS.items():
        with start(source, rules, folder) as evaluator:
            costs[name], found[name] = _measure(source, evaluator, len(rules), idle)
    _compare(found, len(rules) * breaching)
    return costs


def _measure(
    source: Prometheus, evaluator: Evaluator, rules: int, idle: float
) -> tuple[Cost, Alerts]:
    first = _wait_for(evaluator, rules * _SETTLING, 0)
    program = evaluator.program
    before = (source.program.cpu(), program.cpu() if program else 0.0, source.answered_bytes())
    started = time.monotonic()
    last = _wait_for(evaluator, rules * CYCLES, first)
    seconds = time.monotonic() - started
    after = (source.program.cpu(), program.cpu() if program else 0.0, source.answered_bytes())
    cycles = (last - first) / rules
    spent, own_, sent = (b - a for a, b in zip(before, after, strict=True))
    cost = Cost(
        own=own_ / cycles,
        source=(spent - idle * seconds) / cycles,
        bytes=sent / cycles,
        rss_mib=program.peak_mib() if program else 0.0,
    )
    return cost, evaluator.alerts()


def _wait_for(evaluator: Evaluator, more: int, since: float) -> float:
    """Wait for so many evaluations more than `since`; how many there are then."""
    deadline = time.monotonic() + 60 + 3 * INTERVAL * (CYCLES + _SETTLING)
    while time.monotonic() < deadline:
        try:
            if (done := evaluator.evaluations()) >= since + more:
                return done
        except OSError:
            pass  # it starts
        time.sleep(INTERVAL / 4)
    raise BenchError(f"not {more} evaluations: the machine is too busy")


def _idle(source: Prometheus) -> float:
    """CPU seconds a second of a source that nobody asks."""
    before, started = source.program.cpu(), time.monotonic()
    time.sleep(_IDLE)
    return (source.program.cpu() - before) / (time.monotonic() - started)


def _compare(found: Mapping[str, Alerts], expected: int) -> None:
    """All have the same alerts, series by series, and as many as models breach."""
    reference = found["prometheus"]
    if len(reference) != expected:
        raise BenchError(f"{len(reference)} alerts where {expected} series breach")
    for name, alerts in found.items():
        if alerts != reference:
            other = sorted((alerts - reference) + (reference - alerts))
            raise BenchError(f"{name} and prometheus differ in {len(other)} alerts: {other[:5]}")


def _show(turn: str, costs: Mapping[str, Cost]) -> None:
    sys.stderr.write(f"{turn}: CPU seconds a cycle\n")
    for name, cost in costs.items():
        sys.stderr.write(
            f"  {name:<10} own {cost.own:.3f}  source {cost.source:.3f}  sum {cost.sum:.3f}"
            f"  RSS {cost.rss_mib:.0f} MiB  answers {cost.bytes / 1e6:.2f} MB\n"
        )
