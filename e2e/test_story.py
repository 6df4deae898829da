"""The main job, on real parts: a bad rollout turns its rule red, and a rollback green again."""

import re

from e2e.tools import Tools
from e2e.world import LATENCY, World


def test_a_slow_rollout_fires_and_its_rollback_resolves(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    world.run_model()
    tools.apply(namespace, LATENCY.replace("for: 2s", "for: 4s"))  # time enough to see it pending
    quiet = world.wait_for_state("Inactive")
    assert quiet["workloadCount"] == 1
    assert quiet["observedGeneration"] == 1

    world.roll_out_slow_version()
    pending = world.wait_for_state("Pending")
    assert pending["pending"] == 1
    firing = world.wait_for_state("Firing")
    [alert] = firing["alerts"]
    assert firing["firing"] == 1
    assert alert["workload"] == {"kind": "Deployment", "namespace": namespace, "name": "scorer"}
    assert alert["threshold"] == "200ms"
    assert re.fullmatch(r"\d+(\.\d+)?ms", alert["valueAtTransition"])
    summary, _, context = firing["message"].partition("; ")
    assert re.fullmatch(r"P99 latency of scorer is \d+(\.\d)?ms \(limit 200ms\)", summary)
    assert context.startswith("v18 ")
    event = world.wait_for_event("AlertFiring", "Deployment")
    assert event["note"] == firing["message"]
    assert event["type"] == "Warning"
    assert world.wait_for_event("AlertFiring", "MLAlertRule")["related"]["name"] == "scorer"

    world.roll_back()
    resolved = world.wait_for_state("Inactive")
    assert resolved["firing"] == 0
    assert not resolved["alerts"]
    [ended] = resolved["history"]
    assert ended["id"] == alert["id"]
    assert ended["reason"] == "Recovered"
    note = world.wait_for_event("AlertResolved", "Deployment")["note"]
    assert re.match(r"Resolved after \d+s: P99 latency of scorer is ", note)
    described = tools.kubectl("describe", "deployment", "scorer", "-n", namespace).stdout
    assert "AlertFiring" in described
    assert "AlertResolved" in described
