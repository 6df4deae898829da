"""What the operator takes with 100, 1,000 and 10,000 models: CPU, memory, queries, requests.

The API server is a real one, and so are the objects; kwok plays the nodes. The operator runs beside
the cluster, and so does the Prometheus that it asks.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError
from bench.exporter import NAMESPACE
from bench.programs import Program, fetch, python, running, total
from bench.results import Figures, keep
from bench.rules import custom_resource, unrelated
from bench.scale.objects import make_models, make_nodes
from bench.source import Fleet, Prometheus, prometheus
from e2e.cluster import down, programs, up
from e2e.tools import ROOT, Tools, wait_for

SIZES = (100, 1_000, 10_000)
INTERVAL = 15  # seconds, of scrapes as well
CYCLES = 4
RULES = unrelated("1m")
_MANIFEST = "/etc/kubernetes/manifests/kube-controller-manager.yaml"
_SETTLING = 3  # cycles that are not counted


@dataclass(frozen=True)
class Cost:
    """What one cycle of all rules takes of operator and source, in CPU seconds and in numbers."""

    cpu: float
    source_cpu: float
    queries: float
    requests: float
    rss_mib: float
    peak_mib: float


def run() -> Figures:
    """The cost at each size, and how much steeper than linear CPU and memory grow at the end."""
    tools = Tools(up())
    if not tools.cluster.node:
        raise BenchError("the cluster is filled and deleted: unset CLUSTER, for one of ours")
    costs: dict[int, Cost] = {}
    try:
        with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
            folder = Path(name)
            _prepare(tools)
            with _kwok(tools, folder):
                made = 0
                for size in SIZES:
                    _make(tools, range(made, size))
                    made = size
                    costs[size] = _measure(tools, folder, size)
                    sys.stderr.write(f"{size} models: {costs[size]}\n")
    finally:
        down()  # it takes less time to make a new one than to empty this
    return _figures(costs)


def _figures(costs: dict[int, Cost]) -> Figures:
    figures: dict[str, float] = {}
    for size, cost in costs.items():
        shown = {"cpu": cost.cpu, "rss_mib": cost.rss_mib, "queries": cost.queries,
                 "requests": cost.requests}  # fmt: skip
        figures |= {f"{key}_{size}": value for key, value in shown.items()}
    *_, before, last = SIZES
    figures["cpu_slope"] = costs[last].cpu / costs[before].cpu / (last / before)
    kept = {size: vars(cost) for size, cost in costs.items()}
    keep("scale", {"figures": figures, "costs": kept})
    return figures


def _prepare(tools: Tools) -> None:
    """Rules, nodes and an empty namespace; the controllers and an operator in the cluster rest."""
    tools.kubectl("apply", "--server-side", "-f", str(ROOT / "crds"))
    tools.kubectl("create", "namespace", NAMESPACE)
    tools.kubectl("scale", "deployment/tocsin", "-n", "tocsin-system", "--replicas=0", check=False)
    wait_for("a service account", lambda: tools.items("serviceaccounts", NAMESPACE))
    tools.node("mv", _MANIFEST, "/root/")
    wait_for("the controller manager rests", lambda: _rests(tools))
    asyncio.run(make_nodes(tools.cluster.kubeconfig))
    resources = [custom_resource(rule, f"{INTERVAL}s", "1m") for rule in RULES]
    listed = {"apiVersion": "v1", "kind": "List", "items": resources}
    wait_for("the kind is served", lambda: tools.kubectl("get", "mlar").returncode == 0)
    tools.apply(NAMESPACE, json.dumps(listed))


def _rests(tools: Tools) -> bool:
    return tools.node("pgrep", "-f", "kube-controller-manage[r] ", check=False).returncode == 1


@contextmanager
def _kwok(tools: Tools, folder: Path) -> Iterator[None]:
    program = programs.build(["kwok"])["kwok"] / "kwok"
    words: list[str | Path] = [
        program, f"--kubeconfig={tools.cluster.kubeconfig}",
        f"--config={ROOT / 'bench' / 'scale' / 'stages.yaml'}",
        "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake",
    ]  # fmt: skip
    with running(words, folder / "kwok.log"):
        yield


def _make(tools: Tools, numbers: range) -> None:
    started = time.monotonic()
    asyncio.run(make_models(tools.cluster.kubeconfig, numbers))
    pending = ["pods", "-n", NAMESPACE, "--field-selector", "status.phase!=Running", "-o", "name"]
    wait_for("all pods run", lambda: not tools.kubectl("get", *pending).stdout, 600)
    sys.stderr.write(f"{len(numbers)} models made in {time.monotonic() - started:.0f} s\n")


def _measure(tools: Tools, folder: Path, size: int) -> Cost:
    with (
        tempfile.TemporaryDirectory(dir=folder) as name,
        prometheus(Path(name), Fleet(size, INTERVAL)) as source,
        _operator(tools, Path(name), source.url) as (operator, url),
    ):
        _evaluated(url, 0, _SETTLING)
        before, started = _reading(operator, source, url), time.monotonic()
        done = _evaluated(url, before["evaluations"], CYCLES)
        after, seconds = _reading(operator, source, url), time.monotonic() - started
        cycles = done / len(RULES)
        if seconds > 2 * CYCLES * INTERVAL:
            raise BenchError(f"{cycles:g} cycles took {seconds:.0f} s: the machine is too busy")
        _check(tools, size)
        spent = {key: (after[key] - before[key]) / cycles for key in before}
        return Cost(
            cpu=spent["cpu"],
            source_cpu=spent["source_cpu"],
            queries=spent["queries"],
            requests=spent["requests"],
            rss_mib=operator.rss_mib(),
            peak_mib=operator.peak_mib(),
        )


def _reading(operator: Program, source: Prometheus, url: str) -> dict[str, float]:
    page = fetch(f"{url}/metrics")
    return {
        "cpu": operator.cpu(),
        "source_cpu": source.program.cpu(),
        "evaluations": total(page, "tocsin_evaluations_total"),
        "queries": total(page, "tocsin_source_answers_total"),
        "requests": total(page, "tocsin_api_requests_total"),
    }


def _evaluated(url: str, since: float, cycles: int) -> float:
    """Wait for so many more evaluations of all rules; how many there were."""
    deadline = time.monotonic() + 120 + 3 * INTERVAL * cycles
    while time.monotonic() < deadline:
        done = total(fetch(f"{url}/metrics"), "tocsin_evaluations_total") - since
        if done >= cycles * len(RULES):
            return done
        time.sleep(0.5)
    raise BenchError(f"not {cycles} cycles in time: the machine is too busy")


def _check(tools: Tools, size: int) -> None:
    """Every rule has judged every model."""
    for rule in tools.items("mlalertrules", NAMESPACE):
        status = rule.get("status", {})
        if (status.get("state"), status.get("workloadCount")) != ("Inactive", size):
            raise BenchError(f"{rule['metadata']['name']} has not judged all models: {status}")


@contextmanager
def _operator(tools: Tools, folder: Path, source: str) -> Iterator[tuple[Program, str]]:
    """The operator with a kubeconfig, and the address of its pages, once it is ready."""
    config = {
        "clusterName": "bench",
        "sources": [{"name": "default", "prometheus": {"url": source}}],
        "web": {"port": 0},
    }
    (folder / "config.yaml").write_text(json.dumps(config))
    words = python("tocsin", "run", "--config", str(folder / "config.yaml"))
    log = folder / "operator.log"
    with running(words, log, KUBECONFIG=str(tools.cluster.kubeconfig)) as operator:
        url = wait_for("the operator listens", lambda: _address(log), 30)
        wait_for("the operator is ready", lambda: _is_ready(url), 300)
        yield operator, url


def _address(log: Path) -> str | None:
    for entry in map(json.loads, log.read_text().splitlines()):
        if entry.get("message") == "listening":
            return f"http://{entry['host']}:{entry['port']}"
    return None


def _is_ready(url: str) -> bool:
    try:
        return bool(fetch(f"{url}/readyz"))
    except OSError:
        return False
