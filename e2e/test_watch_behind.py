"""A deletion that the operator's watch never told of is noticed all the same."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from e2e.operators import restarts, the_pod
from e2e.tools import Tools, wait_for
from e2e.world import World

from .test_restart import ALWAYS_MET


@pytest.mark.usefixtures("single")
def test_a_workload_deleted_behind_the_watch_leaves_no_ghost(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    world.run_model()
    tools.apply(namespace, ALWAYS_MET)
    world.wait_for_state("Firing")
    pod = the_pod(tools)

    with _cut_off(tools, pod["status"]["podIP"]):
        tools.kubectl("delete", "deployment", "scorer", "-n", namespace, "--wait")
        # With the server goes what it remembers: the watch cannot go on where it was (410).
        tools.node("pkill", "-9", "-f", "^kube-apiserver")
        wait_for(
            "the API server is back",
            lambda: tools.kubectl("get", "ns", "--request-timeout=5s").stdout,
            120,
        )

    wait_for("the alert ends", lambda: not world.status()["alerts"], 180)
    assert world.status()["history"][0]["reason"] == "WorkloadDeleted"
    same = the_pod(tools)
    assert same["metadata"]["uid"] == pod["metadata"]["uid"]
    assert restarts(same) == restarts(pod)


@contextmanager
def _cut_off(tools: Tools, address: str) -> Iterator[None]:
    """Drop what the operator's pod and the API server send each other, without a reset."""
    # What the killed server had sent must not be sent again once packets pass.
    tools.node("sysctl", "-qw", "net.ipv4.tcp_orphan_retries=1")
    tools.node("nft", "add table inet tocsin_test")
    for hook, rule in (
        ("input", f"ip saddr {address} tcp dport 6443 drop"),
        ("output", f"ip daddr {address} tcp sport 6443 drop"),
    ):
        chain = f"inet tocsin_test {hook}"
        tools.node("nft", f"add chain {chain} {{ type filter hook {hook} priority -150; }}")
        tools.node("nft", f"add rule {chain} {rule}")
    try:
        yield
    finally:
        tools.node("nft", "delete table inet tocsin_test")
