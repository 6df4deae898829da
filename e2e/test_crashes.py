"""The operator dies or is away: alerts come late at worst, never wrong."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from e2e.operators import scale
from e2e.stage import MODEL, Stage, install, make_namespace
from e2e.tools import Tools, wait_for
from e2e.world import World

from .test_columns import rule
from .test_restart import ALWAYS_MET

#: Where an operator kills itself, and which time that it comes by there.
POINTS = ("before-status:2", "after-status:2", "before-event:1")


@pytest.fixture
def dying(stage: Stage, namespace: str) -> Iterator[dict[str, str]]:
    """By the point at which it kills itself (kill -9): the namespace of an operator of its own."""
    homes = {point: f"{namespace}-{number}" for number, point in enumerate(POINTS)}
    for point, home in homes.items():
        for name in (home, _operators(home)):
            make_namespace(stage.tools, name)
        _install(stage, home, {"name": "TOCSIN_CRASH_AT", "value": point})
    yield homes
    for home in homes.values():
        stage.tools.helm("uninstall", "crashing", "-n", _operators(home))
        for name in (home, _operators(home)):
            stage.tools.kubectl("delete", "namespace", name, "--wait=false")


def _operators(home: str) -> str:
    """Where the operator of this namespace is installed."""
    return f"{home}-operator"


def _install(stage: Stage, home: str, *env: dict[str, str]) -> None:
    values: dict[str, Any] = {"watchNamespaces": [home], "crds": {"enabled": False}}
    install(stage, "crashing", _operators(home), extraEnv=list(env), **values)


@pytest.mark.usefixtures("alone")
def test_killed_at_a_named_point_it_fires_once_under_the_same_id(
    dying: dict[str, str], stage: Stage
) -> None:
    """All at once, as most of it is waiting."""
    tools = stage.tools
    for home in dying.values():
        tools.apply(home, MODEL)
    for home in dying.values():
        World(tools, home).run_model()
        tools.apply(home, ALWAYS_MET)
    ids: dict[str, set[str]] = {}
    for point, home in dying.items():
        wait_for(f"it dies at {point}", partial(killed, tools, _operators(home)), 60)
        alerts = World(tools, home).status().get("alerts", [])
        ids[point] = {alert["id"] for alert in alerts}

    for home in dying.values():
        _install(stage, home)
    for point, home in dying.items():
        _fires_once(World(tools, home), ids[point])


def _fires_once(world: World, ids: set[str]) -> None:
    """Under an id of `ids`, if there are any: what fired before it was killed."""
    status = world.wait_for_state("Firing")
    [alert] = status["alerts"]
    assert ids <= {alert["id"]}
    assert not status.get("history")
    assert alert["firedAt"] >= alert["activeAt"]
    world.wait_for_event("AlertFiring", "Deployment")
    world.wait_for_event("AlertFiring", "MLAlertRule")
    assert len(world.events("AlertFiring")) == 2
    assert not world.events("AlertResolved")


def test_away_for_longer_than_two_intervals_it_leaves_the_gap_out_and_fires_nothing_at_once(
    tools: Tools, namespace: str
) -> None:
    world = World(tools, namespace)
    tools.apply(namespace, rule("waiting", "low", "vector(0.312)", wait="20s"))
    before = world.wait_for_state("Pending", "waiting")["alerts"][0]
    scale(tools, 0)
    gone = _now(tools)
    wait_for("ten seconds have passed", lambda: (_now(tools) - gone).total_seconds() > 10, 60)
    scale(tools, 2)

    moved = wait_for(
        "activeAt moves",
        lambda: next((a for a in world.status("waiting")["alerts"] if a != before), None),
        60,
    )
    assert (moved["id"], moved["state"]) == (before["id"], "Pending")
    assert (_time(moved["activeAt"]) - _time(before["activeAt"])).total_seconds() >= 10
    fired = world.wait_for_state("Firing", "waiting")["alerts"][0]
    assert (_time(fired["firedAt"]) - _time(fired["activeAt"])).total_seconds() >= 20


def killed(tools: Tools, home: str) -> bool:
    """Whether the container of the crashing operator was ended by SIGKILL."""
    for pod in tools.items("pods", home):
        for container in pod["status"].get("containerStatuses", []):
            for state in (container["lastState"], container["state"]):
                if state.get("terminated", {}).get("exitCode") == 137:
                    return True
    return False


def _now(tools: Tools) -> datetime:
    """The node's time, to a second."""
    return datetime.fromisoformat(
        tools.node("date", "-u", "+%Y-%m-%dT%H:%M:%S+00:00").stdout.strip()
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
