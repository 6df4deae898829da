"""The container engine: the one that answers, else one of our own."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from e2e.cluster import daemon, packages
from e2e.cluster.commands import Result, run
from e2e.cluster.errors import ClusterError
from e2e.cluster.locks import lock
from e2e.cluster.progress import say, step

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Engine:
    """An engine that answers; host is None where the client's own setting leads to it."""

    client: str
    host: str | None
    private: bool

    def environment(self) -> dict[str, str]:
        """The environment in which docker and kind find it."""
        env = dict(os.environ)
        if self.host:
            env["DOCKER_HOST"] = self.host
        if self.private:
            env["DOCKER_BUILDKIT"] = "0"  # the distribution's client has no buildx
        return env

    def docker(self, *words: str, check: bool = True, timeout: float = 120) -> Result:
        """Run the client."""
        return run([self.client, *words], env=self.environment(), check=check, timeout=timeout)

    def image_id(self, image: str) -> str | None:
        """The id of an image that it has."""
        result = self.docker("image", "inspect", "--format", "{{.Id}}", image, check=False)
        return result.stdout.strip() if result.returncode == 0 else None


def _users(env: Mapping[str, str]) -> Engine | None:
    """The engine that the user's own docker client reaches."""
    client, host = packages.which("docker"), env.get("DOCKER_HOST")
    if client is None or host == daemon.host():
        return None
    asked = run([client, "version", "--format", "{{.Server.Version}}"], check=False, timeout=15)
    if asked.returncode or not asked.stdout.strip():
        return None
    return Engine(client, host, private=False)


def running() -> Engine | None:
    """The engine that answers, or ours if it does; starts nothing."""
    found = _users(os.environ)
    if found is None and sys.platform == "linux" and daemon.answers():
        return Engine(daemon.client(), daemon.host(), private=True)
    return found


def find_or_start() -> Engine:
    """The engine that answers, else ours, started if it does not run."""
    found = running()
    if found and not found.private:
        say(f"engine: the one that answers ({found.host or 'the default of ' + found.client})")
        return found
    if found is None:
        _start()
    why = "DOCKER_HOST does not answer" if os.environ.get("DOCKER_HOST") else "no other answers"
    if os.environ.get("DOCKER_HOST") == daemon.host():
        why = "as DOCKER_HOST says"
    say(f"engine: our own dockerd ({why})")
    return Engine(daemon.client(), daemon.host(), private=True)


def _start() -> None:
    """Install and start our own engine."""
    if sys.platform != "linux" or not packages.can_install():
        raise ClusterError(
            "no container engine answers: start Docker (`docker info` must succeed), or run this"
            " as root on Debian or Ubuntu, where it starts one of its own"
        )
    packages.install(daemon.packages())
    if packages.which("docker") is None:
        packages.install({"docker": "docker-cli"})  # newer Debian: a package of its own
    with lock("engine"):
        if daemon.answers():
            return
        with step("engine: start", 2) as current:
            daemon.start(current)
