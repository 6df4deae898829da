"""`criterion.drift`: which features, compared how, and with when."""

from collections.abc import Iterator, Mapping, Set
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Final

from pydantic import ConfigDict

from tocsin.api.series import histogram_asked
from tocsin.api.v1alpha1.base import OneOf, Schema
from tocsin.api.v1alpha1.cel import rule, rules
from tocsin.api.v1alpha1.criteria.spec import CriterionSpec, in_force
from tocsin.api.v1alpha1.forms import DottedName, LabelName
from tocsin.api.v1alpha1.stored import at
from tocsin.api.v1alpha1.types import LimitField, Reference, Within
from tocsin.core.amounts import Amount, Unit
from tocsin.core.criteria.drift import NAMELESS, Drift, Method, limit_of
from tocsin.core.queries.pods import PodsQuery
from tocsin.core.queries.stored import StoredQuery

_USUAL: Final = {
    Method.PSI: Amount(0.2),
    Method.KS: Amount(0.01),
    Method.CHI_SQUARED: Amount(0.01),
}

Ago = Annotated[timedelta, Within(timedelta(minutes=1), timedelta(days=90))]


class ConfigMapRef(Schema):
    """Names a ConfigMap of the rule's namespace."""

    name: DottedName
    """The ConfigMap's name. Example: `fraud-baseline`."""


class DriftBaseline(OneOf):
    """What the present distribution is compared with: exactly one of these."""

    what: ClassVar[str] = "baseline"

    ago: Ago | None = None
    """The same query, as of so long ago: a duration from 1m to 2160h. A week ago has the same hour
    of the same day. Default: none. Example: `7d`."""

    config_map_ref: ConfigMapRef | None = None
    """Counts of the training data, as `tocsin baseline FILE` makes them; their edges have to be
    those of the histograms. Default: none. Example: `{name: fraud-baseline}`."""


_NOT_FOR_PSI: Final = "significance is for KS and ChiSquared: set method, or use threshold"
_ONLY_FOR_PSI: Final = "threshold is for PSI: use significance, or leave method out"
_IS_PSI: Final = "(!has(self.method) || self.method == 'PSI')"


class DriftSpec(CriterionSpec):
    """The values of features are distributed otherwise than they were.

    `metric` is how many values there were in each bucket, by feature: of classic histograms with
    the label le, of native ones, or of counters with a label for the category. Example:
    `sum by (namespace, pod, feature, le) (increase(ml_feature_value_bucket[1h]))`.
    """

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(f"!has(self.significance) || !{_IS_PSI}", _NOT_FOR_PSI, field="significance"),
            rule(f"!has(self.threshold) || {_IS_PSI}", _ONLY_FOR_PSI, field="threshold"),
        )
    )

    limits: ClassVar[tuple[str, ...]] = ("threshold", "significance")

    method: Method | None = None
    """How distributions are compared: PSI (population stability index), KS (Kolmogorov-Smirnov) or
    ChiSquared (for categories). Default: `PSI`. Example: `KS`."""

    threshold: LimitField | None = None
    """For PSI: a feature has drifted when its index is above this, and above what chance makes of
    the number of values; a number, or $ and the name of one of the rule's `parameters`. Default:
    `"0.2"`. Example: `"0.25"`."""

    significance: LimitField | None = None
    """For KS and ChiSquared: how likely a drift may be found where there is none, over all features
    together; a share below 0.5, or $ and the name of one of the rule's `parameters`. Default:
    `"0.01"`. Example: `5%`."""

    baseline: DriftBaseline
    """What the present distribution is compared with. Example: `{ago: 7d}`."""

    feature_label: LabelName | None = None
    """The label that names the feature. Default: `feature`. Example: `column`."""

    category_label: LabelName | None = None
    """The label that names the category, where the series count categories rather than buckets.
    Default: none. Example: `label`."""

    def to_core(self, parameters: Mapping[str, Amount], namespace: str) -> Drift:
        """The method with its limit.

        Raises:
            ValueError: the limit is none; `misfits` tells before.
            KeyError: there is no such parameter.
        """
        method = self.method or Method.PSI
        limit = self.threshold if method is Method.PSI else self.significance
        amount = _USUAL[method] if limit is None else in_force(limit, parameters)
        feature, category = self.feature_label or "feature", self.category_label or ""
        ref, query = self.baseline.config_map_ref, self.metric.to_core().query
        asked = query.series if isinstance(query, PodsQuery) else str(query)
        return Drift(
            method,
            limit_of(method, amount),
            self.baseline.ago,
            StoredQuery(namespace, ref.name, feature, category) if ref else None,
            feature,
            category,
            histogram_asked(asked) or NAMELESS,
        )

    def named(self) -> Iterator[tuple[str, str]]:
        """The limit, where a parameter gives it."""
        for limit in (self.threshold, self.significance):
            if isinstance(limit, Reference):
                yield "limit", limit.name

    @classmethod
    def misfits(
        cls, amounts: Mapping[str, Amount], unit: Unit | None, written: Set[str]
    ) -> Iterator[tuple[str, str]]:
        """Limits that are none."""
        for name, method in (("threshold", Method.PSI), ("significance", Method.KS)):
            if name in amounts:
                try:
                    limit_of(method, amounts[name])
                except ValueError as error:
                    yield name, str(error)

    @classmethod
    def clashes(cls, written: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """The limit of another method, and a unit."""
        if written.get("method") in (None, Method.PSI):
            if written.get("significance") is not None:
                yield "significance", _NOT_FOR_PSI
        elif written.get("threshold") is not None:
            yield "threshold", _ONLY_FOR_PSI
        if at(written, "metric.unit") is not None:
            yield "metric.unit", "a drift compares counts, which have no unit: remove it"
