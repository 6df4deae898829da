"""One screen: the engine, the cluster, what is kept."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from e2e.cluster import cluster, daemon, engine, kind, paths
from e2e.cluster.commands import run

if TYPE_CHECKING:
    from pathlib import Path


def text() -> str:
    """What there is."""
    return "\n".join([*_engine(), *_cluster(), *_sizes()])


def _engine() -> list[str]:
    found = engine.running()
    if found is None:
        state = "none answers" + ("; ours is there but silent" if daemon.process() else "")
        return [f"engine    {state}"]
    version = found.docker("version", "--format", "{{.Server.Version}}").stdout.strip()
    whose = "our own" if found.private else "the user's"
    nodes = ", ".join(kind.running(found)) or "none"
    return [
        f"engine    {whose}, docker {version}, {found.host or 'the default socket'}",
        f"clusters  {nodes}",
    ]


def _cluster() -> list[str]:
    found = cluster.find()
    if found is None:
        return [f"this one  {cluster.name()}: not up"]
    missing = kind.missing_part(found.bin.parent) if found.node else None
    return [
        f"this one  {found.name}: {'waits for ' + missing if missing else 'ready'}",
        f"          kubeconfig {found.kubeconfig}",
    ]


def _sizes() -> list[str]:
    home = paths.cache()
    folders = [path for path in sorted(home.iterdir()) if path.is_dir()] if home.is_dir() else []
    return [f"cache     {home}", *(f"{_size(path):>9} {path.name}" for path in folders)]


def _size(path: Path) -> str:
    asked = run(["du", "-sxh", path], check=False, timeout=60, env={**os.environ, "LC_ALL": "C"})
    return (asked.stdout.split() or ["?"])[0]
