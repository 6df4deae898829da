"""`metric.cloudWatch`: a metric of Amazon CloudWatch, or metric math over several."""

from datetime import timedelta
from typing import Annotated, Final, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.forms import LABEL_NAME, ShortText
from tocsin.api.v1alpha1.markers import Form, Names, UniqueBy
from tocsin.api.v1alpha1.sourceref import SourceRef
from tocsin.api.v1alpha1.types import Within
from tocsin.core.metrics import Metric
from tocsin.core.queries.cloudwatch import CloudWatchMetric, CloudWatchQuery

USUAL_SOURCE: Final = "cloudwatch"
_STAT: Final = Form("^[A-Za-z][A-Za-z0-9.:%()]*$", "a statistic, like Average, Sum, p99 or tm90")
_NAMESPACE: Final = Form("^[^:][-A-Za-z0-9_.#/: ]*$", "a namespace, like AWS/SageMaker")
_ID: Final = Form("^[a-z][a-zA-Z0-9_]*$", "an id that begins with a lower-case letter, like m1")
_DIMENSION: Final = Form("^[!-9;-~]( ?[!-~])*$", "the name of a dimension, like EndpointName")
_ONE_WAY: Final = (
    "write namespace, metricName and stat for one metric, or expression (with metrics, if it "
    "names some) for metric math"
)
_SHORT: Final = frozenset({1, 5, 10, 30})


def _checked(period: timedelta) -> timedelta:
    seconds = period.total_seconds()
    if seconds % 60 and seconds not in _SHORT:
        raise ValueError("CloudWatch has periods of 1s, 5s, 10s, 30s, and whole minutes: take one")
    return period


Period = Annotated[
    timedelta, Within(timedelta(seconds=1), timedelta(hours=24)), AfterValidator(_checked)
]
Stat = Annotated[str, Field(min_length=1, max_length=64), _STAT]
MetricNamespace = Annotated[str, Field(min_length=1, max_length=255), _NAMESPACE]
MetricName = Annotated[str, Field(min_length=1, max_length=255)]
Dimensions = Annotated[
    dict[str, Annotated[str, Field(min_length=1, max_length=1024)]],
    Field(max_length=30),
    Names(_DIMENSION),
]


class CloudWatchInput(Schema):
    """A metric that an expression names."""

    id: Annotated[str, Field(max_length=64), _ID]
    """What the expression calls it. Example: `errors`."""

    namespace: MetricNamespace
    """The metric's namespace. Example: `AWS/SageMaker`."""

    metric_name: MetricName
    """The metric. Example: `Invocation5XXErrors`."""

    stat: Stat
    """The statistic. Example: `Sum`."""

    dimensions: Dimensions | None = None
    """Its dimensions, all of them. Default: none. Example: `{EndpointName: scorer}`."""

    def to_core(self) -> CloudWatchMetric:
        """The metric as the core knows it."""
        dimensions = tuple(sorted((self.dimensions or {}).items()))
        return CloudWatchMetric(self.namespace, self.metric_name, self.stat, dimensions, self.id)


class CloudWatchMetricSpec(Schema):
    """A metric of Amazon CloudWatch, or metric math over several."""

    model_config = ConfigDict(
        json_schema_extra={"x-once": "spec.criterion.threshold.metric.cloudWatch"}
    )

    source_ref: SourceRef | None = None
    """Which source is asked. Default: `{name: cloudwatch}`. Example: `{name: aws-eu}`."""

    namespace: MetricNamespace | None = None
    """The metric's namespace. Default: none, with `expression`. Example: `AWS/SageMaker`."""

    metric_name: MetricName | None = None
    """The metric. Default: none, with `expression`. Example: `ModelLatency`."""

    dimensions: Dimensions | None = None
    """The metric's dimensions, all of them. Default: none. Example:
    `{EndpointName: scorer, VariantName: AllTraffic}`."""

    stat: Stat | None = None
    """The statistic: Average, Sum, Minimum, Maximum, SampleCount, a percentile like p99, or another
    that CloudWatch knows. Default: none, with `expression`. Example: `p99`."""

    expression: Annotated[str | None, Field(min_length=1, max_length=1024)] = None
    """Metric math over `metrics`, by their ids, or SEARCH(…). Default: none. Example:
    `100 * errors / calls`."""

    metrics: Annotated[list[CloudWatchInput], Field(max_length=10), UniqueBy(("id",))] | None = None
    """The metrics that `expression` names, at most 10. Default: none. Example:
    `[{id: m1, namespace: AWS/SageMaker, metricName: Invocations, stat: Sum}]`."""

    period: Period | None = None
    """The length of CloudWatch's intervals: 1s, 5s, 10s, 30s, or whole minutes up to 24h. Default:
    that of the source, 1m unless it is set. Example: `5m`."""

    labels: Annotated[dict[str, ShortText], Field(max_length=16), Names(LABEL_NAME)] | None = None
    """Labels of the series, beside its dimensions; deployment, statefulset and model say whose it
    is. Default: none. Example: `{deployment: scorer}`."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        single = (self.namespace, self.metric_name, self.stat)
        if self.expression is None:
            whole = None not in single and self.metrics is None
        else:
            whole = not any((*single, self.dimensions))
        if not whole:
            raise ValueError(_ONE_WAY)
        return self

    def to_core(self) -> Metric:
        """The metric as the core knows it, without unit."""
        metrics = tuple(one.to_core() for one in self.metrics or ())
        if self.namespace and self.metric_name and self.stat:
            dimensions = tuple(sorted((self.dimensions or {}).items()))
            one = CloudWatchMetric(self.namespace, self.metric_name, self.stat, dimensions)
            metrics = (one,)
        query = CloudWatchQuery(
            metrics,
            expression=self.expression or "",
            period=self.period,
            labels=tuple(sorted((self.labels or {}).items())),
        )
        return Metric(self.source_ref.name if self.source_ref else USUAL_SOURCE, query)
