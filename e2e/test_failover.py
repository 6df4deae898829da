"""Two pods: one leads, the other takes over, and of two that believe to lead only one writes."""

import json
import time
from datetime import UTC, datetime
from functools import partial
from typing import Any

from e2e.operators import is_back, leader, logs, page, pods, restarts, scale, signalled, standby
from e2e.routes import Listeners, route
from e2e.stage import SYSTEM
from e2e.tools import Tools, wait_for
from e2e.world import World, metric, wait_for_evaluations

from .test_columns import rule
from .test_explain import explain
from .test_silence import dropped

#: Within how many seconds a standby takes over from a leader that gave no word, and some for
#: looking at it.
LEASE = 15
LOOKING = 5
#: For how long the leader is paused.
PAUSE = 20

Json = dict[str, Any]


def test_both_pods_explain_and_only_the_leader_decides(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    tools.apply(namespace, rule("low", "low", "vector(1)"))
    world.wait_for_state("Firing", "low")
    leads, other = leader(tools), standby(tools)
    assert page(tools, leads, "readyz") == "ok\n"
    assert page(tools, other, "readyz") == f"standby; the leader is {leads}\n"
    assert "tocsin_leader 1.0" in page(tools, leads, "metrics")
    assert "tocsin_leader 0.0" in page(tools, other, "metrics")
    for pod in (leads, other):
        told = json.loads(page(tools, pod, f"explain.json?rule={namespace}/low"))
        assert told["state"] == "Firing"
    for _ in range(4):  # the Service leads to either of them
        assert explain(tools, f"{namespace}/low").returncode == 0


def test_a_standby_asks_for_nothing_but_its_watches(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    tools.apply(namespace, rule("low", "low", "vector(1)"))
    world.wait_for_state("Firing", "low")
    other = standby(tools)
    since = now(tools)
    wait_for_evaluations(tools, more=30)
    wait_for("20 s have passed", lambda: (now(tools) - since).total_seconds() > 20)
    asked = {(e["verb"], e["objectRef"]["resource"]) for e in _requests(tools, other, since)}
    assert {verb for verb, _ in asked} <= {"watch", "list"}, asked  # a watch is renewed at times


def test_a_leader_that_ends_hands_over_at_once(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    tools.apply(namespace, rule("low", "low", "vector(1)"))
    before = world.wait_for_state("Firing", "low")
    leads, other = leader(tools), standby(tools)
    asked = now(tools)
    tools.kubectl("delete", "pod", "-n", SYSTEM, leads, "--wait=false")
    wait_for("the other leads", lambda: leader(tools) == other, 20)
    taken = _time(tools.get("lease", "tocsin", SYSTEM)["spec"]["acquireTime"])
    print(f"\nanother pod leads {(taken - asked).total_seconds():.1f} s after the deletion")
    assert (taken - asked).total_seconds() < LOOKING
    assert '"leading"' in logs(tools, other)
    wait_for_evaluations(tools, more=5)
    assert world.status("low") == before
    assert len(world.events("AlertFiring", "MLAlertRule")) == 1
    assert not world.events("AlertResolved")
    scale(tools, 2)


def test_a_leader_that_is_killed_is_replaced_within_its_lease(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    tools.apply(namespace, rule("before", "low", "vector(1)"))
    before = world.wait_for_state("Firing", "before")
    signalled(tools, leader(tools), "KILL")
    killed = time.monotonic()
    tools.apply(namespace, rule("after", "low", "vector(1)"))
    world.wait_for_state("Firing", "after", LEASE + LOOKING)
    print(f"\na new rule fires {time.monotonic() - killed:.1f} s after the kill")
    assert world.status("before") == before
    assert len(world.events("AlertFiring", "MLAlertRule")) == 2
    scale(tools, 2)


def test_a_leader_that_was_paused_writes_and_tells_nothing_after_its_lease_and_ends(
    tools: Tools, namespace: str, listeners: Listeners
) -> None:
    world = World(tools, namespace)
    tools.apply(namespace, route("oncall", listeners.hook()))
    changes_at = int(now(tools).timestamp()) + 25
    clock = f"clamp(vector(time()) - {changes_at}, 0, 1)"
    tools.apply(namespace, rule("turns", "low", clock))
    world.wait_for_state("Inactive", "turns")
    leads, other = leader(tools), standby(tools)
    [earlier] = [restarts(pod) for pod in pods(tools) if pod["metadata"]["name"] == leads]

    paused = now(tools)
    signalled(tools, leads, "STOP")
    try:
        wait_for("the other leads", lambda: leader(tools) == other, LEASE + LOOKING)
        took = _time(tools.get("lease", "tocsin", SYSTEM)["spec"]["acquireTime"])
        print(f"\nthe standby leads {(took - paused).total_seconds():.1f} s after the pause began")
        wait_for("the pause is over", lambda: (now(tools) - paused).total_seconds() >= PAUSE, 60)
    finally:
        signalled(tools, leads, "CONT")
    status = world.wait_for_state("Firing", "turns")

    wait_for("it ends", partial(is_back, tools, leads, earlier), 60)
    said = [json.loads(line) for line in logs(tools, leads, "--previous").splitlines()]
    assert said[-1]["message"] == "no longer leading: this process ends"
    assert said[-1]["reason"] == f"{other} leads now"
    [ended] = tools.get("pod", leads, SYSTEM)["status"]["containerStatuses"]
    assert ended["lastState"]["terminated"]["exitCode"] == 1
    assert _written(tools, leads, paused) == []
    listeners.wait_for("First")
    assert len(listeners.journal()) == 1, "told once, by the other"
    assert [line for line in said if line["message"] == "told" and namespace in line["route"]] == []
    assert world.status("turns") == status
    assert len(world.events("AlertFiring", "MLAlertRule")) == 1
    assert leader(tools) == other
    assert metric(tools, "tocsin_leader") == 1


def test_a_leader_that_is_cut_off_is_replaced_and_ends_once_it_sees_it(
    tools: Tools, namespace: str
) -> None:
    world = World(tools, namespace)
    tools.apply(namespace, rule("before", "low", "vector(1)"))
    before = world.wait_for_state("Firing", "before")
    leads, other = leader(tools), standby(tools)
    pod = tools.get("pod", leads, SYSTEM)
    with dropped(tools, pod["status"]["podIP"]):
        cut = now(tools)
        wait_for("the other leads", lambda: leader(tools) == other, 3 * LEASE)
        tools.apply(namespace, rule("meanwhile", "low", "vector(1)"))
        world.wait_for_state("Firing", "meanwhile", 20)
    took = _time(tools.get("lease", "tocsin", SYSTEM)["spec"]["acquireTime"])
    print(f"\nthe standby leads {(took - cut).total_seconds():.1f} s after the cut")
    assert (took - cut).total_seconds() < LEASE + LOOKING
    wait_for("it ends", partial(is_back, tools, leads, restarts(pod)), 90)
    assert f"{other} leads now" in logs(tools, leads, "--previous")
    assert world.status("before") == before
    assert _written(tools, leads, cut) == []
    assert len(world.events("AlertFiring", "MLAlertRule")) == 2


def _written(tools: Tools, pod: str, since: datetime) -> list[str]:
    """What a pod has written since then; its attempts to renew are refused, and do not count."""
    return [
        f"{entry['verb']} {entry['objectRef']['resource']} {entry['objectRef'].get('name')}"
        for entry in _requests(tools, pod, since)
        if entry["verb"] not in ("get", "list", "watch")
        and entry["objectRef"]["resource"] not in ("leases", "selfsubjectaccessreviews")
    ]


def _requests(tools: Tools, pod: str, since: datetime) -> list[Json]:
    """What a pod has asked the API server since then."""
    log = tools.node("cat", "/var/log/kubernetes/audit.log").stdout
    entries: list[Json] = [json.loads(line) for line in log.splitlines()]
    return [
        entry
        for entry in entries
        if pod in entry["user"].get("extra", {}).get("authentication.kubernetes.io/pod-name", ())
        and _time(entry["requestReceivedTimestamp"]) > since
        and "objectRef" in entry
    ]


def now(tools: Tools) -> datetime:
    """The node's time."""
    return datetime.fromtimestamp(float(tools.node("date", "+%s.%N").stdout), UTC)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
