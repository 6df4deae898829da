"""Small makers of what surrounds an alert; times are minutes from its onset."""

from datetime import datetime, timedelta
from typing import Any

from tests.core.making import T0
from tocsin.core.context.onset import Onset
from tocsin.core.context.pods import ContainerFacts, PodFacts, Termination
from tocsin.core.context.templates import ContainerTemplate, Revision, Template

ONSET = Onset(T0)


def minutes(count: float) -> datetime:
    """So many minutes after the onset."""
    return T0 + timedelta(minutes=count)


def revision(number: int, tag: str, created: float) -> Revision:
    """A revision that runs an image with that tag."""
    server = ContainerTemplate("server", f"ml/scorer:{tag}")
    return Revision(
        f"r-{tag}", number, minutes(created), template=Template((server,), main="server")
    )


def container(**facts: Any) -> ContainerFacts:
    """A container with a limit of 64Mi."""
    return ContainerFacts(**{"name": "server", "memory_limit": "64Mi"} | facts)


def oom_killed(when: float | None = -1) -> Termination:
    """How a container ended that took more memory than it may."""
    return Termination("OOMKilled", 137, None if when is None else minutes(when))


def pod(
    name: str = "scorer-abc",
    of: str = "r-v18",
    *containers: ContainerFacts,
    started: float = -600,
    **facts: Any,
) -> PodFacts:
    """A pod that runs and is ready."""
    there: dict[str, Any] = {
        "phase": "Running",
        "ready": True,
        "started_at": minutes(started),
    } | facts
    return PodFacts(name=name, revision=of, containers=containers or (container(),), **there)
