"""A restart of the operator delays, and changes nothing else."""

from e2e.tools import Tools
from e2e.world import LATENCY, World, restart_operator

ALWAYS_MET = LATENCY.replace("above: 200ms", "above: 0.01ms").replace("recoverBelow: 150ms", "")


def test_a_restart_while_firing_changes_nothing_in_status(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    world.run_model()
    tools.apply(namespace, ALWAYS_MET)
    before = world.wait_for_state("Firing")

    restart_operator(tools)

    assert world.status() == before
    assert len(world.events("AlertFiring", "Deployment")) == 1
    assert not world.events("AlertResolved")


def test_a_restart_while_pending_moves_only_active_at_and_only_forward(
    tools: Tools, namespace: str
) -> None:
    world = World(tools, namespace)
    world.run_model()
    tools.apply(namespace, ALWAYS_MET.replace("for: 2s", "for: 1h"))
    before = world.wait_for_state("Pending")

    restart_operator(tools)

    after = world.status()
    was = before["alerts"][0].pop("activeAt")
    moved = after["alerts"][0].pop("activeAt")
    assert moved >= was
    assert after == before
