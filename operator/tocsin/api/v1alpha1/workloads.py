"""`spec.workloads`: which objects are a rule's workloads."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.cel import rule, rules
from tocsin.api.v1alpha1.forms import OBJECT_LABEL_KEY, ObjectLabelKey, ObjectLabelValue
from tocsin.api.v1alpha1.markers import Names, Unique
from tocsin.core.labels import LabelSelector, Operator, Requirement
from tocsin.core.rules import WorkloadSelector

_LIST_NEEDS_VALUES = "In and NotIn need values: list at least one"
_EXISTS_TAKES_NONE = "Exists and DoesNotExist take no values: remove them, or use In or NotIn"
_LISTS = "self.operator in ['In', 'NotIn']"
_HAS_VALUES = "(has(self.values) && size(self.values) > 0)"


class WorkloadKind(StrEnum):
    """The kinds that can serve a model; all but the first two have to be installed."""

    DEPLOYMENT = "Deployment"
    STATEFUL_SET = "StatefulSet"
    ROLLOUT = "Rollout"
    INFERENCE_SERVICE = "InferenceService"
    RAY_SERVICE = "RayService"
    MODEL = "Model"


class LabelRequirement(Schema):
    """One condition on one label."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(f"!({_LISTS}) || {_HAS_VALUES}", _LIST_NEEDS_VALUES),
            rule(f"{_LISTS} || !({_HAS_VALUES})", _EXISTS_TAKES_NONE),
        )
    )

    key: ObjectLabelKey
    """The label's key. Example: `team`."""

    operator: Operator
    """How the label is compared: In, NotIn, Exists or DoesNotExist. NotIn also holds where the
    label is absent. Example: `In`."""

    values: Annotated[list[ObjectLabelValue], Field(max_length=32), Unique()] | None = None
    """What the label's value is compared with, for In and NotIn. Example: `[fraud, credit]`."""

    @model_validator(mode="after")
    def _values_fit_operator(self) -> Self:
        lists = self.operator in (Operator.IN, Operator.NOT_IN)
        if lists and not self.values:
            raise ValueError(_LIST_NEEDS_VALUES)
        if self.values and not lists:
            raise ValueError(_EXISTS_TAKES_NONE)
        return self

    def to_core(self) -> Requirement:
        """The condition as the core knows it."""
        return Requirement(self.key, self.operator, frozenset(self.values or ()))


class Selector(Schema):
    """Conditions on labels; all of them have to hold. Empty: everything."""

    match_labels: (
        Annotated[
            dict[str, ObjectLabelValue],
            Field(max_length=32),
            Names(OBJECT_LABEL_KEY),
        ]
        | None
    ) = None
    """Labels that have to have exactly these values. Example: `{team: fraud}`."""

    match_expressions: Annotated[list[LabelRequirement], Field(max_length=16)] | None = None
    """Further conditions on labels. Example: `[{key: tier, operator: NotIn, values: [test]}]`."""

    def to_core(self) -> LabelSelector:
        """The selector as the core knows it."""
        equal = (
            Requirement(key, Operator.IN, frozenset({value}))
            for key, value in (self.match_labels or {}).items()
        )
        further = (expression.to_core() for expression in self.match_expressions or ())
        return LabelSelector((*equal, *further))


class Workloads(Schema):
    """Which objects are a rule's workloads."""

    kinds: Annotated[list[WorkloadKind], Field(min_length=1, max_length=6), Unique()] | None = None
    """Kinds of objects: Deployment, StatefulSet, and where they are installed Rollout (Argo),
    InferenceService (KServe), RayService (KubeRay), Model (Seldon). Default:
    `[Deployment, StatefulSet]`. Example: `[InferenceService]`."""

    selector: Selector | None = None
    """Labels of the objects themselves, not of their pods. Default: objects with the label
    `tocsin.dev/model`, whatever its value; a selector replaces that condition, and `{}` selects
    all objects. Example: `{matchLabels: {team: fraud}}`."""

    def to_core(self) -> WorkloadSelector:
        """The selection as the core knows it."""
        default = WorkloadSelector()
        return WorkloadSelector(
            kinds=frozenset(kind.value for kind in self.kinds) if self.kinds else default.kinds,
            selector=default.selector if self.selector is None else self.selector.to_core(),
        )
