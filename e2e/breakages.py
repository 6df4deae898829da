"""What breaks in the demonstration while an alert fires: the source, the operator, the model.

Each time status and `tocsin explain` say why the alert is in its state.
"""

import subprocess
import sys
from collections.abc import Callable

from e2e.operators import is_back, restarts, signalled, the_pod
from e2e.stage import MONITORING
from e2e.tools import wait_for
from e2e.world import Json, World, wait_for_evaluations

#: The first lines of an explanation: what it is, why, and what comes next.
_LINES = 6

Say = Callable[[str], None]


def kill_prometheus(world: World, say: Say) -> None:
    """Without its source an alert is held, and goes on when the source is back."""
    before = _alert(world)
    say("Prometheus is killed. Nobody knows now whether the model is still slow.")
    world.tools.kubectl("delete", "pod", "-n", MONITORING, "-l", "app=prometheus", "--wait=false")
    wait_for("the source is unreachable", lambda: _reachable(world) == "False")
    show(world, say, "The alert is held, and says since when nobody looks:")
    wait_for("the source answers", lambda: _reachable(world) == "True", 120)
    wait_for("the alert is observed again", lambda: _alert(world) == before, 120)
    say("Prometheus is back. It is the same alert, with the same times; nobody was told twice.")


def kill_operator(world: World, say: Say) -> None:
    """What was known comes back from status."""
    before = _alert(world)
    pod = the_pod(world.tools)
    name, earlier = pod["metadata"]["name"], restarts(pod)
    say("The operator that leads is killed (kill -9). Its container starts again.")
    signalled(world.tools, name, "KILL")
    wait_for("its container is back", lambda: is_back(world.tools, name, earlier), 120)
    wait_for_evaluations(world.tools, more=3)
    if _alert(world) != before:
        raise AssertionError(f"the alert has changed: {before} became {_alert(world)}")
    show(world, say, "Its successor goes on with the alert where the former had left it:")


def delete_model(world: World, say: Say) -> None:
    """What is gone does not alert."""
    say("The Deployment is deleted while it alerts.")
    world.tools.kubectl("delete", "deployment", "scorer", "-n", world.namespace, "--wait")
    ended: Json = wait_for("the alert ends", lambda: _newest_of_history(world))
    say(f"The alert ended. In status.history: {ended['reason']}, {ended['message']}.")
    show(world, say, "And nothing alerts for a model that is not there:")


def show(world: World, say: Say, sentence: str, rule: str = "high-latency") -> None:
    """Say `sentence`, and show what `tocsin explain` says first."""
    say(sentence)
    name = f"{world.namespace}/{rule}"
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-m", "tocsin", "explain", name],
        env=world.tools.cluster.environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    print(f"          $ tocsin explain {name}")
    for line in [line for line in done.stdout.splitlines() if line.strip()][:_LINES]:
        print(f"            {line}", flush=True)


def _alert(world: World) -> Json | None:
    return next(iter(world.status().get("alerts", [])), None)


def _newest_of_history(world: World) -> Json | None:
    status = world.status()
    ended: Json = next(iter(status["history"]), {})
    return ended if not status["alerts"] and ended.get("reason") == "WorkloadDeleted" else None


def _reachable(world: World) -> str:
    return str(world.condition("SourceReachable").get("status"))
