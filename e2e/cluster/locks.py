"""Locks between runs: of one checkout, and of all that share the cache."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from e2e.cluster.paths import cache, made
from e2e.cluster.progress import say

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def lock(name: str) -> Iterator[None]:
    """Hold the lock of this name; the kernel lets go of it however the holder ends."""
    path = made(cache() / "locks") / name
    with path.open("a+") as file:
        if not _try(file.fileno()):
            file.seek(0)
            say(f"waiting for another run (process {file.read().strip() or '?'}) to end: {name}")
            while not _try(file.fileno()):
                time.sleep(0.1)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def is_held(name: str) -> bool:
    """Whether a run holds the lock of this name."""
    path = cache() / "locks" / name
    if not path.exists():
        return False
    with path.open("a+") as file:
        return not _try(file.fileno())


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
