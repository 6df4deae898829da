"""What `tocsin --help` costs: the time in which somebody waits for a prompt.

CPU time of the process, its start included, and the time on the wall; the least of a few runs, as
what else the machine does only adds to it.
"""

import os
import subprocess
import sys
import time

RUNS = 5


def run() -> dict[str, float]:
    """Milliseconds of `tocsin --help`."""
    costs = [cost("--help") for _ in range(RUNS)]
    cpu, wall = (min(values) * 1000 for values in zip(*costs, strict=True))
    return {"cpu_ms": cpu, "wall_ms": wall}


def cost(*arguments: str) -> tuple[float, float]:
    """Seconds of CPU and on the wall that `tocsin` takes, in a process of its own."""
    started = time.monotonic()
    process = subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, "-m", "tocsin", *arguments], stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"tocsin {' '.join(arguments)} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - started
