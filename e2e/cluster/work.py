"""Folders to work in: one for each use, removed when a run is over, or by the next one."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from e2e.cluster import leftovers, processes
from e2e.cluster.commands import run
from e2e.cluster.errors import ClusterError
from e2e.cluster.locks import is_held, lock
from e2e.cluster.paths import cache, made

if TYPE_CHECKING:
    from collections.abc import Iterator


def root() -> Path:
    """Where the folders are."""
    return cache() / "work"


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """An empty folder, LOCK/NAME; the caller holds that lock, so nobody else uses it."""
    path = root() / name
    clean(path)
    made(path)
    try:
        yield path
    finally:
        clean(path)


def clean(path: Path) -> None:
    """End what a killed run left working in the folder, then remove it."""
    if not path.exists():
        return
    for _ in range(10):  # what is ended may have been starting others
        left = [
            process
            for process in processes.everyone()
            if leftovers.is_working_in(process, processes.places(process), path)
        ]
        if not left:
            break
        processes.end(left, grace=0)
    remove(path)


def clean_all() -> None:
    """Clean what killed runs left, but for what a run holds the lock of."""
    for path in sorted(root().iterdir()) if root().is_dir() else []:
        if not is_held(path.name):
            with lock(path.name):
                clean(path)


def remove(path: Path) -> None:
    """Remove a folder, never through a mount below it."""
    if not path.exists():
        return
    table = Path("/proc/self/mountinfo")
    if table.exists():
        for point in leftovers.mounts(table.read_text(), [path]):
            run(["umount", "--lazy", point], check=False)
        left = leftovers.mounts(table.read_text(), [path])
        if left:
            raise ClusterError(f"{left[0]} is still mounted: `umount {left[0]}`, then try again")
    shutil.rmtree(path)
