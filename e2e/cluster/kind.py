"""The cluster: made by kind, waited for, started again after a crash, and deleted."""

from __future__ import annotations

import json
import time
from string import Template
from typing import TYPE_CHECKING, Any

from e2e.cluster import leftovers, processes
from e2e.cluster.commands import logged, run
from e2e.cluster.errors import ClusterError
from e2e.cluster.paths import HERE, digest, write

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.cluster.engine import Engine
    from e2e.cluster.nodes import NodeImage
    from e2e.cluster.progress import Step

LABEL = "io.x-k8s.kind.cluster"
DEADLINE = 180.0


def node_name(cluster: str) -> str:
    """The container that is the cluster's node."""
    return f"{cluster}-control-plane"


def config(image: NodeImage, folder: Path) -> str:
    """What kind is told."""
    values = {
        "OWN_NETWORK": "false" if image.pulled else "true",
        "AUDIT_POLICY": str(folder / "audit.yaml"),
    }
    return Template((HERE / "kind.yaml").read_text()).substitute(values)


def fingerprint(image: NodeImage, folder: Path) -> str:
    """Stands for what a cluster is made from."""
    return digest([image.ref, config(image, folder), HERE / "audit.yaml"])


def environment(engine: Engine, programs: Path) -> dict[str, str]:
    """The environment for kind: it calls docker by the PATH."""
    env = engine.environment()
    env["PATH"] = f"{programs}:{env.get('PATH', '')}"
    return env | {"KIND_EXPERIMENTAL_PROVIDER": "docker"}


def create(engine: Engine, name: str, image: NodeImage, folder: Path, step: Step) -> None:
    """Make the cluster and its kubeconfig, which appears when kind is done."""
    write(folder / "audit.yaml", (HERE / "audit.yaml").read_text())
    write(folder / "kind.yaml", config(image, folder))
    new = folder / "kubeconfig.new"
    for stale in (new, folder / "kubeconfig.new.lock"):
        stale.unlink(missing_ok=True)
    words = ["create", "cluster", "--name", name, "--image", image.ref]
    words += ["--config", str(folder / "kind.yaml"), "--kubeconfig", str(new)]
    logged(
        [folder / "bin" / "kind", *words], f"kind-{name}", step,
        env=environment(engine, folder / "bin"),
        note=lambda log: (log.replace("\r", "\n").splitlines() or [""])[-1].strip(),
        timeout=600,
    )  # fmt: skip
    # A crash is mended by `up` alone: an engine that starts revives no cluster of another checkout.
    engine.docker("update", "--restart", "no", node_name(name))
    new.replace(folder / "kubeconfig")


def containers(engine: Engine, name: str) -> list[str]:
    """The nodes of a cluster, running or not."""
    words = ["ps", "--all", "--filter", f"label={LABEL}={name}", "--format", "{{.Names}}"]
    return engine.docker(*words).stdout.split()


def running(engine: Engine) -> list[str]:
    """The clusters that run on an engine."""
    form = f'{{{{.Label "{LABEL}"}}}}'
    listed = engine.docker("ps", "--filter", f"label={LABEL}", "--format", form).stdout
    return sorted(set(listed.split()))


def delete(engine: Engine, name: str) -> bool:
    """Delete the cluster's nodes with their volumes; whether there were any."""
    found = containers(engine, name)
    if found:
        engine.docker("rm", "--force", "--volumes", *found, timeout=180)
    return bool(found)


def is_running(engine: Engine, name: str) -> bool:
    """Whether the node's container runs."""
    words = ["inspect", "--format", "{{.State.Running}}", node_name(name)]
    return engine.docker(*words, check=False).stdout.strip() == "true"


def start(engine: Engine, name: str) -> None:
    """Start the node's container, if it does not run."""
    if not is_running(engine, name):
        engine.docker("start", node_name(name))


def end_orphans(folder: Path) -> None:
    """End a kind that a killed run left working for the cluster in this folder."""
    left = [process for process in processes.everyone() if leftovers.is_making(process, folder)]
    processes.end(left, grace=0)


def wait(folder: Path, step: Step, deadline: float = DEADLINE) -> None:
    """Wait until the node is Ready and the cluster's DNS answers."""
    until = time.monotonic() + deadline
    while (missing := missing_part(folder)) and time.monotonic() < until:
        step.tick(f"waiting for {missing}")
        time.sleep(0.3)
    if missing:
        raise ClusterError(
            f"the cluster is not ready after {deadline:.0f} s: {missing}. Make it anew:"
            " `python3 -m e2e.cluster down`, then `python3 -m e2e.cluster up`"
        )


def missing_part(folder: Path) -> str | None:
    """What the cluster still waits for."""
    kubectl: list[str | Path] = [folder / "bin" / "kubectl", "--kubeconfig", folder / "kubeconfig"]
    kubectl += ["--request-timeout", "5s", "get"]
    asked = run([*kubectl, "nodes", "-o", "json"], check=False, timeout=15)
    if asked.returncode:
        return f"the API server ({(asked.stderr.strip().splitlines() or ['?'])[-1]})"
    if not is_ready(json.loads(asked.stdout)["items"]):
        return "the node to be Ready"
    asked = run(
        [*kubectl, "deployment", "coredns", "-n", "kube-system", "-o", "json"],
        check=False, timeout=15,
    )  # fmt: skip
    if asked.returncode:
        return "the deployment of CoreDNS"
    status = json.loads(asked.stdout).get("status", {})
    return None if status.get("readyReplicas", 0) else "CoreDNS to be ready"


def is_ready(nodes: list[dict[str, Any]]) -> bool:
    """Whether there are nodes and all are Ready."""
    return bool(nodes) and all(
        any(c["type"] == "Ready" and c["status"] == "True" for c in node["status"]["conditions"])
        for node in nodes
    )
