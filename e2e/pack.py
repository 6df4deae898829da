"""Eleven models of one namespace, each with its traffic; ten of them break, each its own way."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from e2e.stage import make_namespace
from e2e.tools import ROOT, Tools, wait_for

CHART = ROOT / "charts" / "tocsin-rules"
#: Where the tests have it.
NAMESPACE = "e2e-pack"
HEALTHY = "healthy"
#: What `curl localhost:8080/faults -d …` does; the image has no curl.
_SWITCH = """
import sys, urllib.request
urllib.request.urlopen("http://127.0.0.1:8080/faults", sys.argv[1].encode(), timeout=10)
"""
_RATE = 15  # requests a second: 300 in a window, of which 200 are the least for a drift


@dataclass(frozen=True)
class Case:
    """A rule of the pack, the fault that it is for, and which faults it may see besides.

    `switch` is a fault of the running server; `rollout` sets variables of a container.
    """

    rule: str
    model: str
    switch: Mapping[str, str] = field(default_factory=dict)
    rollout: tuple[str, ...] = ()
    besides: frozenset[str] = frozenset()


CASES = (
    # A restarted pod begins with no scores of its own, so that the first few may differ.
    Case("model-server-down", "down", rollout=("-c", "server", "FAULT=crash")),
    Case("high-error-rate", "errors", {"FAULT": "errors"}),
    Case("high-latency-p99", "slow", {"FAULT": "slow", "FAULT_LATENCY": "2s"}),
    Case("accuracy-drop", "wrong", {"FAULT": "labels"}, besides=frozenset({"biased", "drifted"})),
    Case("data-drift-significant", "drifted", {"FAULT": "drift", "FAULT_FACTOR": "5"}),
    Case(
        "prediction-distribution-shift",
        "biased",
        {"FAULT": "bias"},
        besides=frozenset({"unsure", "drifted"}),
    ),
    Case("low-confidence-surge", "unsure", {"FAULT": "unsure"}),
    Case("feature-store-slow", "starved", {"FAULT": "slow-features", "FAULT_LATENCY": "600ms"}),
    Case(
        "low-throughput",
        "quiet",
        rollout=("-c", "traffic", "RATE=2"),
        besides=frozenset({"down", "slow", "errors", "starved"}),
    ),
    Case("gpu-underutilized", "idle", {"FAULT": "idle-gpu"}),
)

#: Everything as fast as the test's Prometheus allows; limits that no chance crosses in minutes.
VALUES = {
    "window": "20s",
    "driftWindow": "20s",
    "driftBaseline": "1m",
    "rules": {
        "modelServerDown": {"for": "6s"},
        "highErrorRate": {"for": "6s", "above": "5%"},
        "highLatencyP99": {"for": "6s", "above": "1s"},
        "accuracyDrop": {"for": "4s", "over": "1m", "labelCoverage": "1%"},
        "dataDriftSignificant": {"for": "4s", "threshold": "0.6"},
        "predictionDistributionShift": {"for": "4s", "significance": "0.00001"},
        "lowConfidenceSurge": {"for": "6s"},
        "featureStoreSlow": {"for": "6s", "above": "250ms"},
        "lowThroughput": {"for": "6s", "over": "1m"},
        "gpuUnderutilized": {"for": "6s"},
    },
}


class Pack:
    """The models, and the rules of the chart over them."""

    def __init__(self, tools: Tools, namespace: str) -> None:
        self.tools = tools
        self.namespace = namespace

    def begin(self, cases: Sequence[Case] = CASES) -> None:
        """Start the models of `cases` and a healthy one, none of them broken; install the chart."""
        make_namespace(self.tools, self.namespace)
        self.tools.kubectl("delete", "deployment", "--all", "-n", self.namespace)  # of former runs
        self.tools.apply(self.namespace, "---\n".join(map(deployment, _models(cases))))
        rules = {name: {**rule, "interval": "2s"} for name, rule in VALUES["rules"].items()}  # type: ignore[attr-defined]  # JSON
        values = json.dumps({**VALUES, "rules": rules})
        self.tools.helm(
            "upgrade", "--install", "rules", str(CHART), "-n", self.namespace,
            "--set-json", f"{values}",
        )  # fmt: skip

    def wait_until_there(self, cases: Sequence[Case] = CASES) -> None:
        """Wait until the models serve."""
        where = ("-n", self.namespace, "--timeout=120s")
        for name in _models(cases):
            self.tools.kubectl("rollout", "status", f"deployment/{name}", *where)

    def break_(self, case: Case) -> None:
        """Let the fault of `case` happen to its model."""
        if case.rollout:
            where = ("-n", self.namespace, f"deployment/{case.model}")
            self.tools.kubectl("set", "env", *where, *case.rollout)
        else:
            switch_fault(self.tools, self.namespace, case.model, case.switch)

    def states(self) -> dict[str, str]:
        """The state of each rule."""
        rules = self.tools.items("mlar", self.namespace)
        return {one["metadata"]["name"]: one.get("status", {}).get("state", "") for one in rules}

    def firing(self) -> dict[str, dict[str, dict[str, object]]]:
        """What each rule fires for, by model."""
        return {
            rule["metadata"]["name"]: {
                alert["workload"]["name"]: alert
                for alert in rule.get("status", {}).get("alerts", ())
                if alert["state"] == "Firing"
            }
            for rule in self.tools.items("mlar", self.namespace)
        }

    def wait_until_quiet(self, seconds: float) -> None:
        """Wait until every rule knows every model, and none fires."""
        wait_for(
            "every rule is Inactive",
            lambda: set(self.states().values()) == {"Inactive"},
            seconds,
        )


def _models(cases: Sequence[Case]) -> list[str]:
    return [HEALTHY, *(case.model for case in cases)]


def switch_fault(tools: Tools, namespace: str, model: str, fault: Mapping[str, str]) -> None:
    """Let another fault happen to a model that runs."""
    code = ("python", "-c", _SWITCH, json.dumps(fault))
    tools.kubectl("exec", "-n", namespace, f"deployment/{model}", "-c", "server", "--", *code)


def deployment(name: str) -> str:
    """A model with its own traffic beside it, in one pod."""
    security = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    common = {
        "image": "tocsin/model-server:dev",
        "imagePullPolicy": "IfNotPresent",
        "securityContext": security,
        "resources": {"requests": {"cpu": "10m", "memory": "48Mi"}, "limits": {"memory": "128Mi"}},
    }
    server = {
        **common,
        "name": "server",
        "ports": [{"containerPort": 8080}],
        "env": [{"name": "PLAYED_GPU", "value": "1"}],
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 1},
    }
    traffic = {
        **common,
        "name": "traffic",
        "command": ["python", "-m", "scorer.traffic"],
        "env": [{"name": "RATE", "value": str(_RATE)}],
    }
    labels = {"app": name, "tocsin.dev/model": name}
    annotations = {"prometheus.io/scrape": "true", "prometheus.io/port": "8080"}
    pod = {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 2,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [server, traffic],
    }
    return (
        json.dumps(
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": name, "labels": labels},
                "spec": {
                    "strategy": {"type": "Recreate"},
                    "selector": {"matchLabels": {"app": name}},
                    "template": {
                        "metadata": {"labels": labels, "annotations": annotations},
                        "spec": pod,
                    },
                },
            }
        )
        + "\n"
    )
