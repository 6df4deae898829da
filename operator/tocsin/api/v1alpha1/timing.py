"""When a met criterion becomes an alert, and when an alert ends: M of N, and enough samples."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, StrictInt

from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.cel import rule, rules
from tocsin.api.v1alpha1.metrics import MetricSpec
from tocsin.api.v1alpha1.types import AmountField
from tocsin.core.amounts import Amount, Unit
from tocsin.core.rules import Datapoints, LabelCoverage, MinSamples
from tocsin.core.trails import LENGTH

MORE_THAN_ALL = "matching is more than of: choose at most as many"


def _checked_share(amount: Amount) -> Amount:
    if not 0 < amount.in_base(Unit.RATIO) <= 1:
        raise ValueError("it is a share above 0%, at most 100%: write 80%")
    return amount


class DatapointsSpec(Schema):
    """How many of the last values have to meet the criterion."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule("self.matching <= self.of", MORE_THAN_ALL, field="matching"),
        )
    )

    matching: Annotated[StrictInt, Field(ge=1, le=LENGTH)]
    """How many values have to meet the criterion: a whole number from 1 to `of`. Example: `3`."""

    of: Annotated[StrictInt, Field(ge=1, le=LENGTH)]
    """How many of the last observed values count: a whole number from 1 to 20. Example: `5`."""

    def to_core(self) -> Datapoints:
        """The condition as the core knows it."""
        return Datapoints(self.matching, self.of)


class MinSamplesSpec(Schema):
    """How much a value has to rest on."""

    metric: MetricSpec
    """How many samples there were: the values of a workload's series are summed. Example:
    `{prometheus: {query: "sum by (namespace, pod) (increase(ml_predictions_total[5m]))"}}`."""

    at_least: Annotated[StrictInt, Field(ge=1, le=1_000_000_000)]
    """The least number of samples: a whole number from 1. With fewer, and where the number is not
    known, nothing is said of the workload: its verdict is Unknown. Example: `30`."""

    def to_core(self) -> MinSamples:
        """The condition as the core knows it."""
        return MinSamples(self.metric.to_core(), float(self.at_least))


class LabelCoverageSpec(Schema):
    """For how many predictions the label has to have come."""

    metric: MetricSpec
    """The share of predictions whose label has come, 0 to 1, or with `unit: Percent` 0 to 100; of
    several series of a workload the least counts. Example:
    `{prometheus: {query: "ml_labels_matched_total / ml_predictions_total"}}`."""

    at_least: Annotated[AmountField, AfterValidator(_checked_share)]
    """The least share. With less, and where it is not known, nothing is said of the workload: its
    verdict is Unknown. Example: `80%`."""

    def to_core(self) -> LabelCoverage:
        """The condition as the core knows it."""
        return LabelCoverage(self.metric.to_core(), self.at_least.in_base(Unit.RATIO))
