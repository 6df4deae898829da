"""`criterion.promql`: a query with its condition, as it stands in a Prometheus rule."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from tocsin.api.queries import MAX_QUERY_LENGTH, check_condition
from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.metrics import DEFAULT_SOURCE
from tocsin.api.v1alpha1.sourceref import SourceRef
from tocsin.core.metrics import Metric

#: What a rule cannot say beside it, and why.
NOT_BESIDE: Final = {
    "reduce": "each series of promql is an alert of its own",
    "identityLabels": "all labels of a series of promql tell it from others",
    "missingData": "a series that promql does not return is not met, as in Prometheus",
    "minSamples": "promql has its whole condition in the query",
    "labelDelay": "promql has its whole condition in the query: write `offset 2h` there",
    "labelCoverage": "promql has its whole condition in the query",
    "datapoints": "promql forgets a series that is not returned: use for",
}


def _checked(query: str) -> str:
    if problem := check_condition(query):
        raise ValueError(problem)
    return query


class PromQLSpec(Schema):
    """Every series that the query returns alerts, as in a Prometheus rule."""

    source_ref: SourceRef | None = None
    """Which source is asked. Default: `{name: default}`. Example: `{name: thanos}`."""

    query: Annotated[
        str,
        Field(min_length=1, json_schema_extra={"maxLength": MAX_QUERY_LENGTH}),
        AfterValidator(_checked),
    ]
    """A PromQL expression with its comparison: each series that it returns is met, whatever its
    value. Example: `ml_drift_score > 0.2`."""

    def to_metric(self) -> Metric:
        """What is asked; its values have no unit."""
        return Metric(self.source_ref.name if self.source_ref else DEFAULT_SOURCE, self.query)
