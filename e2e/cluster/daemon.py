"""A container engine of our own: the distribution's dockerd with its own socket and folders."""

from __future__ import annotations

import os
import re
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from e2e.cluster import leftovers, network, processes, remains
from e2e.cluster.commands import TAIL, background, run
from e2e.cluster.errors import ClusterError
from e2e.cluster.packages import which
from e2e.cluster.paths import HERE, logs, made, write
from e2e.cluster.remains import folder

if TYPE_CHECKING:
    from e2e.cluster.processes import Process
    from e2e.cluster.progress import Step

CAP_SYS_RESOURCE = 24
LONGEST_SOCKET = 107
PACKAGES = {
    "/usr/sbin/dockerd": "docker.io",
    "runc": "runc",
    "iptables": "iptables",
    "nft": "nftables",
    "ip": "iproute2",
}


def host() -> str:
    """The address of its socket, for DOCKER_HOST."""
    return f"unix://{folder()}/docker.sock"


def packages() -> dict[str, str]:
    """What it needs, as {program: package}."""
    return PACKAGES | ({} if has_capability() else {"jq": "jq"})


def client() -> str:
    """The client of the same package; the one first on the PATH may be of another version."""
    return "/usr/bin/docker" if Path("/usr/bin/docker").exists() else "docker"


def has_capability() -> bool:
    """Whether root here may raise limits: without it runc refuses what a node asks for."""
    status = Path("/proc/self/status").read_text()
    bound = next(line for line in status.splitlines() if line.startswith("CapBnd:"))
    return bool(int(bound.split()[1], 16) >> CAP_SYS_RESOURCE & 1)


def environment() -> dict[str, str]:
    """What it is told of this shell: how it reaches registries, and its mark."""
    told = re.compile(r"PATH|HOME|LANG|TMPDIR|SSL_CERT_\w+|(HTTPS?|NO)_PROXY", re.IGNORECASE)
    env = {name: value for name, value in os.environ.items() if told.fullmatch(name)}
    path = f"{env.get('PATH', '')}:/usr/sbin:/sbin"
    return env | {"PATH": path, leftovers.MARK: str(folder())}


def process() -> Process | None:
    """Our dockerd, known by its folder."""
    for found in processes.everyone():
        words = found.argv
        if found.name == "dockerd" and ("--exec-root", str(folder() / "exec")) in pairwise(words):
            return found
    return None


def answers(timeout: float = 10) -> bool:
    """Whether it answers."""
    if not (folder() / "docker.sock").exists():
        return False
    asked = [client(), "--host", host(), "version", "--format", "{{.Server.Version}}"]
    return run(asked, check=False, timeout=timeout).returncode == 0


def start(step: Step) -> None:
    """Start it, over whatever an earlier one left. The caller holds the lock of the engine."""
    if process() and _wait(step, 30):
        return
    root = made(folder())
    if len(f"{root}/exec/containerd/containerd-debug.sock.ttrpc") > LONGEST_SOCKET:
        raise ClusterError(f"{root} is too long a path for a socket: set TOCSIN_CACHE to a shorter")
    remains.end_processes()
    for stale in ("docker.pid", "docker.sock", "exec/containerd/containerd.pid"):
        (root / stale).unlink(missing_ok=True)  # a pid used again would keep it from starting
    network.remember(root / "before.json")
    write(root / "daemon.json", "{}\n")  # the machine's own settings are not ours
    words: list[str | Path] = [which("dockerd") or "dockerd"]
    words += ["--config-file", root / "daemon.json", "--pidfile", root / "docker.pid"]
    words += ["--data-root", root / "data", "--exec-root", root / "exec", "--host", host()]
    if not has_capability():
        fit = root / "runc-fit"
        write(fit, (HERE / "runc-fit").read_text(), 0o755)
        words += ["--add-runtime", f"fit={fit}", "--default-runtime", "fit"]
    log = logs() / "dockerd.log"
    if log.exists():
        log.replace(logs() / "dockerd.old.log")
    background(words, log, environment())
    if not _wait(step, 60):
        end = "\n".join(f"  | {text}" for text in log.read_text().splitlines()[-TAIL:])
        raise ClusterError(f"our own dockerd did not start.\n{end}\nThe whole log: {log}")


def _wait(step: Step, seconds: float) -> bool:
    """Wait until it answers, or its process is gone, or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answers(5):
            return True
        if process() is None and time.monotonic() > deadline - seconds + 1:
            return False
        step.tick()
        time.sleep(0.1)
    return False


def stop() -> list[str]:
    """End it and take away what it leaves; says what was there. The caller holds the lock."""
    main = process()
    if main:
        processes.end([main], grace=20)
    return [*(["engine ended"] if main else []), *remains.clear()]
