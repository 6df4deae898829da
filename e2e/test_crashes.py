"""The operator dies, is away, or loses the API server: alerts come late at worst, never wrong."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from e2e.operators import leader, pods, scale
from e2e.stage import Stage, install, make_namespace
from e2e.tools import Tools, wait_for
from e2e.world import World, metric

from .test_columns import rule
from .test_restart import ALWAYS_MET

#: For how long the API server answers nobody, in seconds.
STOPPED_FOR = 60


@pytest.fixture(params=["before-status:2", "after-status:2", "before-event:1"])
def dies_at(request: pytest.FixtureRequest, stage: Stage, namespace: str) -> Iterator[str]:
    """An operator for the test's namespace that kills itself (kill -9) at a named point."""
    make_namespace(stage.tools, _home(namespace))
    _install(stage, namespace, {"name": "TOCSIN_CRASH_AT", "value": request.param})
    yield request.param
    stage.tools.helm("uninstall", "crashing", "-n", _home(namespace))
    stage.tools.kubectl("delete", "namespace", _home(namespace), "--wait=false")


def _home(namespace: str) -> str:
    """Where the operator that dies is installed."""
    return f"{namespace}-operator"


def _install(stage: Stage, namespace: str, *env: dict[str, str]) -> None:
    values: dict[str, Any] = {"watchNamespaces": [namespace], "crds": {"enabled": False}}
    install(stage, "crashing", _home(namespace), extraEnv=list(env), **values)


@pytest.mark.usefixtures("alone")
def test_killed_at_a_named_point_it_fires_once_under_the_same_id(
    dies_at: str, stage: Stage, namespace: str
) -> None:
    tools, world = stage.tools, World(stage.tools, namespace)
    world.run_model()
    tools.apply(namespace, ALWAYS_MET)
    wait_for(f"it dies at {dies_at}", partial(killed, tools, _home(namespace)), 60)
    ids = {alert["id"] for alert in world.status().get("alerts", [])}

    _install(stage, namespace)
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
    tools.apply(namespace, rule("waiting", "low", "vector(0.312)", wait="30s"))
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
    assert (_time(fired["firedAt"]) - _time(fired["activeAt"])).total_seconds() >= 30


def test_without_the_api_server_for_a_minute_it_lives_on_and_evaluates(
    tools: Tools, namespace: str
) -> None:
    world = World(tools, namespace)
    tools.apply(namespace, rule("lasting", "low", "vector(0.312)"))
    before = world.wait_for_state("Firing", "lasting")
    led, before_pods = leader(tools), _restarts(tools)
    evaluations = metric(tools, "tocsin_evaluations_total")

    tools.node("sh", "-c", f"pkill -STOP -f ^kube-apiserver; sleep {STOPPED_FOR}; "
               "pkill -CONT -f ^kube-apiserver")  # fmt: skip

    wait_for("the API server answers", lambda: tools.kubectl("get", "ns").stdout, 60)
    assert metric(tools, "tocsin_evaluations_total") >= evaluations + STOPPED_FOR / 2
    assert _restarts(tools) == before_pods
    assert leader(tools) == led, "nobody could renew, and its holder keeps it"
    assert world.status("lasting") == before
    tools.apply(namespace, rule("later", "low", "vector(0.312)"))
    world.wait_for_state("Firing", "later")


def killed(tools: Tools, home: str) -> bool:
    """Whether the container of the crashing operator was ended by SIGKILL."""
    for pod in tools.items("pods", home):
        for container in pod["status"].get("containerStatuses", []):
            for state in (container["lastState"], container["state"]):
                if state.get("terminated", {}).get("exitCode") == 137:
                    return True
    return False


def _restarts(tools: Tools) -> dict[str, int]:
    """How often each pod's container was started again."""
    found = {
        pod["metadata"]["uid"]: pod["status"]["containerStatuses"][0]["restartCount"]
        for pod in pods(tools)
    }
    assert len(found) == 2
    return found


def _now(tools: Tools) -> datetime:
    """The node's time, to a second."""
    return datetime.fromisoformat(
        tools.node("date", "-u", "+%Y-%m-%dT%H:%M:%S+00:00").stdout.strip()
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
