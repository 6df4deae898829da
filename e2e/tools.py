"""kubectl and helm against the checkout's cluster, and waiting for what must come true."""

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from e2e.cluster import Cluster

ROOT = Path(__file__).resolve().parents[1]
T = TypeVar("T")
Done = subprocess.CompletedProcess[str]


class CommandError(AssertionError):
    """A command that had to succeed did not; what it printed is the message."""


@dataclass(frozen=True)
class Tools:
    """The programs, set up for one cluster."""

    cluster: Cluster

    def kubectl(self, *args: str, input: str | None = None, check: bool = True) -> Done:  # noqa: A002  # as subprocess calls it
        """Run kubectl."""
        return self._run("kubectl", *args, stdin=input, check=check)

    def helm(self, *args: str, check: bool = True) -> Done:
        """Run helm."""
        return self._run("helm", *args, check=check)

    def get(self, kind: str, name: str, namespace: str) -> dict[str, Any]:
        """An object, as JSON."""
        done = self.kubectl("get", kind, name, "-n", namespace, "-o", "json")
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def items(self, kind: str, namespace: str, *args: str) -> list[dict[str, Any]]:
        """All objects of a kind, as JSON."""
        done = self.kubectl("get", kind, "-n", namespace, "-o", "json", *args)
        found: list[dict[str, Any]] = json.loads(done.stdout)["items"]
        return found

    def apply(self, namespace: str, *manifests: str | Path) -> None:
        """Apply manifests, given as text or as a file, server-side."""
        for manifest in manifests:
            text = manifest.read_text() if isinstance(manifest, Path) else manifest
            self.kubectl("apply", "--server-side", "-n", namespace, "-f", "-", input=text)

    def node(self, *args: str, check: bool = True) -> Done:
        """Run a program on the node, as root."""
        return self._run("docker", "exec", self.cluster.node, *args, check=check)

    def _run(self, program: str, *args: str, stdin: str | None = None, check: bool = True) -> Done:
        command = [str(self.cluster.bin / program), *args]
        env = self.cluster.environment()
        try:
            done = subprocess.run(  # noqa: S603  # our own programs
                command, env=env, input=stdin, capture_output=True, text=True, check=False,
                timeout=180,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise CommandError(f"{program} {' '.join(args)}: no end within 180 s") from error
        if check and done.returncode:
            raise CommandError(f"{program} {' '.join(args)}: {done.stderr}{done.stdout}")
        return done


def wait_for(what: str, probe: Callable[[], T | None], seconds: float = 60) -> T:
    """The first true answer of `probe`; what it could not do until then is part of the failure."""
    deadline = time.monotonic() + seconds
    while True:
        said = ""
        try:
            if found := probe():
                return found
        except (CommandError, KeyError, IndexError, ValueError) as error:
            said = f" ({error})"
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {what}{said}")
        time.sleep(0.2)
