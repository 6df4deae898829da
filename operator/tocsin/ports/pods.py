"""The pods of workloads, as far as they can be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tocsin.core.queries.home import Home


@dataclass(frozen=True, slots=True)
class PodAddress:
    """A pod that runs, has an address of its own, and is not about to end.

    `ports` are those that its containers name; `uid` tells it from one of the same name.
    """

    name: str
    uid: str
    ip: str
    ready: bool = True
    ports: tuple[tuple[str, int], ...] = ()

    def port(self, name: str) -> int | None:
        """The number of the port that a container calls `name`."""
        return dict(self.ports).get(name)


class PodDirectory(Protocol):
    """Knows which pods there are."""

    def pods(self, home: Home) -> Sequence[PodAddress]:
        """The pods of the workloads at `home`, in order of their names."""
        ...
