"""`metric`: where a criterion's numbers come from."""

from dataclasses import replace
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field

from tocsin.api.queries import MAX_QUERY_LENGTH, check_query
from tocsin.api.v1alpha1.base import OneOf, Schema
from tocsin.api.v1alpha1.cel import rules
from tocsin.api.v1alpha1.cloudwatchmetric import CloudWatchMetricSpec
from tocsin.api.v1alpha1.httpmetric import HttpMetric
from tocsin.api.v1alpha1.kubernetesmetric import KubernetesMetric
from tocsin.api.v1alpha1.podsmetric import PodsMetric
from tocsin.api.v1alpha1.sourceref import SourceRef
from tocsin.core.amounts import Unit
from tocsin.core.metrics import OPERATOR_SOURCE, Metric, OwnMetric

DEFAULT_SOURCE: Final = "default"

# The API server has no PromQL parser. This finds the usual form and lets the others to `parse`:
# a comment may end like a comparison, and `a and b > 5` is judged by `a`.
_ENDS_IN_COMPARISON: Final = r"(==|!=|<=|>=|<|>)\\s*[-+]?[0-9.]+\\s*$"
_NOT_LAST: Final = r"#|(?i)\\b(and|or|unless)\\b"
_NO_COMPARISON: Final = {
    "rule": f"self.matches('{_NOT_LAST}') || !self.matches('{_ENDS_IN_COMPARISON}')",
    "message": "the query ends in a comparison: move it to above or below",
    "messageExpression": (
        f"'the query ends in `' + self.find('{_ENDS_IN_COMPARISON}') + '`: with it good values "
        "vanish, and lost data looks like health. Write the query without it, and its number as "
        "`above` (for >) or `below` (for <)'"
    ),
}


def _checked(query: str) -> str:
    if problem := check_query(query):
        raise ValueError(problem)
    return query


class PrometheusMetric(Schema):
    """A query to Prometheus, or to what speaks its API."""

    source_ref: SourceRef | None = None
    """Which source is asked. Default: `{name: default}`. Example: `{name: thanos}`."""

    query: Annotated[
        str,
        Field(
            min_length=1,
            json_schema_extra={"maxLength": MAX_QUERY_LENGTH, **rules(_NO_COMPARISON)},
        ),
        AfterValidator(_checked),
    ]
    """A PromQL expression that returns the value to judge, for all workloads at once; keep the
    labels that tell workloads apart (namespace and pod, or namespace and deployment). Leave the
    comparison out: it belongs into `above` and `below`. Example:
    `histogram_quantile(0.99, sum by (le, namespace, pod)
    (rate(ml_prediction_latency_seconds_bucket[5m])))`."""


class OperatorMetric(Schema):
    """A number that the operator has of itself."""

    name: OwnMetric
    """SourceReachable: for each source, as the label `source`, the share of the last minute's
    queries that it answered, 0 to 1; a source that no rule asks is asked now and then.
    EvaluationsMissed: how many evaluations of any rule were due and skipped in the last five
    minutes. RulesInvalid: for each namespace, as the label `namespace`, how many of its rules
    cannot be evaluated as they are written. Example: `SourceReachable`."""


class MetricSpec(OneOf):
    """Where a criterion's numbers come from: exactly one source, and the unit of its numbers."""

    what: ClassVar[str] = "metric source"
    settings: ClassVar[frozenset[str]] = frozenset({"unit"})

    prometheus: PrometheusMetric | None = None
    """A query to Prometheus. Example: `{query: ml_prediction_error_ratio}`."""

    operator: OperatorMetric | None = None
    """A number that the operator has of itself. Example: `{name: SourceReachable}`."""

    http: HttpMetric | None = None
    """Numbers in the JSON that an address answers. Example:
    `{url: "https://models.example.com/v1/stats", value: latency.p99}`."""

    pods: PodsMetric | None = None
    """Series on the metrics pages of the workloads' own pods. Example:
    `{port: metrics, series: ml_prediction_latency_seconds, as: Quantile(0.99)}`."""

    cloud_watch: CloudWatchMetricSpec | None = None
    """A metric of Amazon CloudWatch. Example:
    `{namespace: AWS/SageMaker, metricName: ModelLatency, stat: p99}`."""

    kubernetes: KubernetesMetric | None = None
    """A number of each workload, out of what the operator watches. Example:
    `{name: ReadyRatio}`."""

    unit: Unit | None = None
    """What the query's numbers are: Seconds, Milliseconds, Microseconds, Ratio (1 is 100 %),
    Percent, or Bytes. It is needed where an amount has a suffix, like 200ms, and it shows
    values readably. Default: numbers without a unit. Example: `Seconds`."""

    def to_core(self) -> Metric:
        """The metric as the core knows it."""
        if self.operator:
            return Metric(OPERATOR_SOURCE, self.operator.name, self.unit)
        if own := self.http or self.pods or self.cloud_watch or self.kubernetes:
            return replace(own.to_core(), unit=self.unit)
        prometheus = self.prometheus
        # For the type checker: pydantic has checked it.
        assert prometheus is not None, "one source is set"  # noqa: S101  # never false
        source = prometheus.source_ref.name if prometheus.source_ref else DEFAULT_SOURCE
        return Metric(source, prometheus.query, self.unit)
