"""Down: the cluster, and our own engine with it when it was the last."""

from __future__ import annotations

import shutil
from pathlib import Path

from e2e.cluster import cluster, daemon, existing, kind, packages, paths, remains, work
from e2e.cluster import engine as engines
from e2e.cluster.engine import Engine
from e2e.cluster.errors import ClusterError
from e2e.cluster.locks import is_held, lock
from e2e.cluster.progress import say, step


def down() -> None:
    """Delete the cluster, and end our own engine when it was the last."""
    if existing.wanted():
        raise ClusterError("CLUSTER=existing: it is not ours to delete; nothing was done")
    packages.forget_policy()
    with lock(cluster.lock_name(cluster.name())):
        kind.end_orphans(cluster.folder())
        work.clean_all()
        was_dead = not daemon.answers()
        did = []
        names = [cluster.name(), *gone()]
        for engine in [*_engines(names), None]:  # the last removes what is kept where none answers
            did += forget(engine, names)
        did += _end_engine(was_dead=was_dead)
    say("; ".join(did) if did else "nothing is running")


def gone() -> list[str]:
    """Clusters whose checkout is there no more."""
    places = paths.clusters().glob("tocsin-*/checkout")
    return [place.parent.name for place in places if not Path(place.read_text()).exists()]


def forget(engine: Engine | None, names: list[str]) -> list[str]:
    """Delete clusters, if there is an engine to ask, and what is kept of them."""
    did = []
    for name in names:
        if engine and kind.delete(engine, name):
            did.append(f"cluster {name} deleted")
        if (paths.clusters() / name).exists():
            shutil.rmtree(paths.clusters() / name)
    return did


def _engines(names: list[str]) -> list[Engine]:
    """Engines that may have the cluster; ours is started when it is dead but has it."""
    first = engines.running()
    found = [first] if first else []
    labels = remains.labels(kind.LABEL)
    if (first is None or not first.private) and labels & {*names}:
        try:
            with lock("engine"), step("engine: start, to delete what it holds", 3) as current:
                daemon.start(current)
        except ClusterError as error:
            say(f"its containers stay in {remains.folder()}: {error}")
        else:
            found.append(Engine(daemon.client(), daemon.host(), private=True))
    return found


def _end_engine(*, was_dead: bool) -> list[str]:
    """End our own engine unless another checkout uses it."""
    if not remains.folder().exists():
        return []
    with lock("engine"):
        known = [path.name for path in paths.clusters().glob("tocsin-*")]
        busy = [name for name in known if is_held(cluster.lock_name(name))]
        if not was_dead and daemon.answers():
            engine = Engine(daemon.client(), daemon.host(), private=True)
            busy += kind.running(engine)
        others = sorted({*busy} - {cluster.name()})
        if others:
            return [f"the engine stays, for {', '.join(others)}"]
        return daemon.stop()
