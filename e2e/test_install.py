"""Installed for some namespaces only, and taken away again: nothing is left or stuck."""

import json

import pytest

from e2e.stage import RELEASE, SYSTEM, Stage, install, make_namespace
from e2e.tools import Tools
from e2e.world import World

from .test_restart import ALWAYS_MET

NARROW = "tocsin-narrow"


@pytest.mark.usefixtures("alone")
def test_with_watch_namespaces_there_is_no_cluster_role_and_it_works(
    stage: Stage, tools: Tools, namespace: str
) -> None:
    world = World(tools, namespace)
    world.run_model()
    make_namespace(tools, NARROW)
    install(stage, "narrow", NARROW, watchNamespaces=[namespace], crds={"enabled": False})
    try:
        labels = "app.kubernetes.io/instance=narrow"
        for kind in ("clusterrole", "clusterrolebinding"):
            assert tools.kubectl("get", kind, "-l", labels, "-o", "name").stdout == ""
        tools.apply(namespace, ALWAYS_MET)
        world.wait_for_state("Firing")
        world.wait_for_event("AlertFiring", "Deployment")
        can = "auth", "can-i", "list", "pods", "-n", "default", "--as"
        user = f"system:serviceaccount:{NARROW}:narrow-tocsin"
        assert tools.kubectl(*can, user, check=False).stdout.strip() == "no"
    finally:
        tools.helm("uninstall", "narrow", "-n", NARROW)
        tools.kubectl("delete", "namespace", NARROW, "--wait=false")


def test_uninstalling_gets_stuck_nowhere_and_keeps_the_rules(
    stage: Stage, tools: Tools, namespace: str
) -> None:
    world = World(tools, namespace)
    world.run_model()
    tools.apply(namespace, ALWAYS_MET)
    world.wait_for_state("Firing")

    tools.helm("uninstall", RELEASE, "-n", SYSTEM, "--wait")
    assert world.status()["state"] == "Firing"
    done = tools.kubectl("get", "mlar", "-A", "-o", "json")
    finalizers = [i["metadata"].get("finalizers") for i in json.loads(done.stdout)["items"]]
    assert not any(finalizers)
    for name in (SYSTEM, namespace):
        tools.kubectl("delete", "namespace", name, "--wait", "--timeout=60s")

    make_namespace(tools, SYSTEM)
    install(stage)  # the kept definitions are taken over by the same release
    make_namespace(tools, namespace)
    tools.apply(namespace, ALWAYS_MET)
    world.wait_until_evaluated("high-latency")
