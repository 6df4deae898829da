"""What the operator asks of the API server while nothing changes: 100 cycles of 20 rules.

Two replicas, routes and silences are there, and nobody is told of anything.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

from bench import telling
from bench.errors import BenchError
from bench.manifests import BENCH, as_list, deployment, python_pod
from bench.results import Figures, keep
from bench.rules import custom_resource, unrelated
from e2e.stage import RELEASE, SYSTEM, set_up
from e2e.tools import Tools, wait_for
from e2e.world import metric

MODELS = 100
CYCLES = 100
WARM_UP = 20  # cycles
#: The operator's own rule over its sources.
_OWN = 1
AUDIT_LOG = "/var/log/kubernetes/audit.log"
USER = f"system:serviceaccount:{SYSTEM}:{RELEASE}"

Json = dict[str, Any]


def run() -> Figures:
    """Writes and reads of `CYCLES` quiet cycles; what keeps Lease and watches alive is apart."""
    tools = set_up().tools
    if not tools.cluster.node:
        raise BenchError("the audit log is read on the node: unset CLUSTER, for a cluster of ours")
    namespace = f"bench-quiet-{os.getpid()}"
    tools.kubectl("create", "namespace", namespace)
    began = _size_of_log(tools)
    try:
        rules = _prepare(tools, namespace)
        _check_log(tools, began, rules)
        _let_cycles_pass(tools, rules, WARM_UP)
        start, started = _size_of_log(tools), time.monotonic()
        evaluations = _let_cycles_pass(tools, rules, CYCLES)
        seconds = time.monotonic() - started
        requests = _requests(tools, start)
    finally:
        tools.kubectl("delete", "namespace", namespace, "--wait=false")
    counted = count(requests)
    figures = {**counted, "cycles": evaluations / rules, "seconds": seconds}
    keep("quiet", {"figures": figures, "requests": _by_name(requests)})
    return figures


def _prepare(tools: Tools, namespace: str) -> int:
    """Models, exporter and rules, until every rule is quiet; how many rules there are."""
    refuse_other_rules(tools)
    _say(f"{MODELS} Deployments of pause pods")
    pause = _pause_image(tools)
    tools.apply(namespace, as_list(_exporter()))
    tools.apply(namespace, as_list(_model(number, pause) for number in range(MODELS)))
    wait_for("all pods run", lambda: _all_available(tools, namespace), 400)
    rules = unrelated("10s")
    _say(f"{len(rules)} rules at an interval of 1 s")
    tools.apply(namespace, as_list(custom_resource(r, "1s", "2s", namespace) for r in rules))
    wait_for("all rules are quiet", lambda: _all_quiet(tools, namespace, len(rules)), 120)
    _say(f"{telling.ROUTES} routes and {telling.SILENCES} silences")
    tools.apply(namespace, as_list([*telling.routes(), *telling.silences()]))
    wait_for("routes and silences have a status", lambda: _settled(tools, namespace), 120)
    return len(rules)


def refuse_other_rules(tools: Tools) -> None:
    """A cluster that does other work is not measured.

    Raises:
        BenchError: rules are there that somebody else has made.
    """
    others = metric(tools, "tocsin_rules") - _OWN
    if others > 0:
        raise BenchError(f"{others:.0f} other rules are in the cluster: `make down` first")


def _all_available(tools: Tools, namespace: str) -> bool:
    time.sleep(2)
    found = tools.items("deployments", namespace)
    return len(found) > MODELS and all(d["status"].get("availableReplicas") for d in found)


def _all_quiet(tools: Tools, namespace: str, rules: int) -> bool:
    time.sleep(2)
    found = [rule.get("status", {}) for rule in tools.items("mlalertrules", namespace)]
    quiet = [s for s in found if s.get("state") == "Inactive" and s["workloadCount"] == MODELS]
    return len(quiet) == rules


def _settled(tools: Tools, namespace: str) -> bool:
    time.sleep(2)
    kinds = ("notificationroutes", "alertsilences")
    return telling.settled([one for kind in kinds for one in tools.items(kind, namespace)])


def _let_cycles_pass(tools: Tools, rules: int, cycles: int) -> int:
    """Wait until the rules were evaluated so many times each; how many evaluations there were."""
    _say(f"{cycles} cycles")
    name = "tocsin_evaluations_total"
    before = metric(tools, name)
    deadline = time.monotonic() + 60 + 3 * cycles
    while (done := metric(tools, name) - before) < rules * cycles:
        if time.monotonic() > deadline:
            raise BenchError(f"{done:.0f} evaluations, not {rules * cycles}: the machine is busy")
        time.sleep(2)
    return int(done)


def _check_log(tools: Tools, start: int, rules: int) -> None:
    """What is not logged would count as not asked: the first status of each rule must be there."""
    written = [e for e in _requests(tools, start) if e["verb"] == "patch"]
    if len(written) < rules:
        raise BenchError(f"the audit log has {len(written)} writes of the operator, not {rules}")


def _size_of_log(tools: Tools) -> int:
    return int(tools.node("stat", "--format=%s", AUDIT_LOG).stdout)


def _requests(tools: Tools, start: int) -> list[Json]:
    """What the operator has asked since the log was `start` bytes long."""
    text = tools.node("tail", f"--bytes=+{start + 1}", AUDIT_LOG).stdout
    entries: list[Json] = [json.loads(line) for line in text.splitlines()]
    return [entry for entry in entries if entry["user"]["username"] == USER]


def count(requests: Iterable[Json]) -> dict[str, int]:
    """Requests by what they are; a watch counts when it begins, anything else when it is over."""
    kinds = {"writes": 0, "reads": 0, "lease": 0, "watches": 0}
    for entry in requests:
        starts = entry["stage"] == "ResponseStarted"
        if entry["verb"] == "watch":
            kinds["watches"] += starts
        elif not starts:
            kinds[_kind(entry)] += 1
    return kinds


def _kind(entry: Json) -> str:
    if (entry.get("objectRef") or {}).get("resource") == "leases":
        return "lease"
    return "reads" if entry["verb"] in ("get", "list") else "writes"


def _by_name(requests: Iterable[Json]) -> dict[str, int]:
    """How often each thing was asked: "patch mlalertrules ResponseComplete"."""
    names = []
    for entry in requests:
        ref = entry.get("objectRef") or {}
        what = ref.get("resource") or entry["requestURI"]
        names.append(f"{entry['verb']} {what} {entry['stage']}")
    return dict(Counter(names))


def _pause_image(tools: Tools) -> str:
    """The image of pods' sandboxes, which every node has."""
    listed = tools.node("ctr", "--namespace", "k8s.io", "images", "ls", "-q").stdout.split()
    return next(name for name in listed if "/pause:" in name)


def _model(number: int, image: str) -> Json:
    name = f"model-{number}"
    container = {"name": "pause", "image": image, "imagePullPolicy": "IfNotPresent"}
    return deployment(name, {"tocsin.dev/model": name}, {}, {"containers": [container]})


def _exporter() -> list[Json]:
    code, pod = python_pod(BENCH / "exporter.py", f"--models={MODELS}")
    annotations = {"prometheus.io/scrape": "true", "prometheus.io/port": "8080"}
    return [code, deployment("exporter", {}, annotations, pod)]


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
