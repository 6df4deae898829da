"""`selector`: which alerts a route or a silence is about."""

from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, StrictBool, model_validator

from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.cel import rule, rules
from tocsin.api.v1alpha1.forms import DNS_LABEL, DottedName, LabelName
from tocsin.api.v1alpha1.markers import Unique, UniqueBy
from tocsin.api.v1alpha1.mlalertrule import MAX_NAME_LENGTH
from tocsin.api.v1alpha1.patterns import MAX_PATTERN_LENGTH, read_pattern
from tocsin.api.v1alpha1.workloads import Selector, WorkloadKind
from tocsin.core.notify.selectors import AlertSelector, Comparison, Expression, WorkloadName
from tocsin.core.rules import Severity

_TAKES_NO_VALUES: Final = "['Exists', 'DoesNotExist']"
_HAS_VALUES: Final = "(has(self.values) && size(self.values) > 0)"
NEEDS_VALUES: Final = "In, NotIn and Matches need values: list at least one"
TAKES_NONE: Final = "Exists and DoesNotExist take no values: remove them, or use In or NotIn"
NO_TERM: Final = "the selector is empty: name what it is about, or write `all: true` for all alerts"

_TERMS: Final = (
    "severities", "rules", "kinds", "workloads", "workloadSelector", "matchExpressions",
)  # fmt: skip

RuleName = Annotated[str, Field(max_length=MAX_NAME_LENGTH), DNS_LABEL]
Value = Annotated[str, Field(max_length=MAX_PATTERN_LENGTH)]


class AlertExpression(Schema):
    """One condition on one label of the alert."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(f"self.operator in {_TAKES_NO_VALUES} || {_HAS_VALUES}", NEEDS_VALUES),
            rule(f"!(self.operator in {_TAKES_NO_VALUES}) || !{_HAS_VALUES}", TAKES_NONE),
        )
    )

    key: LabelName
    """The name of a label of the alert: the rule's, or of its series. Example: `team`."""

    operator: Comparison
    """How the label is compared: In, NotIn, Exists, DoesNotExist, or Matches (a regular expression
    of RE2 matches the whole value, as in Prometheus). NotIn also holds where the label is absent;
    to Matches it is empty. Example: `In`."""

    values: Annotated[list[Value], Field(max_length=32), Unique()] | None = None
    """What the label's value is compared with, for In, NotIn and Matches; one of them has to fit.
    Example: `[fraud, credit]`."""

    @model_validator(mode="after")
    def _values_fit_operator(self) -> Self:
        takes_none = self.operator in (Comparison.EXISTS, Comparison.DOES_NOT_EXIST)
        if not takes_none and not self.values:
            raise ValueError(NEEDS_VALUES)
        if takes_none and self.values:
            raise ValueError(TAKES_NONE)
        if self.operator is Comparison.MATCHES:
            for value in self.values or ():
                read_pattern(value)
        return self

    def to_core(self) -> Expression:
        """The condition as the core knows it."""
        values = self.values or ()
        if self.operator is Comparison.MATCHES:
            patterns = tuple(read_pattern(value) for value in values)
            return Expression(self.key, self.operator, patterns=patterns)
        return Expression(self.key, self.operator, frozenset(values))


class AlertWorkload(Schema):
    """A workload by kind and name."""

    kind: WorkloadKind
    """The workload's kind: Deployment or StatefulSet. Example: `Deployment`."""

    name: DottedName
    """The workload's name. Example: `scorer`."""


class AlertSelectorSpec(Schema):
    """Which alerts: all terms that are given have to fit, and at least one is needed."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                " || ".join(f"has(self.{term})" for term in _TERMS)
                + " || (has(self.all) && self.all)",
                NO_TERM,
            )
        )
    )

    severities: Annotated[list[Severity], Field(min_length=1, max_length=5), Unique()] | None = None
    """Severities of alerts; one of them has to fit. Default: any. Example: `[critical, high]`."""

    rule_names: Annotated[
        Annotated[list[RuleName], Field(min_length=1, max_length=64), Unique()] | None,
        Field(alias="rules"),
    ] = None
    """Names of MLAlertRules; one of them has to fit. Default: any. Example: `[high-latency]`."""

    kinds: Annotated[list[WorkloadKind], Field(min_length=1, max_length=6), Unique()] | None = None
    """Kinds of workloads; an alert without workload has none. Default: any. Example:
    `[Deployment]`."""

    workloads: (
        Annotated[
            list[AlertWorkload], Field(min_length=1, max_length=64), UniqueBy(("kind", "name"))
        ]
        | None
    ) = None
    """Workloads by kind and name; one of them has to fit. Default: any. Example:
    `[{kind: Deployment, name: scorer}]`."""

    workload_selector: Selector | None = None
    """Labels of the workload itself; `{}` takes every alert that has a workload. Default: any.
    Example: `{matchLabels: {team: fraud}}`."""

    match_expressions: (
        Annotated[list[AlertExpression], Field(min_length=1, max_length=16)] | None
    ) = None
    """Conditions on the alert's labels. Default: none. Example:
    `[{key: team, operator: In, values: [fraud]}]`."""

    everything: Annotated[StrictBool | None, Field(alias="all")] = None
    """True is a term that takes all alerts, for a selector that has no other. Default: `false`.
    Example: `true`."""

    @model_validator(mode="after")
    def _has_a_term(self) -> Self:
        terms = (getattr(self, name) for name in type(self).model_fields if name != "everything")
        if not self.everything and all(term is None for term in terms):
            raise ValueError(NO_TERM)
        return self

    def to_core(self, namespaces: frozenset[str] | None) -> AlertSelector:
        """The selector as the core knows it, for alerts of `namespaces` (None: of all)."""
        labels = self.workload_selector
        return AlertSelector(
            namespaces=namespaces,
            severities=frozenset(self.severities or ()),
            rules=frozenset(self.rule_names or ()),
            kinds=frozenset(kind.value for kind in self.kinds or ()),
            workloads=frozenset(
                WorkloadName(one.kind.value, one.name) for one in self.workloads or ()
            ),
            workload_selector=None if labels is None else labels.to_core(),
            expressions=tuple(one.to_core() for one in self.match_expressions or ()),
            everything=bool(self.everything),
        )
