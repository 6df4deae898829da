"""`metric.pods`: the metrics pages of the workloads' own pods."""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, ConfigDict, Field, StrictInt

from tocsin.api.series import MAX_SERIES_LENGTH, read_series
from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.markers import Form
from tocsin.api.v1alpha1.types import Within
from tocsin.core.metrics import PODS_SOURCE, Metric
from tocsin.core.queries.pods import Meaning, PodsQuery

_PORT: Final = Form(
    "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "the name of a container's port, like metrics"
)
_PATH: Final = Form("^/[!-~]*$", "a path: write one like /metrics")
_AS: Final = Form(
    "^(Value|Rate|Quantile[(](0?[.][0-9]{1,6}|0|1)[)])$",
    "what is made of series: write Value, Rate, or a quantile like Quantile(0.99)",
)


def _checked(text: str) -> str:
    read_series(text)
    return text


PortName = Annotated[str, Field(max_length=15), _PORT]
Over = Annotated[timedelta, Within(timedelta(seconds=10), timedelta(minutes=15))]


class PodsMetric(Schema):
    """Series on the metrics pages of the rule's workloads' pods, read without anything between."""

    model_config = ConfigDict(json_schema_extra={"x-once": "spec.criterion.threshold.metric.pods"})

    port: Annotated[StrictInt, Field(ge=1, le=65535)] | PortName
    """The port of the page, 1 to 65535, or the name that a container gives it. Example:
    `metrics`."""

    path: Annotated[str, Field(max_length=1024), _PATH] | None = None
    """The path of the page. Default: `/metrics`. Example: `/v2/metrics`."""

    series: Annotated[
        str, Field(min_length=1, max_length=MAX_SERIES_LENGTH), AfterValidator(_checked)
    ]
    """The name of the series, and labels that have to be equal. Of a histogram the name without
    `_bucket`. Example: `ml_predictions_total{outcome="error"}`."""

    as_: Annotated[str | None, Field(alias="as", max_length=32), _AS] = None
    """What is made of them: Value (as they are), Rate (how much a counter grows in a second), or
    Quantile(0.99), with any share from 0 to 1 (of a histogram, over all labels of a pod's).
    Default: `Value`. Example: `Quantile(0.99)`."""

    over: Over | None = None
    """The time over which Rate and Quantile are taken: a duration from 10s to 15m. What pages said
    before is in memory, so both begin with the second look. Default: `1m`. Example: `5m`."""

    def to_core(self) -> Metric:
        """The metric as the core knows it, without unit; its pods are the rule's to say."""
        name, matchers = read_series(self.series)
        word, _, share = (self.as_ or "Value").partition("(")
        meaning = Meaning(word)
        if meaning is Meaning.QUANTILE:
            name = name.removesuffix("_bucket")
        query = PodsQuery(
            port=self.port,
            series=name,
            matchers=matchers,
            path=self.path or "/metrics",
            meaning=meaning,
            quantile=float(share.rstrip(")")) if share else None,
            over=self.over or timedelta(minutes=1),
        )
        return Metric(PODS_SOURCE, query)
