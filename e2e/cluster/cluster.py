"""The cluster of this checkout: its names, what is kept of it, and whether it is up."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from e2e.cluster import engine as engines
from e2e.cluster import existing, kind, paths
from e2e.cluster.errors import ClusterError

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.cluster.engine import Engine

NONE_YET = "no cluster yet: run `make cluster`"


@dataclass(frozen=True)
class Cluster:
    """A cluster that is up; docker_host is None where docker needs no DOCKER_HOST."""

    name: str
    kubeconfig: Path
    docker_host: str | None
    bin: Path  # kind, kubectl, helm, prometheus, promtool, and the docker that fits
    node: str  # the node's container; "" for a cluster of the user's

    def environment(self) -> dict[str, str]:
        """The environment in which docker, kubectl and helm find the cluster."""
        env = {**os.environ, "KUBECONFIG": str(self.kubeconfig)}
        env["PATH"] = f"{self.bin}:{env.get('PATH', '')}"
        if self.docker_host:
            env["DOCKER_HOST"] = self.docker_host
        return env


def name() -> str:
    """The name of this checkout's cluster."""
    return paths.cluster_name(paths.checkout())


def folder() -> Path:
    """What is kept of this checkout's cluster."""
    return paths.clusters() / name()


def lock_name(cluster: str) -> str:
    """The lock of a cluster."""
    return f"cluster-{cluster}"


def state() -> dict[str, str]:
    """What the cluster was made from; empty unless it was made to the end."""
    try:
        found: dict[str, str] = json.loads((folder() / "state.json").read_text())
    except (OSError, ValueError):
        return {}
    return found if (folder() / "kubeconfig").exists() else {}


def of(engine: Engine) -> Cluster:
    """The cluster on this engine."""
    return Cluster(
        name=name(),
        kubeconfig=folder() / "kubeconfig",
        docker_host=engine.host,
        bin=folder() / "bin",
        node=kind.node_name(name()),
    )


def find() -> Cluster | None:
    """The cluster, if it is up; starts nothing."""
    if existing.wanted():
        config = existing.path(folder())
        if config is None or not config.exists():
            return None
        return Cluster(os.environ["CONTEXT"], config, None, folder() / "bin", "")
    engine = engines.running() if state() else None
    return of(engine) if engine and kind.is_running(engine, name()) else None


def need() -> Cluster:
    """The cluster that is up, or the message that there is none."""
    found = find()
    if found is None:
        raise ClusterError(NONE_YET)
    return found
