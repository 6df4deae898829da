"""The criteria that stand on their own, registered: a rule tests one, a composite several."""

from collections.abc import Mapping
from typing import ClassVar, Final

from tocsin.api.v1alpha1.base import OneOf
from tocsin.api.v1alpha1.criteria.absence import AbsenceSpec
from tocsin.api.v1alpha1.criteria.anomaly import AnomalySpec
from tocsin.api.v1alpha1.criteria.drift import DriftSpec
from tocsin.api.v1alpha1.criteria.rateofchange import RateOfChangeSpec
from tocsin.api.v1alpha1.criteria.spec import CriterionSpec
from tocsin.api.v1alpha1.criteria.threshold import ThresholdSpec

SPECS: Final[Mapping[str, type[CriterionSpec]]] = {
    "threshold": ThresholdSpec,
    "rateOfChange": RateOfChangeSpec,
    "absence": AbsenceSpec,
    "drift": DriftSpec,
    "anomaly": AnomalySpec,
}


class SingleCriterion(OneOf):
    """One criterion over one metric."""

    what: ClassVar[str] = "criterion"

    threshold: ThresholdSpec | None = None
    """A value above or below a limit. Example:
    `{metric: {prometheus: {query: ml_prediction_error_ratio}, unit: Ratio}, above: 5%}`."""

    rate_of_change: RateOfChangeSpec | None = None
    """A value now against the value some time before. Example:
    `{metric: {prometheus: {query: ml_model_accuracy}, unit: Ratio}, over: 1h, decreasesBy: 10%}`.
    """

    absence: AbsenceSpec | None = None
    """A workload that should serve and does not. Example:
    `{metric: {prometheus: {query: "rate(ml_predictions_total[1m])"}}, window: 5m}`."""

    drift: DriftSpec | None = None
    """The values of features are distributed otherwise than they were. Example:
    `{metric: {prometheus: {query: "sum by (namespace, pod, feature, le)
    (increase(ml_feature_value_bucket[1h]))"}}, baseline: {ago: 7d}}`."""

    anomaly: AnomalySpec | None = None
    """A value that is far from what its series is like as a rule. Example:
    `{metric: {prometheus: {query: ml_prediction_error_ratio}, unit: Ratio}, direction: Up}`."""

    @property
    def chosen(self) -> CriterionSpec:
        """The one that is set."""
        return next(
            spec
            for name in type(self).model_fields
            if isinstance(spec := getattr(self, name), CriterionSpec)
        )
