"""`metric.kubernetes`: numbers of the cluster itself."""

from datetime import timedelta
from typing import Annotated

from pydantic import ConfigDict, Field

from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.markers import Form, Unique
from tocsin.api.v1alpha1.types import Within
from tocsin.core.metrics import KUBERNETES_SOURCE, Metric
from tocsin.core.queries.kubernetes import Fact, KubernetesQuery

_REASON = Form("^[A-Za-z][A-Za-z0-9]*$", "a reason as the cluster writes it, like OOMKilled")

Recent = Annotated[timedelta, Within(timedelta(minutes=1), timedelta(days=1))]
Reason = Annotated[str, Field(max_length=64), _REASON]


class KubernetesMetric(Schema):
    """A number of each workload, out of what the operator watches anyway."""

    model_config = ConfigDict(
        json_schema_extra={"x-once": "spec.criterion.threshold.metric.kubernetes"}
    )

    name: Fact
    """WantedReplicas, ReadyReplicas, UnavailableReplicas; ReadyRatio and UpdatedRatio (of the
    wanted ones, `unit: Ratio`); UnavailableFor (since not all are ready, `unit: Seconds`);
    RolloutStalled (1 if its controller says so); Restarts (of the containers of its present pods);
    Waiting and Terminated (how many containers wait, or have failed lately). Example:
    `UnavailableFor`."""

    reasons: Annotated[list[Reason], Field(min_length=1, max_length=16), Unique()] | None = None
    """For Waiting and Terminated: count only these reasons. Default: those that are no usual start,
    and ends with an exit code. Example: `[OOMKilled]`."""

    within: Recent | None = None
    """For Terminated: how long ago the end may be: a duration from 1m to 24h. Default: `10m`.
    Example: `30m`."""

    def to_core(self) -> Metric:
        """The metric; durations are in seconds, shares from 0 to 1."""
        query = KubernetesQuery(self.name, tuple(self.reasons or ()))
        if self.within is not None:
            query = KubernetesQuery(self.name, query.reasons, self.within)
        return Metric(KUBERNETES_SOURCE, query)
