"""What is asked of the cluster itself, as the watches know it."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from tocsin.core.queries.home import Home


class Fact(StrEnum):
    """A number of each workload."""

    WANTED_REPLICAS = "WantedReplicas"
    READY_REPLICAS = "ReadyReplicas"
    UNAVAILABLE_REPLICAS = "UnavailableReplicas"
    READY_RATIO = "ReadyRatio"
    UNAVAILABLE_FOR = "UnavailableFor"
    UPDATED_RATIO = "UpdatedRatio"
    ROLLOUT_STALLED = "RolloutStalled"
    RESTARTS = "Restarts"
    WAITING = "Waiting"
    TERMINATED = "Terminated"


@dataclass(frozen=True)
class KubernetesQuery:
    """A fact of the workloads at `home`; `reasons` and `within` narrow what is counted."""

    fact: Fact
    reasons: tuple[str, ...] = ()
    within: timedelta = timedelta(minutes=10)
    home: Home = field(default_factory=Home, metadata={"placed": True})

    def placed(self, home: Home) -> "KubernetesQuery":
        """The same for a rule that is at `home`."""
        return replace(self, home=home)

    def __str__(self) -> str:
        reasons = f" ({', '.join(self.reasons)})" if self.reasons else ""
        return f"{self.fact}{reasons}"
