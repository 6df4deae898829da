"""Whatever fails, a page goes out, and once: operators, the API server, those who are told."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from e2e.operators import leader, pods, restarts, scale
from e2e.routes import Json, Listeners, route
from e2e.stage import Stage, install, make_namespace
from e2e.tools import Tools, wait_for
from e2e.world import World, metric, wait_for_evaluations

from .test_columns import rule
from .test_crashes import killed
from .test_failover import now

#: The API server's process.
API = "-f ^kube-apiserver"
#: For how long the API server answers nobody, in seconds, and a receiver takes nothing.
STOPPED_FOR = 60
DOWN_FOR = 20
#: What a receiver that is down may need more: the last wait between two attempts.
LAST_WAIT = 20
#: Within how many seconds a breach is told where nothing keeps it, on a crowded machine.
SOON = 12
MANY = 50


@pytest.fixture
def dies_after_sending(stage: Stage, namespace: str) -> Iterator[str]:
    """Two operators for the test's namespace that kill themselves once something was sent."""
    home = f"{namespace}-operator"
    make_namespace(stage.tools, home)
    _install(stage, namespace, {"name": "TOCSIN_CRASH_AT", "value": "after-send:1"})
    yield home
    stage.tools.helm("uninstall", "crashing", "-n", home)
    stage.tools.kubectl("delete", "namespace", home, "--wait=false")


def _install(stage: Stage, namespace: str, *env: dict[str, str]) -> None:
    values: dict[str, Any] = {"watchNamespaces": [namespace], "crds": {"enabled": False}}
    install(stage, "crashing", f"{namespace}-operator", extraEnv=list(env), **values)


@pytest.mark.usefixtures("alone")
def test_killed_between_sending_and_recording_it_tells_the_same_again_under_the_same_id(
    dies_after_sending: str, stage: Stage, namespace: str, listeners: Listeners
) -> None:
    tools = stage.tools
    tools.apply(namespace, route("oncall", listeners.hook()), rule("low", "low", "vector(0.312)"))
    wait_for("it dies", partial(killed, tools, dies_after_sending), 60)
    wait_for("its successor tells it again", lambda: listeners.again() > 0, 60)
    told = _intended(listeners)
    assert told.get("intent"), "the record could not be made"

    _install(stage, namespace)
    wait_for("it is recorded", lambda: _intended(listeners).get("sent") == 1)
    assert listeners.reasons() == ["First"]
    sent = {entry["headers"]["webhook-id"] for entry in listeners.journal()}
    assert len(sent) == 1
    listeners.suspend("low")
    listeners.wait_for("AllResolved")


def test_without_the_api_server_for_a_minute_it_lives_on_and_a_breach_is_told_and_recorded_later(
    tools: Tools, namespace: str, listeners: Listeners
) -> None:
    begins = int(now(tools).timestamp()) + 15
    world = World(tools, namespace)
    tools.apply(namespace, route("oncall", listeners.hook(), selector={"severities": ["low"]}))
    tools.apply(namespace, rule("turns", "low", f"clamp(vector(time()) - {begins}, 0, 1)"))
    tools.apply(namespace, rule("lasting", "high", "vector(0.312)"))
    world.wait_for_state("Inactive", "turns")
    before = world.wait_for_state("Firing", "lasting")["alerts"]
    led, before_pods = leader(tools), _restarts(tools)
    evaluations = metric(tools, "tocsin_evaluations_total")
    script = f"pkill -STOP {API}; sleep {STOPPED_FOR}; date +%s.%N; pkill -CONT {API}"
    continued = float(tools.node("sh", "-c", script).stdout)

    wait_for("the API server answers", lambda: tools.kubectl("get", "ns").stdout, 60)
    assert metric(tools, "tocsin_evaluations_total") >= evaluations + STOPPED_FOR / 2
    assert _restarts(tools) == before_pods
    assert leader(tools) == led, "nobody could renew, and its holder keeps it"
    listeners.wait_for("First")
    told_at = listeners.journal()[0]["at"] / 1000
    print(f"\ntold {told_at - begins:.1f} s after the breach, {continued - told_at:.1f} s before "
          "the API server was back")  # fmt: skip
    assert begins < told_at < continued
    wait_for("it is recorded", lambda: _intended(listeners).get("sent") == 1)
    world.wait_for_state("Firing", "turns")
    assert listeners.reasons() == ["First"]
    assert listeners.again() == 0
    assert world.status("lasting")["alerts"] == before
    tools.apply(namespace, rule("later", "high", "vector(0.312)"))
    world.wait_for_state("Firing", "later")


def test_receivers_that_are_down_or_busy_hold_up_nobody_else_and_are_told_later_once(
    tools: Tools, namespace: str, listeners: Listeners
) -> None:
    hooks = [listeners.hook(name) for name in ("down", "busy", "well")]
    tools.apply(namespace, route("oncall", *hooks))
    listeners.fail("down", mode="drop", seconds=DOWN_FOR)
    listeners.fail("busy", status=429, retryAfter="15", times=1)
    tools.apply(namespace, rule("low", "low", "vector(0.312)"))
    listeners.wait_for("First", "well")
    begun = datetime.fromisoformat(listeners.heard("well")[0]["openedAt"]).timestamp()

    def taken(name: str) -> float:
        listeners.wait_for("First", name, DOWN_FOR + LAST_WAIT)
        at: float = listeners.taken_at(name) - begun
        return at

    well, busy, down = (taken(name) for name in ("well", "busy", "down"))
    print(f"\ntold after {well:.1f} s, {busy:.1f} s (busy), {down:.1f} s (down)")
    assert well < SOON
    assert 15 <= busy < 15 + SOON
    assert len(listeners.journal("busy")) == 2, "a receiver that is busy is left alone"
    assert down < DOWN_FOR + LAST_WAIT
    wait_for_evaluations(tools, more=5)
    for name in ("well", "busy", "down"):
        assert (listeners.reasons(name), listeners.again(name)) == (["First"], 0)


def test_what_was_mended_while_no_operator_lived_is_told_as_resolved_and_nothing_else(
    tools: Tools, namespace: str, listeners: Listeners
) -> None:
    ends = int(now(tools).timestamp()) + 50
    world = World(tools, namespace)
    tools.apply(namespace, route("oncall", listeners.hook(), groupBy=[{"label": "n"}]))
    tools.apply(namespace, rule("many", "low", many(f"clamp({ends} - vector(time()), 0, 1)")))
    wait_for("all are told", lambda: len(listeners.reasons()) == MANY, 45)
    wait_for("all is recorded", lambda: _recorded(listeners) == MANY)
    assert set(listeners.reasons()) == {"First"}
    try:
        scale(tools, 0)
        assert world.status("many")["firing"] == MANY
        wait_for("all is mended", lambda: now(tools).timestamp() > ends, 60)
    finally:
        scale(tools, 2)
    wait_for("the end of all is told", lambda: len(listeners.reasons()) == 2 * MANY)
    wait_for_evaluations(tools, more=5)
    reasons = listeners.reasons()
    assert {reason: reasons.count(reason) for reason in reasons} == {
        "First": MANY, "AllResolved": MANY,
    }  # fmt: skip
    assert listeners.again() == 0
    assert {one["status"]["state"] for one in listeners.incidents()} == {"Closed"}


def many(query: str) -> str:
    """`MANY` series with the value of `query`, told apart by their label n."""
    series = (f"label_replace(vector(1), 'n', '{number}', '', '')" for number in range(MANY))
    return f"({' or '.join(series)}) * scalar({query})"


def _intended(listeners: Listeners) -> Json:
    """What the only incident says of the only receiver."""
    [incident] = listeners.incidents()
    [told] = incident["status"]["told"]
    found: Json = told
    return found


def _recorded(listeners: Listeners) -> int:
    told = [one["status"]["told"][0] for one in listeners.incidents() if "status" in one]
    return sum(one.get("sent") == 1 for one in told)


def _restarts(tools: Tools) -> dict[str, int]:
    """How often each pod's container was started again."""
    found = {pod["metadata"]["uid"]: restarts(pod) for pod in pods(tools)}
    assert len(found) == 2
    return found
