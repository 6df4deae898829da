"""Where things are: this checkout, the cache outside the tree, and the names made from them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = Path(__file__).resolve().parent


def checkout() -> Path:
    """The folder of this checkout."""
    return HERE.parents[1]


def cache() -> Path:
    """The folder that everything is kept in: TOCSIN_CACHE, or ~/.cache/tocsin."""
    named = os.environ.get("TOCSIN_CACHE")
    folder = Path(named).expanduser() if named else Path.home() / ".cache" / "tocsin"
    return folder.resolve()  # as the kernel names what is mounted below it


def cluster_name(folder: Path) -> str:
    """The name of the cluster of the checkout in this folder."""
    return f"tocsin-{hashlib.sha256(str(folder).encode()).hexdigest()[:8]}"


def clusters() -> Path:
    """One folder for each cluster: its kubeconfig, its programs and what it was made from."""
    return cache() / "clusters"


def logs() -> Path:
    """The folder of logs."""
    return made(cache() / "logs")


def made(folder: Path) -> Path:
    """The folder, made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file whole or not at all: a kill leaves the old one."""
    made(path.parent)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.touch(0o600)
    new.chmod(mode)
    new.write_text(text)
    new.replace(path)


def link(path: Path, target: Path) -> None:
    """Point a symbolic link at target, replacing what was there."""
    if path.is_symlink() and path.readlink() == target:
        return
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(path)


def digest(parts: Iterable[str | bytes | Path]) -> str:
    """12 hex digits that stand for these texts and files, in this order."""
    total = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else part
        data = data.encode() if isinstance(data, str) else data
        total.update(hashlib.sha256(data).digest())
    return total.hexdigest()[:12]


def files(folder: Path) -> list[Path]:
    """All files below a folder, in a fixed order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
