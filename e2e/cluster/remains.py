"""What an engine of our own has and leaves: containers, processes, mounts, bridges, cgroups."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from e2e.cluster import leftovers, network, processes
from e2e.cluster.commands import run
from e2e.cluster.paths import cache

if TYPE_CHECKING:
    from e2e.cluster.processes import Process


def folder() -> Path:
    """Everything of the engine is in here."""
    return cache() / "engine"


def containers() -> set[str]:
    """Ids of the containers that its folder holds, running or not."""
    found = folder() / "data" / "containers"
    return {entry.name for entry in found.iterdir()} if found.is_dir() else set()


def labels(name: str) -> set[str]:
    """The values of a label of its containers, read from its folder, whether it runs or not."""
    found = set()
    for path in (folder() / "data" / "containers").glob("*/config.v2.json"):
        with suppress(OSError, ValueError):
            found.add(json.loads(path.read_text())["Config"]["Labels"].get(name))
    return {value for value in found if value}


def its_processes() -> list[Process]:
    """Everything that it runs: itself, its containerd, shims and proxies, and the containers'."""
    ids = containers()
    return [
        found
        for found in processes.everyone()
        if leftovers.is_of_engine(
            found,
            processes.text_of(found, "environ"),
            processes.text_of(found, "cgroup"),
            folder(),
            ids,
        )
    ]


def end_processes() -> int:
    """Kill all that it runs; how many there were."""
    count = 0
    for _ in range(20):  # what is killed may have been starting others
        left = its_processes()
        if not left:
            break
        count = max(count, len(left))
        processes.end(left, grace=0)
    return count


def clear() -> list[str]:
    """Take away all that it left; says what there was. The caller holds the lock of the engine."""
    did = []
    killed, gone = end_processes(), unmount(folder())
    did += [f"processes killed: {killed}"] if killed else []
    did += [f"mounts removed: {gone}"] if gone else []
    did += clear_network()
    for stale in ("docker.pid", "docker.sock"):
        (folder() / stale).unlink(missing_ok=True)
    if not unmount(folder()):
        shutil.rmtree(folder() / "exec", ignore_errors=True)
    remove_cgroups()
    return did


def unmount(below: Path) -> int:
    """Take away all mounts below a folder; how many there were."""
    found = leftovers.mounts(Path("/proc/self/mountinfo").read_text(), [below])
    for point in found:
        run(["umount", "--lazy", point], check=False)
    return len(found)


def clear_network() -> list[str]:
    """Take away its bridges and rules, when it was written down what there was before it."""
    path = folder() / "before.json"
    before = network.recall(path)
    if before is None:
        return []
    mine = _namespace("self")
    shared = any(
        found.name == "dockerd" and _namespace(found.pid) == mine for found in processes.everyone()
    )
    store = folder() / "data" / "network" / "files" / "local-kv.db"
    text = store.read_bytes().decode("latin-1") if store.exists() else ""
    known = set(leftovers.NETWORK_BRIDGE.findall(text))
    gone = network.clear(before, known, shared=shared)
    path.unlink()
    return [f"bridges removed: {' '.join(gone)}"] if gone else []


def _namespace(pid: int | str) -> str:
    try:
        return str(Path(f"/proc/{pid}/ns/net").readlink())
    except OSError:
        return ""


def remove_cgroups() -> None:
    """Remove the empty cgroups of its containers."""
    ids = containers()
    for pattern in ("docker/*", "*/docker/*", "system.slice/docker-*"):
        for group in Path("/sys/fs/cgroup").glob(pattern):
            if any(name in ids for name in leftovers.CONTAINER.findall(group.name)):
                for inner in sorted((p for p in group.rglob("*") if p.is_dir()), reverse=True):
                    _rmdir(inner)
                _rmdir(group)


def _rmdir(group: Path) -> None:
    with suppress(OSError):  # something runs in it: not ours to end
        group.rmdir()
