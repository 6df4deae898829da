"""`tocsin explain` with nothing but a kubeconfig: through the API server to the operator's pod."""

import json
import os
import subprocess
import sys

from e2e.stage import RELEASE, SYSTEM
from e2e.tools import Tools
from e2e.world import World
from tocsin.api.explanation import Explanation, Index

from .test_columns import rule

PAGES = f"/api/v1/namespaces/{SYSTEM}/services/http:{RELEASE}:http/proxy"


def explain(tools: Tools, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, as a user has it who can reach the cluster."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("TOCSIN_")}
    return subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "tocsin", "explain", *arguments],
        env=kept | {"KUBECONFIG": str(tools.cluster.kubeconfig)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_one_command_tells_why_an_alert_fires(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    tools.apply(namespace, rule("why", "high", "vector(0.312)"))
    world.wait_for_state("Firing", "why")
    told = explain(tools, f"{namespace}/why")
    assert told.returncode == 0, told.stderr
    lines = told.stdout.splitlines()
    assert lines[0] == f"{namespace}/why  Firing  high"
    assert lines[1].startswith("Firing since ")
    assert lines[2].startswith("Next: Resolves at the next value of ")
    event = world.wait_for_event("AlertFiring")
    alert = json.loads(event["metadata"]["annotations"]["tocsin.dev/alert"])
    assert alert["explain"] == f"tocsin explain {namespace}/why"
    missing = explain(tools, "wy", "-n", namespace)
    assert (missing.returncode, f"  {namespace}/why" in missing.stderr.splitlines()) == (1, True)


def test_an_operator_that_is_elsewhere_is_told_apart_from_a_rule_that_is_not_there(
    tools: Tools,
) -> None:
    told = explain(tools, "a/b", "--service", f"{SYSTEM}/elsewhere")
    assert told.returncode == 3
    assert "answers 503, which is no explanation: no endpoints available for" in told.stderr
    assert f"  kubectl port-forward -n {SYSTEM} service/elsewhere 8080:http" in told.stderr


def test_the_pages_are_served_by_the_pod_and_lead_on_behind_the_proxy(tools: Tools) -> None:
    page = tools.kubectl("get", "--raw", f"{PAGES}/explain?format=html").stdout
    assert page.startswith("<!doctype html>")
    index = Index.model_validate_json(tools.kubectl("get", "--raw", f"{PAGES}/explain.json").stdout)
    assert index.cluster == "e2e"
    for row in index.rules[:1]:
        link = f"explain.json?rule={row.rule.namespace}/{row.rule.name}"
        answer = tools.kubectl("get", "--raw", f"{PAGES}/{link}").stdout
        assert Explanation.model_validate_json(answer).rule == row.rule
