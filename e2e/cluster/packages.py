"""Packages of Debian and Ubuntu, installed without starting any service of theirs."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from e2e.cluster.commands import logged, run
from e2e.cluster.errors import ClusterError
from e2e.cluster.locks import lock
from e2e.cluster.progress import Step, step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

POLICY = Path("/usr/sbin/policy-rc.d")
MARK = "# of tocsin, for the time of one installation: no service is started"
SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin"


def which(program: str) -> str | None:
    """Where a program is; a service's folders count too, whatever the PATH."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:{SYSTEM_PATH}")


def missing(programs: Mapping[str, str]) -> list[str]:
    """Packages to install, of {a program or file: its package}."""
    absent = {
        package
        for program, package in programs.items()
        if not (Path(program).exists() if program.startswith("/") else which(program))
    }
    return sorted(absent)


def can_install() -> bool:
    """Whether this is root on a machine with apt."""
    return os.geteuid() == 0 and which("apt-get") is not None


def install(programs: Mapping[str, str]) -> None:
    """Install the packages of the programs that are missing."""
    if not missing(programs):
        return
    wanted = missing(programs)
    if not can_install():
        raise ClusterError(
            f"{', '.join(wanted)} missing: on Debian or Ubuntu, `sudo apt-get install"
            f" {' '.join(wanted)}`"
        )
    with lock("packages"), step(f"packages: {' '.join(wanted)}", 25) as current, _no_services():
        if not list(Path("/var/lib/apt/lists").glob("*_Packages*")):
            _apt(["update"], current)
        try:
            _apt(["install", "--no-install-recommends", *wanted], current)
        except ClusterError:  # the lists may be too old
            _apt(["update"], current)
            _apt(["install", "--no-install-recommends", *wanted], current)


def _apt(words: list[str], current: Step) -> None:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    hint = "Mend it with `apt-get update` and `apt-get --fix-broken install`, then try again."
    logged(["apt-get", "-y", "-q", *words], f"apt-{words[0]}", current, env=env, hint=hint)


@contextmanager
def _no_services() -> Iterator[None]:
    """Forbid the start of services; a file left by a killed run is ours to replace and remove."""
    if POLICY.exists() and MARK not in POLICY.read_text(errors="replace"):
        yield  # the machine has a policy of its own
        return
    POLICY.write_text(f"#!/bin/sh\n{MARK}\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)


def forget_policy() -> None:
    """Remove the file that a killed installation left."""
    if os.access(POLICY, os.W_OK) and MARK in POLICY.read_text(errors="replace"):
        with lock("packages"):
            POLICY.unlink(missing_ok=True)


def trust() -> Path:
    """This machine's certificates; may not exist."""
    named = os.environ.get("SSL_CERT_FILE")
    return Path(named) if named else Path("/etc/ssl/certs/ca-certificates.crt")


def debian_mirror() -> str | None:
    """The mirror that apt uses here, asked each time and written nowhere."""
    wanted = ["Origin: Debian", "Created-By: Packages"]
    asked = run(["apt-get", "indextargets", "--format", "$(REPO_URI)", *wanted], check=False)
    mirrors = [uri for uri in asked.stdout.split() if "security" not in uri]
    return mirrors[0].rstrip("/") if mirrors else None
