"""Processes by pid and start time, so that a pid used again is never taken for an old process."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """A process; start is in clock ticks since the boot of the machine."""

    pid: int
    start: int
    name: str
    argv: tuple[str, ...] = ()


def parse_stat(text: str) -> tuple[str, str, int]:
    """Name, state and start time in a /proc/PID/stat; the name may hold spaces and brackets."""
    name = text[text.index("(") + 1 : text.rindex(")")]
    fields = text[text.rindex(")") + 2 :].split()
    return name, fields[0], int(fields[19])


def read(pid: int, proc: Path = PROC) -> Process | None:
    """The process that has this pid now, unless it is dead or a zombie."""
    folder = proc / str(pid)
    try:
        name, state, start = parse_stat((folder / "stat").read_text(errors="replace"))
        argv = (folder / "cmdline").read_text(errors="replace").split("\0")[:-1]
    except (OSError, ValueError):
        return None
    return None if state in "ZX" else Process(pid, start, name, tuple(argv))


def everyone(proc: Path = PROC) -> list[Process]:
    """All processes but this one."""
    if not proc.is_dir():
        return []  # not Linux
    pids = [int(entry.name) for entry in proc.iterdir() if entry.name.isdigit()]
    found = (read(pid, proc) for pid in pids if pid != os.getpid())
    return [process for process in found if process]


def alive(process: Process, proc: Path = PROC) -> bool:
    """Whether this very process still runs: same pid and same start time."""
    now = read(process.pid, proc)
    return now is not None and now.start == process.start


def text_of(process: Process, file: str, proc: Path = PROC) -> str:
    """A file of the process in /proc, empty when it is gone."""
    try:
        return (proc / str(process.pid) / file).read_text(errors="replace")
    except OSError:
        return ""


def places(process: Process, proc: Path = PROC) -> list[Path]:
    """The root and the working folder of a process, as far as they can be read."""
    found = []
    for link in ("root", "cwd"):
        with suppress(OSError):
            found.append((proc / str(process.pid) / link).readlink())
    return found


def send(process: Process, number: signal.Signals) -> None:
    """Signal this very process: the descriptor holds the pid while its start time is checked."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except OSError:
        return
    try:
        if alive(process):
            signal.pidfd_send_signal(descriptor, number)
    except ProcessLookupError:
        pass
    finally:
        os.close(descriptor)


def end(processes: Iterable[Process], grace: float) -> None:
    """Ask the processes to end, and kill those that have not when the grace is over."""
    left = list(processes)
    for number, seconds in ((signal.SIGTERM, grace), (signal.SIGKILL, 10.0)):
        if number is signal.SIGTERM and not grace:
            continue
        for process in left:
            send(process, number)
        deadline = time.monotonic() + seconds
        while (left := [p for p in left if alive(p)]) and time.monotonic() < deadline:
            time.sleep(0.05)
