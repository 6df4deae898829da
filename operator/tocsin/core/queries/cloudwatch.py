"""What is asked of Amazon CloudWatch."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from tocsin.core.queries.home import Home

#: Functions that make many series of one expression, each with a label of its own.
_MANY: Final = re.compile(r"\b(SEARCH|SELECT)\b", re.IGNORECASE)
#: The function that takes all metrics of a request.
_ALL: Final = re.compile(r"\bMETRICS\b", re.IGNORECASE)


@dataclass(frozen=True)
class CloudWatchMetric:
    """One statistic of one metric; `id` is its name in an expression."""

    namespace: str
    name: str
    stat: str
    dimensions: tuple[tuple[str, str], ...] = ()
    id: str = ""


@dataclass(frozen=True)
class CloudWatchQuery:
    """A metric, or an expression of metric math over `metrics`.

    Without a `period` that of the source counts. `home` is the namespace of the rule.
    """

    metrics: tuple[CloudWatchMetric, ...] = ()
    expression: str = ""
    period: timedelta | None = None
    labels: tuple[tuple[str, str], ...] = ()
    home: str = field(default="", metadata={"placed": True})

    def placed(self, home: Home) -> "CloudWatchQuery":
        """The same for a rule of that namespace."""
        return replace(self, home=home.namespace)

    @property
    def size(self) -> int:
        """How many of a request's queries it takes."""
        return len(self.metrics) + bool(self.expression)

    @property
    def makes_many(self) -> bool:
        """Whether its series are told apart by labels that CloudWatch gives them."""
        return bool(_MANY.search(self.expression))

    @property
    def is_alone(self) -> bool:
        """Whether it has to be a request of its own, since it takes all that is in one."""
        return bool(_ALL.search(self.expression))

    @property
    def shared_dimensions(self) -> tuple[tuple[str, str], ...]:
        """The dimensions that all of its metrics have."""
        if not self.metrics:
            return ()
        first, *others = (one.dimensions for one in self.metrics)
        return tuple(pair for pair in first if all(pair in one for one in others))

    def __str__(self) -> str:
        metrics = ", ".join(map(_shown, self.metrics))
        if not self.expression:
            return metrics
        return f"{self.expression} of {metrics}" if metrics else self.expression


def _shown(metric: CloudWatchMetric) -> str:
    dimensions = ", ".join(f"{name}={value}" for name, value in metric.dimensions)
    named = f"{metric.id} = " if metric.id else ""
    within = f" {{{dimensions}}}" if dimensions else ""
    return f"{named}{metric.stat} of {metric.namespace} {metric.name}{within}"
