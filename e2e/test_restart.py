"""A restart of the operator delays, and changes nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

from e2e.operators import scale
from e2e.stage import RELEASE, SYSTEM
from e2e.tools import Tools
from e2e.world import LATENCY, World, restart_operator

from .test_columns import rule

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


def test_the_time_in_which_no_operator_lived_is_left_out_and_nothing_fires_at_once(
    tools: Tools, namespace: str
) -> None:
    world = World(tools, namespace)
    tools.apply(namespace, rule("slow", "low", "vector(1)", wait="20s"))
    was = _active_at(world.wait_for_state("Pending", "slow"))
    scale(tools, 0)
    lived_until = _time(tools.get("lease", RELEASE, SYSTEM)["spec"]["renewTime"])
    scale(tools, 2)

    [alert] = world.wait_for_state("Firing", "slow", 60)["alerts"]

    back_at = _time(tools.get("lease", RELEASE, SYSTEM)["spec"]["acquireTime"])
    gap, moved = back_at - max(lived_until, was), _time(alert["activeAt"]) - was
    print(
        f"\ndown for {gap.total_seconds():.1f} s; activeAt moved by {moved.total_seconds():.1f} s"
    )
    assert timedelta(seconds=2) < gap <= moved < datetime.now(UTC) - lived_until
    assert _time(alert["firedAt"]) - _time(alert["activeAt"]) >= timedelta(seconds=20)


def _active_at(status: dict[str, Any]) -> datetime:
    return _time(status["alerts"][0]["activeAt"])


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
