"""An alert says what was rolled out before it and how the pods are, on a real cluster."""

import json
import re

from e2e.stage import BAD_ROLLOUT, MODEL
from e2e.tools import Tools, wait_for
from e2e.world import LATENCY, Json, World

from .test_restart import ALWAYS_MET

IMAGE = "tocsin/model-server"
ANNOTATION = "tocsin.dev/alert"


def also_called(tools: Tools, tag: str) -> str:
    """The model server's image under another tag, on the node."""
    name = f"{IMAGE}:{tag}"
    known = f"docker.io/{IMAGE}:dev"
    tools.node("ctr", "-n", "k8s.io", "images", "tag", "--force", known, f"docker.io/{name}")
    return name


def switch_fault(world: World, **settings: str) -> None:
    """Switch the fault of the running model server."""
    code = (
        "import sys, urllib.request as web;"
        "web.urlopen('http://127.0.0.1:8080/faults', data=sys.argv[1].encode())"
    )
    run = ("exec", "deployment/scorer", "-n", world.namespace, "--", "python", "-c", code)
    world.tools.kubectl(*run, json.dumps(settings))


def always(name: str) -> str:
    """A rule that fires as soon as there is any traffic."""
    return ALWAYS_MET.replace("name: high-latency", f"name: {name}")


def test_a_bad_rollout_is_named_with_its_image_and_the_time_before_the_onset(
    tools: Tools, namespace: str
) -> None:
    world = World(tools, namespace)
    world.run_model()
    tools.apply(namespace, LATENCY)
    world.wait_for_state("Inactive")
    image = also_called(tools, "v18")
    patch: Json = {"name": "server", "image": image, "env": [{"name": "FAULT", "value": "slow"}]}
    label = {"app.kubernetes.io/version": "v18"}
    template = {"metadata": {"labels": label}, "spec": {"containers": [patch]}}
    tools.kubectl(
        "patch", "deployment", "scorer", "-n", namespace, "-p",
        json.dumps({"spec": {"template": template}}),
    )  # fmt: skip
    status = world.wait_for_state("Firing")
    assert re.search(
        rf"; v18 rolled out \d+s before the onset: image {IMAGE}:dev → {image}, env FAULT added$",
        status["message"],
    )
    event = world.wait_for_event("AlertFiring", "Deployment")
    assert event["note"] == status["message"]
    context = json.loads(event["metadata"]["annotations"][ANNOTATION])["context"]
    assert context["rollout"]["from"] == "v17"
    assert context["replicas"] == {"wanted": 1, "ready": 1, "updated": 1}
    assert context["image"] == image

    world.roll_back()
    world.wait_for_state("Inactive")
    tools.apply(namespace, always("again"))
    again = world.wait_for_state("Firing", "again")
    assert re.search(r"; v17 rolled out again \d+s before the onset: image", again["message"])


def test_a_pod_that_was_killed_for_its_memory_shows_with_its_limit(
    tools: Tools, namespace: str
) -> None:
    world = World(tools, namespace)
    world.run_model()
    switch_fault(world, FAULT="memory")

    def killed() -> bool:
        [pod] = tools.items("pods", namespace, "-l", "app=scorer")
        [container] = pod["status"]["containerStatuses"]
        ended = container["lastState"]["terminated"]
        return bool(ended["reason"] == "OOMKilled" and container["ready"])

    wait_for("the model server is killed and back", killed, 60)
    tools.apply(namespace, always("high-latency"))
    message = world.wait_for_state("Firing")["message"]
    assert re.search(
        r"; scorer-\w+-\w+: 1 restart, last OOMKilled \(limit 128Mi\) \d+s before the onset$",
        message,
    )
    assert "v17 first deployed" in message


def test_a_pod_that_crashes_holds_up_its_rollout_and_is_named(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    world.run_model()
    tools.kubectl("set", "env", "deployment/scorer", "-n", namespace, "FAULT=crash")

    def crashing() -> bool:
        pods = tools.items("pods", namespace, "-l", "app=scorer")
        states = [one["status"]["containerStatuses"][0] for one in pods]
        return any(state["restartCount"] > 1 for state in states)

    wait_for("the new pod crashes", crashing, 60)
    tools.apply(namespace, always("high-latency"))
    message = world.wait_for_state("Firing")["message"]
    assert re.search(
        r"; revision 2 is rolling out: 1 of 1 updated, begun \d+s before the onset "
        r"\(env FAULT added\); scorer-\w+-\w+: ",
        message,
    )
    assert "last Error (exit code 1)" in message


def test_a_stateful_set_is_told_of_as_a_deployment_is(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    stateful = MODEL.read_text().replace("kind: Deployment", "kind: StatefulSet", 1)
    tools.apply(namespace, stateful.replace("spec:\n", "spec:\n  serviceName: scorer\n", 1))
    of = ("statefulset/scorer", "-n", namespace)
    tools.kubectl("rollout", "status", *of, "--timeout=120s")
    tools.apply(namespace, LATENCY)
    world.wait_for_state("Inactive")
    tools.kubectl("patch", *of, "--patch-file", str(BAD_ROLLOUT))
    status = world.wait_for_state("Firing")
    assert status["alerts"][0]["workload"]["kind"] == "StatefulSet"
    assert re.search(
        r"; v18 rolled out \d+s before the onset: version v17 → v18, "
        r"env FAULT, FAULT_LATENCY added$",
        status["message"],
    )
    tools.kubectl("rollout", "undo", *of)
    world.wait_for_state("Inactive")
    tools.apply(namespace, always("again"))
    again = world.wait_for_state("Firing", "again")
    assert re.search(r"; v17 rolled out again \d+s before the onset", again["message"])
