"""From the sample that breaches to the notice of it: Tocsin beside Prometheus and Alertmanager.

Both ask the same Prometheus at the same interval, on the same cluster, in the same run, and tell
the same receiver over a webhook. Every few seconds one more model breaches, and both tell of it.

Most of it is the wait for the next evaluation. Models are scraped at times of the second that
Prometheus chooses; so those breach whose times are spread evenly, and chance favours nobody.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Mapping, Sequence, Set
from typing import Any
from urllib.parse import quote

from bench.errors import BenchError
from bench.latency import objects
from bench.latency.alertmanager import Alertmanager, build
from bench.latency.reckoning import OURS, THEIRS, chosen, latencies, noticed
from bench.manifests import as_list
from bench.quiet import refuse_other_rules
from bench.results import Figures, keep
from e2e.reaching import through_api_server
from e2e.stage import VALUES, install, set_up, source
from e2e.told import Told
from e2e.tools import Tools, wait_for

#: Of so many models those are taken that breach.
MODELS = 150
#: Seconds from one breach to the next; no multiple of the second in which all is looked at.
EVERY = 2.6
#: After so many seconds without its notice, a breach is taken for one that was not told.
_PATIENCE = 15

Json = dict[str, Any]


def run() -> Figures:
    """The latencies of ours in ms, and the ratio of both medians."""
    namespace = f"bench-latency-{os.getpid()}"
    url = f"http://prometheus.{namespace}:{objects.PROMETHEUS_PORT}"
    stage = set_up(sources=[*VALUES["sources"], source(objects.SOURCE, url)])
    tools = stage.tools
    program = build()
    told = Told(through_api_server(tools))
    tools.kubectl("create", "namespace", namespace)
    try:
        refuse_other_rules(tools)
        _prepare(tools, namespace, program)
        warm, counted = chosen(_phases(tools, namespace))
        before = told.last()
        _breach_one_by_one(tools, namespace, [*warm, *counted])
        breached = _breached(tools, namespace, {*warm, *counted})
        notices = noticed(told.journal(after=before), namespace)
    finally:
        install(stage)
        tools.kubectl("delete", "namespace", namespace, "--wait=false")
    return figures(latencies(breached, notices, counted), program.version)


def figures(found: Mapping[str, list[int]], version: str) -> Figures:
    """Both shown, ours as figures."""
    p50 = {who: statistics.median(ms) for who, ms in found.items()}
    p99 = {who: _p99(ms) for who, ms in found.items()}
    for who in found:
        name = f"Prometheus, Alertmanager {version}" if who == THEIRS else "Tocsin"
        _say(
            f"{name}: p50 {p50[who]:.0f} ms, p99 {p99[who]:.0f} ms, least {min(found[who])} ms, "
            f"of {len(found[who])} breaches, each told once"
        )
    shown = {"ratio": p50[OURS] / p50[THEIRS], "p50_ms": p50[OURS], "p99_ms": p99[OURS]}
    keep("latency", {"figures": shown, "alertmanager": version, "ms": {**found}})
    return shown


def _prepare(tools: Tools, namespace: str, program: Alertmanager) -> None:
    _say(f"{MODELS} models, Prometheus, Alertmanager {program.version}")
    tools.apply(namespace, as_list(objects.programs(namespace, program.image, MODELS, EVERY)))
    for name in ("exporter", "alertmanager", "prometheus"):
        args = ("-n", namespace, "--timeout=120s")
        tools.kubectl("rollout", "status", f"deployment/{name}", *args)
    tools.apply(namespace, as_list([*objects.models(MODELS), *objects.told_by_us(namespace)]))
    wait_for("all is quiet", lambda: _is_quiet(tools, namespace), 120)


def _is_quiet(tools: Tools, namespace: str) -> bool:
    time.sleep(1)
    status = tools.get("mlalertrule", objects.RULE, namespace).get("status", {})
    [route] = tools.items("notificationroutes", namespace)
    quiet = status.get("state") == "Inactive" and status.get("workloadCount") == MODELS
    return quiet and bool(route.get("status")) and len(_series(tools, namespace, "")) == MODELS


def _phases(tools: Tools, namespace: str) -> dict[str, float]:
    """At which time of the second each model is scraped, in ms."""
    scraped = _series(tools, namespace, "[5s]")
    return {one["metric"]["deployment"]: one["values"][-1][0] * 1000 % 1000 for one in scraped}


def _breach_one_by_one(tools: Tools, namespace: str, names: Sequence[str]) -> None:
    """Nobody asks anything meanwhile: that would take processor time from both."""
    seconds = (len(names) + 1) * EVERY
    _say(f"one breach every {EVERY:g} s, {seconds:.0f} s in all")
    path = f"begin/{','.join(names)}"
    tools.kubectl("get", "--raw", _behind(namespace, "exporter", objects.EXPORTER_PORT, path))
    time.sleep(seconds + _PATIENCE)


def _breached(tools: Tools, namespace: str, names: Set[str]) -> dict[str, int]:
    """When each of these models breached: the time of its first such sample, in ms since 1970.

    Raises:
        BenchError: others have, or some have not.
    """
    minutes = int((len(names) + 1) * EVERY + _PATIENCE) // 60 + 2
    found = {}
    for series in _series(tools, namespace, f"[{minutes}m]"):
        bad = [float(at) for at, value in series["values"] if float(value) > objects.LIMIT]
        if bad:
            found[str(series["metric"]["deployment"])] = round(bad[0] * 1000)
    if found.keys() != names:
        raise BenchError(f"other models have breached than those that had to: {sorted(found)}")
    return found


def _series(tools: Tools, namespace: str, window: str) -> list[Json]:
    query = f"api/v1/query?query={quote(objects.METRIC + window)}"
    path = _behind(namespace, "prometheus", objects.PROMETHEUS_PORT, query)
    found: list[Json] = json.loads(tools.kubectl("get", "--raw", path).stdout)["data"]["result"]
    return found


def _behind(namespace: str, name: str, port: int, path: str) -> str:
    return f"/api/v1/namespaces/{namespace}/services/{name}:{port}/proxy/{path}"


def _p99(ms: list[int]) -> float:
    return statistics.quantiles(ms, n=100, method="inclusive")[98]


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
