"""Alerts of workloads that go away end with them, and say so."""

from e2e.tools import Tools
from e2e.world import World

from .test_restart import ALWAYS_MET


def test_a_workload_deleted_while_firing_ends_its_alert(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    world.run_model()
    tools.apply(namespace, ALWAYS_MET)
    world.wait_for_state("Firing")
    tools.kubectl("delete", "deployment", "scorer", "-n", namespace)
    status = world.wait_for_state("Unknown")
    assert status["alerts"] == []
    assert status["history"][0]["reason"] == "WorkloadDeleted"
    assert "Deployment scorer was deleted" in world.wait_for_event("AlertResolved")["note"]


def test_a_workload_scaled_to_zero_ends_its_alert(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    world.run_model()
    tools.apply(namespace, ALWAYS_MET)
    world.wait_for_state("Firing")
    tools.kubectl("scale", "deployment", "scorer", "-n", namespace, "--replicas=0")
    world.wait_for_event("AlertResolved", "Deployment")
    status = world.wait_for_state("Inactive")
    assert status["history"][0]["reason"] == "ScaledToZero"


def test_a_rule_deleted_while_firing_is_told_on_the_workload(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    world.run_model()
    tools.apply(namespace, ALWAYS_MET)
    world.wait_for_state("Firing")
    tools.kubectl("delete", "mlar", "high-latency", "-n", namespace)
    note = world.wait_for_event("AlertResolved", "Deployment")["note"]
    assert "the rule was deleted" in note
