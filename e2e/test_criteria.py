"""Criteria and sources that the ten rules leave out: each fires where it should, and only there."""

import json
import time
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import pytest

from e2e.stage import PROMETHEUS_URL, make_namespace
from e2e.tools import Tools
from e2e.world import World

_NAMESPACE: Final = "e2e-criteria"
#: A Deployment whose pod finds no node.
_STUCK: Final = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: stuck, labels: {tocsin.dev/model: stuck}}
spec:
  selector: {matchLabels: {app: stuck}}
  template:
    metadata: {labels: {app: stuck}}
    spec:
      nodeSelector: {tocsin.dev/none: such}
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      containers:
      - name: server
        image: tocsin/model-server:dev
        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
"""


class Case(NamedTuple):
    """Two rules that differ by what they ask or by their limit, about `workloads` if about any.

    The first fires, about the workload `of`.
    """

    name: str
    fires: dict[str, Any]
    quiet: dict[str, Any]
    workloads: dict[str, Any] | None = None
    of: str = ""


def _threshold(metric: dict[str, Any], above: Any) -> dict[str, Any]:
    return {"threshold": {"metric": metric, "above": above}}


def _prometheus(query: str) -> dict[str, Any]:
    return {"prometheus": {"query": query}}


def cases(at: float) -> list[Case]:
    """All of them; what is compared with a past jumps from 10 to 100 at the time `at`."""
    jumps = _prometheus(f"vector(10) + 90 * (vector(time()) > bool {at:.0f})")
    stays = _prometheus("vector(10)")
    stuck = {"kubernetes": {"name": "UnavailableReplicas"}}
    page = {"pods": {"port": "http", "series": "ml_predictions_total", "as": "Rate"}}
    scorer = {"selector": {"matchLabels": {"app": "scorer"}}}
    document = {
        "url": f"{PROMETHEUS_URL}/api/v1/query?query=vector(7)",
        "items": "data.result",
        "value": "value[1]",
    }
    usual = {"window": "10m", "endingBefore": "10s"}
    return [
        Case("kubernetes", _threshold(stuck, 0), _threshold(stuck, 1), {}, "stuck"),
        Case("pods", _threshold(page, 0), _threshold(page, 100_000), scorer, "scorer"),
        Case("http", _threshold({"http": document}, 5), _threshold({"http": document}, 9)),
        Case(
            "promql",
            {"promql": {"query": "vector(0.3) > 0.2"}},
            {"promql": {"query": "vector(0.1) > 0.2"}},
        ),
        Case(
            "rate-of-change",
            {"rateOfChange": {"metric": jumps, "over": "5m", "increasesBy": "50%"}},
            {"rateOfChange": {"metric": stays, "over": "5m", "increasesBy": "50%"}},
        ),
        Case(
            "anomaly",
            {"anomaly": {"metric": jumps, "baseline": usual}},
            {"anomaly": {"metric": stays, "baseline": usual}},
        ),
    ]


def _rule(name: str, criterion: dict[str, Any], workloads: dict[str, Any] | None) -> dict[str, Any]:
    spec: dict[str, Any] = {"severity": "low", "interval": "1s", "criterion": criterion}
    if workloads is not None:
        spec["workloads"] = workloads
    kind = {"apiVersion": "tocsin.dev/v1alpha1", "kind": "MLAlertRule"}
    return {**kind, "metadata": {"name": name}, "spec": spec}


@pytest.fixture(scope="module")
def world(tools: Tools) -> Iterator[World]:
    """A model with its traffic, one that is stuck, and the rules of all cases."""
    make_namespace(tools, _NAMESPACE)
    it = World(tools, _NAMESPACE)
    try:
        tools.apply(_NAMESPACE, _STUCK)
        it.run_model()
        rules = [
            _rule(f"{case.name}-{kind}", criterion, case.workloads)
            for case in cases(time.time() + 20)
            for kind, criterion in (("fires", case.fires), ("quiet", case.quiet))
        ]
        tools.apply(_NAMESPACE, json.dumps({"apiVersion": "v1", "kind": "List", "items": rules}))
        yield it
    finally:
        tools.kubectl("delete", "namespace", _NAMESPACE, "--wait=false")


@pytest.mark.parametrize("name", [case.name for case in cases(0)])
def test_it_fires_where_it_should_and_is_quiet_where_it_should_not(world: World, name: str) -> None:
    [alert] = world.wait_for_state("Firing", f"{name}-fires", 120)["alerts"]
    of = next(case.of for case in cases(0) if case.name == name)
    assert alert.get("workload", {}).get("name", "") == of
    world.wait_for_state("Inactive", f"{name}-quiet")


def test_one_that_compares_with_the_past_did_not_fire_before_the_jump(world: World) -> None:
    for name in ("rate-of-change", "anomaly"):
        [alert] = world.wait_for_state("Firing", f"{name}-fires", 120)["alerts"]
        assert float(alert["valueAtTransition"]) == pytest.approx(100)
        assert float(alert["baseline"]) == pytest.approx(10)
