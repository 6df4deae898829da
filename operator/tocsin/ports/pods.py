"""The pods of workloads, as far as they can be asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tocsin.core.queries.home import Home


@dataclass(frozen=True)
class PodAddress:
    """A pod that runs, has an address of its own, and is not about to end.

    `ports` are those that its containers name; `uid` tells it from one of the same name.
    """

    name: str
    uid: str
    ip: str
    ready: bool = True
    ports: Mapping[str, int] = field(default_factory=dict)


class PodDirectory(Protocol):
    """Knows which pods there are."""

    def pods(self, home: Home) -> Sequence[PodAddress]:
        """The pods of the workloads at `home`, in order of their names."""
        ...
