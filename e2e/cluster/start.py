"""Up: from whatever there is to a cluster that is ready."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from e2e.cluster import bases, cluster, existing, kind, nodes, packages, paths, programs, stop
from e2e.cluster import engine as engines
from e2e.cluster.errors import ClusterError
from e2e.cluster.locks import lock
from e2e.cluster.progress import say, step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from e2e.cluster.engine import Engine


TOOLS = ("kind", "tools", "prometheus")


def _link_programs(built: Mapping[str, Path], engine: Engine | None) -> Path:
    """One folder with the programs that this checkout uses, for a PATH."""
    target = paths.made(cluster.folder() / "bin")
    for group in built:
        for program in built[group].iterdir():
            if program.is_file() and os.access(program, os.X_OK) and program.name != "tools":
                paths.link(target / program.name, program)
    client = packages.which(engine.client) if engine else None
    if client:
        paths.link(target / "docker", Path(client))
    return target


def up() -> cluster.Cluster:
    """Make the cluster, or find it up; twice is once."""
    packages.forget_policy()
    with lock(cluster.lock_name(cluster.name())):
        paths.write(cluster.folder() / "checkout", str(paths.checkout()))
        if existing.wanted():
            return _existing()
        kind.end_orphans(cluster.folder())
        engine = engines.find_or_start()
        stop.forget(engine, stop.gone())
        image = nodes.choose(engine)
        _link_programs(programs.build(TOOLS), engine)
        base, _ = bases.python_base(engine, pulled=image.pulled)
        say(f"base image: {base}")
        _bring_up(engine, image)
        return cluster.of(engine)


def _existing() -> cluster.Cluster:
    target = _link_programs(programs.build(TOOLS), None)
    config = existing.kubeconfig(target / "kubectl", cluster.folder())
    say(f"cluster: the context {os.environ['CONTEXT']}, as CLUSTER=existing says; nothing is made")
    return cluster.Cluster(os.environ["CONTEXT"], config, docker_host=None, bin=target, node="")


def _bring_up(engine: Engine, image: nodes.NodeImage) -> None:
    """A Ready cluster of this image: the one there is, or a new one."""
    name, folder, state = cluster.name(), cluster.folder(), cluster.state()
    there = kind.node_name(name) in kind.containers(engine, name)
    same = state.get("fingerprint") == kind.fingerprint(image, folder)
    if there and same and (_is_up(engine, name, folder) or _revived(engine, name, folder)):
        return
    why = "a new one"
    if there:
        why = "made anew, from other files" if state else "made anew, the last was not finished"
        why = "made anew, since it did not come back" if same else why
    with step(f"cluster {name}: {why}", 30) as current:
        for stale in ("state.json", "kubeconfig"):
            (folder / stale).unlink(missing_ok=True)
        kind.delete(engine, name)
        if engine.private:  # what builds of other days left
            engine.docker("image", "prune", "--force", "--filter", "until=24h", check=False)
        kind.create(engine, name, image, folder, current)
        kind.wait(folder, current)
        made_of = {"fingerprint": kind.fingerprint(image, folder), "image": image.ref}
        made_of["pulled"] = "yes" if image.pulled else ""
        paths.write(folder / "state.json", json.dumps(made_of))
        current.result = "ready"


def _is_up(engine: Engine, name: str, folder: Path) -> bool:
    if not kind.is_running(engine, name) or kind.missing_part(folder):
        return False
    say(f"cluster: {name} is up")
    return True


def _revived(engine: Engine, name: str, folder: Path) -> bool:
    """Start a cluster that stopped or was killed; false when it does not come back."""
    with step(f"cluster {name}: start it again", 20) as current:
        try:
            kind.start(engine, name)
            kind.wait(folder, current, 120)
        except ClusterError:
            current.result = "given up"
            return False
        current.result = "ready"
        return True
