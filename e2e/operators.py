"""The operator's pods: which of them leads, what it says of itself, and what is done to it."""

from typing import Any

from e2e.stage import RELEASE, SYSTEM
from e2e.tools import CommandError, Tools, wait_for

SELECTOR = "app.kubernetes.io/name=tocsin"

Json = dict[str, Any]


def leader(tools: Tools, release: str = RELEASE, system: str = SYSTEM) -> str:
    """The pod that leads; it is an error if none does."""
    held: str = tools.get("lease", release, system)["spec"].get("holderIdentity", "")
    if not held:
        raise CommandError("nobody holds the Lease")
    return held


def pods(tools: Tools) -> list[Json]:
    """All pods of the installed operator that are not on their way out."""
    found = tools.items("pods", SYSTEM, "-l", SELECTOR)
    return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]


def the_pod(tools: Tools) -> Json:
    """The leader's pod, as JSON."""
    return tools.get("pod", leader(tools), SYSTEM)


def standby(tools: Tools) -> str:
    """The pod that does not lead."""
    leads = leader(tools)
    [other] = [name for pod in pods(tools) if (name := pod["metadata"]["name"]) != leads]
    return str(other)


def page(tools: Tools, pod: str, path: str, system: str = SYSTEM) -> str:
    """A page of one pod."""
    where = f"/api/v1/namespaces/{system}/pods/{pod}:8080/proxy/{path}"
    return tools.kubectl("get", "--raw", where).stdout


def logs(tools: Tools, pod: str, *args: str) -> str:
    """What a pod has logged."""
    return tools.kubectl("logs", "-n", SYSTEM, pod, *args).stdout


def signalled(tools: Tools, pod: str, name: str) -> None:
    """Send a signal to the operator's process in a pod, from its node."""
    script = (
        f'for p in $(pgrep -f "tocsin run"); do grep -qz "^POD_NAME={pod}$" /proc/$p/environ '
        f"&& kill -{name} $p && echo $p; done; true"
    )
    if not tools.node("sh", "-c", script).stdout.strip():
        raise CommandError(f"no process of {pod} was found on the node")


def restarts(pod: Json) -> int:
    """How often the container was started again."""
    [container] = pod["status"]["containerStatuses"]
    return int(container["restartCount"])


def is_back(tools: Tools, name: str, earlier: int) -> bool:
    """Whether the container of a pod was started again since it had been so often, and is ready."""
    pod = tools.get("pod", name, SYSTEM)
    return restarts(pod) > earlier and bool(pod["status"]["containerStatuses"][0]["ready"])


def scale(tools: Tools, replicas: int) -> None:
    """So many pods, all of them ready, and one of them leads."""
    deployment = ["deployment", RELEASE, "-n", SYSTEM]
    tools.kubectl("scale", *deployment, f"--replicas={replicas}")
    if replicas:
        tools.kubectl("rollout", "status", *deployment, "--timeout=90s")
        wait_for("the others are gone", lambda: len(pods(tools)) == replicas)
        wait_for("one leads", lambda: _leads(tools), 60)
    else:
        tools.kubectl("wait", "pod", "-n", SYSTEM, "-l", SELECTOR, "--for=delete", "--timeout=60s")


def _leads(tools: Tools) -> bool:
    name = leader(tools)
    there = name in [pod["metadata"]["name"] for pod in pods(tools)]
    return there and page(tools, name, "readyz") == "ok\n"
