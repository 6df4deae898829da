"""A source that is replaced, slow or not there shows on its own rules, and invents nothing."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

import pytest

from e2e.stage import MONITORING, SYSTEM
from e2e.tools import ROOT, Tools, wait_for
from e2e.world import Json, World, metrics_page

from .test_columns import rule
from .test_restart import ALWAYS_MET

OTHERS = ["default", *(f"other-{number}" for number in range(1, 9))]
SLOW = ROOT / "e2e" / "prometheus" / "slow.yaml"


@pytest.fixture
def slow_source(tools: Tools) -> Iterator[None]:
    """The source called "slow" is there."""
    tools.apply(MONITORING, SLOW)
    tools.kubectl("rollout", "status", "deployment/slow", "-n", MONITORING, "--timeout=60s")
    yield
    tools.kubectl("delete", "-n", MONITORING, "-f", str(SLOW), "--wait=false")


def test_a_prometheus_that_is_replaced_holds_what_fires_and_fires_nothing_anew(
    tools: Tools, namespace: str
) -> None:
    world = World(tools, namespace)
    world.run_model()
    tools.apply(namespace, ALWAYS_MET)
    before = world.wait_for_state("Firing")["alerts"][0]

    tools.kubectl("delete", "pod", "-n", MONITORING, "-l", "app=prometheus", "--wait=false")
    wait_for("the source is unreachable", partial(_unreachable, world, "high-latency"))
    held = world.status()
    assert held["state"] == "Firing"
    assert held["alerts"][0] == before | {"unobservedSince": held["alerts"][0]["unobservedSince"]}

    wait_for("the alert is observed again", lambda: world.status()["alerts"] == [before], 90)
    assert world.condition("SourceReachable")["status"] == "True"
    assert len(world.events("AlertFiring", "Deployment")) == 1
    assert not world.events("AlertResolved")


@pytest.mark.usefixtures("slow_source")
def test_a_source_that_is_slow_by_thirty_seconds_holds_up_no_other(
    tools: Tools, namespace: str
) -> None:
    world = World(tools, namespace)
    waiting = rule("on-slow", "low", "vector(0.312)", wait="20s")
    for name, text in [
        ("slow", waiting),
        *((name, rule(f"on-{name}", "low", "vector(0.1)")) for name in OTHERS),
    ]:
        tools.apply(namespace, text.replace("{query:", f"{{sourceRef: {{name: {name}}}, query:"))
    for name in OTHERS:
        world.wait_for_state("Inactive", f"on-{name}")
    began = world.wait_for_state("Pending", "on-slow")["alerts"][0]["activeAt"]

    with _stopped(tools):
        said = wait_for("the rule says so", partial(_unreachable, world, "on-slow"))
        assert said["message"] == "the source did not answer within 10 s"
        answered = {name: _answers(tools, name) for name in OTHERS}
        wait_for("the others answer on", lambda: _all_more(tools, answered, by=20), 60)
    for name in OTHERS:
        assert world.condition("SourceReachable", f"on-{name}")["status"] == "True"

    wait_for("it answers again", lambda: not _unreachable(world, "on-slow"))
    [alert] = world.status("on-slow")["alerts"]
    assert alert["state"] == "Pending"
    fired = world.wait_for_state("Firing", "on-slow")["alerts"][0]
    assert _time(fired["activeAt"]) > _time(began)
    assert (_time(fired["firedAt"]) - _time(fired["activeAt"])).total_seconds() >= 20


def test_a_source_that_is_not_there_is_one_alert_of_the_operators_own_rule(tools: Tools) -> None:
    own = World(tools, SYSTEM)
    status = own.wait_for_state("Firing", "tocsin-sources", seconds=150)
    sources = [alert["labels"]["source"] for alert in status["alerts"]]
    assert "absent" in sources
    assert not set(sources) & set(OTHERS)


def _unreachable(world: World, name: str) -> Json | None:
    condition = world.condition("SourceReachable", name)
    return condition if condition.get("status") == "False" else None


@contextmanager
def _stopped(tools: Tools) -> Iterator[None]:
    """The slow source takes connections, and answers none of them."""
    tools.node("pkill", "-STOP", "-f", "web.page-title=slow")
    try:
        yield
    finally:
        tools.node("pkill", "-CONT", "-f", "web.page-title=slow")


def _answers(tools: Tools, source: str) -> float:
    """How many queries a source has answered."""
    pattern = rf'^tocsin_source_answers_total{{outcome="ok",source="{source}"}} (\S+)$'
    found = re.search(pattern, metrics_page(tools), re.MULTILINE)
    return float(found[1]) if found else 0.0


def _all_more(tools: Tools, before: dict[str, float], by: int) -> bool:
    return all(_answers(tools, name) >= count + by for name, count in before.items())


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
