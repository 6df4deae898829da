"""Watches that are cut without a word: packets are dropped, and no connection is reset."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from e2e.operators import restarts, the_pod
from e2e.stage import RELEASE, SYSTEM
from e2e.tools import Tools, wait_for
from e2e.world import World

from .test_columns import rule

READYZ = f"/api/v1/namespaces/{SYSTEM}/pods/{{}}:8080/proxy/readyz"


@pytest.mark.usefixtures("single")
def test_a_watch_that_is_cut_without_a_reset_shows_in_readiness_and_heals(
    tools: Tools, namespace: str
) -> None:
    world = World(tools, namespace)
    tools.apply(namespace, rule("before", "low", "vector(1)"))
    world.wait_for_state("Firing", "before")
    pod = the_pod(tools)
    before = restarts(pod)
    with dropped(tools, pod["status"]["podIP"]):
        said = wait_for("readiness turns false", lambda: _said(tools, pod), 60)
        print(f"\n/readyz: {said}")
        assert f"the watch on Lease {RELEASE} has not told of a renewal for " in said
        assert "the API server does not answer" in said
        tools.apply(namespace, rule("meanwhile", "low", "vector(1)"))
    lifted = time.monotonic()
    world.wait_for_state("Firing", "meanwhile", 90)
    print(f"a rule made meanwhile fires {time.monotonic() - lifted:.0f} s after packets flow")
    wait_for("it is ready again", lambda: not _said(tools, pod))
    assert restarts(the_pod(tools)) == before, "an unreachable API server must not get it killed"


def _said(tools: Tools, pod: dict[str, Any]) -> str:
    """What the pod says of its readiness while it is not ready, else nothing."""
    path = READYZ.format(pod["metadata"]["name"])
    done = tools.kubectl("get", "--raw", path, "-v=8", check=False)  # -v=8: with the answer's text
    if done.stdout == "ok\n":
        return ""
    found = re.search(r'"message": "(the watch [^"]*)"', done.stderr)
    assert found, done.stderr
    return found[1]


@contextmanager
def dropped(tools: Tools, address: str) -> Iterator[None]:
    """Packets between the pod and the API server vanish; probes of the kubelet do not."""
    rules = [
        ("INPUT", "-s", address, "-p", "tcp", "--dport", "6443", "-j", "DROP"),
        ("OUTPUT", "-d", address, "-p", "tcp", "--sport", "6443", "-j", "DROP"),
    ]
    for one in rules:
        tools.node("iptables", "-w", "-I", *one)
    try:
        yield
    finally:
        for one in rules:
            tools.node("iptables", "-w", "-D", *one)
