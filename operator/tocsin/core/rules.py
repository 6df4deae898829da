"""A rule as the core knows it: parsed, checked, in base units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from tocsin.core.amounts import Unit
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.labels import LabelSelector, Operator, Requirement

MODEL_LABEL = "tocsin.dev/model"

#: The source of `OwnMetric`s; no source of the settings can have such a name.
OPERATOR_SOURCE = "(operator)"


class Severity(StrEnum):
    """How urgent an alert is: P1 to P5."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


class Reduce(StrEnum):
    """How several samples of one alert become one value."""

    WORST = "Worst"
    BEST = "Best"
    SUM = "Sum"
    MEAN = "Mean"


class Mode(StrEnum):
    """Whether a rule tells anybody: Shadow evaluates, and records what it would have told."""

    ACTIVE = "Active"
    SHADOW = "Shadow"


class MissingData(StrEnum):
    """What it means that a live workload gives no data."""

    UNKNOWN = "Unknown"
    NOT_MET = "NotMet"
    MET = "Met"


class RuleKey(NamedTuple):
    """A rule's place: namespace and name."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class OwnMetric(StrEnum):
    """What the operator measures of itself; these are the queries of `OPERATOR_SOURCE`."""

    SOURCE_REACHABLE = "SourceReachable"
    EVALUATIONS_MISSED = "EvaluationsMissed"


@dataclass(frozen=True)
class Metric:
    """Where the numbers come from: a named source, a query, and the unit that it returns."""

    source: str
    query: str
    unit: Unit | None = None


@dataclass(frozen=True)
class Datapoints:
    """An alert fires once `matching` of its last `of` observed values met the criterion."""

    matching: int
    of: int


@dataclass(frozen=True)
class MinSamples:
    """Values count only where `metric`, summed over an alert's series, is `at_least` this much."""

    metric: Metric
    at_least: float


@dataclass(frozen=True)
class Parameter:
    """A named value, and the limits of the criterion that it gives (fields of `Threshold`)."""

    name: str
    limits: tuple[str, ...]


_SERVES_A_MODEL = LabelSelector((Requirement(MODEL_LABEL, Operator.EXISTS),))


@dataclass(frozen=True)
class WorkloadSelector:
    """Which objects are a rule's workloads. By default: those that say which model they serve."""

    kinds: frozenset[str] = frozenset({"Deployment", "StatefulSet"})
    selector: LabelSelector = _SERVES_A_MODEL


@dataclass(frozen=True)
class Texts:
    """What an alert carries beside its numbers; templates where they hold `{{`."""

    summary: str = ""
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    actions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A criterion over a metric, for the workloads that it selects.

    `workloads` None: workloads that are labelled with a model, and series on their own.
    `criterion` holds the rule's own values of `parameters`; a workload may give others.
    `semantics` is a hash of what decides who alerts and on what (criterion, workloads, reduce,
    identityLabels); alerts do not outlive a change of it.
    """

    key: RuleKey
    severity: Severity
    metric: Metric
    criterion: Threshold
    interval: timedelta
    for_: timedelta = timedelta()
    datapoints: Datapoints | None = None
    keep_firing_for: timedelta = timedelta()
    missing_data: MissingData = MissingData.UNKNOWN
    min_samples: MinSamples | None = None
    parameters: tuple[Parameter, ...] = ()
    workloads: WorkloadSelector | None = None
    reduce: Reduce = Reduce.WORST
    identity_labels: tuple[str, ...] = ()
    mode: Mode = Mode.ACTIVE
    suspended: bool = False
    texts: Texts = Texts()
    semantics: str = ""

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """All that it asks for."""
        return (self.metric, self.min_samples.metric) if self.min_samples else (self.metric,)
