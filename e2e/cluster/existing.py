"""CLUSTER=existing: a cluster of the user's, by the name of its context, never the current one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from e2e.cluster.commands import run
from e2e.cluster.errors import ClusterError
from e2e.cluster.paths import digest, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def wanted(env: Mapping[str, str] = os.environ) -> bool:
    """Whether a cluster of the user's is to be used."""
    value = env.get("CLUSTER", "")
    if value not in ("", "existing", "kind"):
        raise ClusterError(f"CLUSTER={value} is unknown: leave it out, or say CLUSTER=existing")
    return value == "existing"


def choose(named: str | None, known: Sequence[str]) -> str:
    """The context that is named, if it is known."""
    listed = ", ".join(known) or "none"
    if not named:
        raise ClusterError(
            f"CLUSTER=existing needs CONTEXT=name, one of the known contexts: {listed}"
        )
    if named not in known:
        raise ClusterError(f"no context {named}; the known contexts are: {listed}")
    return named


def path(folder: Path) -> Path | None:
    """Where the kubeconfig of the named context is kept; None when none is named."""
    named = os.environ.get("CONTEXT")
    return folder / f"existing-{digest([named])}.kubeconfig" if named else None


def kubeconfig(kubectl: Path, folder: Path) -> Path:
    """A kubeconfig that holds the named context alone, for this checkout."""
    asked = run([kubectl, "config", "get-contexts", "--output", "name"], check=False)
    context = choose(os.environ.get("CONTEXT"), asked.stdout.split())
    words = ["config", "view", "--minify", "--flatten", f"--context={context}"]
    kept = folder / f"existing-{digest([context])}.kubeconfig"
    write(kept, run([kubectl, *words]).stdout, 0o600)  # it holds the user's credentials
    return kept
