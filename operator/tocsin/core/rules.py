"""A rule as the core knows it: parsed, checked, in base units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from tocsin.core.amounts import Unit
from tocsin.core.criteria.composite import Composite, Part
from tocsin.core.criteria.criterion import Criterion
from tocsin.core.criteria.promql import PromQL
from tocsin.core.labels import LabelSelector, Operator, Requirement
from tocsin.core.metrics import Metric, Question
from tocsin.core.notify.schedules import Schedule
from tocsin.core.reduction import Reduce

MODEL_LABEL = "tocsin.dev/model"


class Severity(StrEnum):
    """How urgent an alert is: P1 to P5."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


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


@dataclass(frozen=True)
class Datapoints:
    """An alert fires once `matching` of its last `of` observed values met the criterion."""

    matching: int
    of: int

    def __str__(self) -> str:
        return f"{self.matching} of {self.of}"


@dataclass(frozen=True)
class MinSamples:
    """Values count only where `metric`, summed over an alert's series, is `at_least` this much."""

    metric: Metric
    at_least: float


@dataclass(frozen=True)
class LabelCoverage:
    """Values count only where `metric`, the share of predictions whose label has come, is
    `at_least` this much."""

    metric: Metric
    at_least: float


@dataclass(frozen=True)
class Parameter:
    """A named value, and the limits of the criterion that it gives (its fields)."""

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

    Labels come `label_delay` late: all is asked as of so long ago.
    With a `schedule` it holds only while that is open: outside of it nothing is looked at.
    Of a composite, `metric` is the one of its first part, without a unit.
    `workloads` None: workloads that are labelled with a model, and series on their own.
    `criterion` holds the rule's own values of `parameters`; a workload may give others.
    `semantics` is a hash of what decides who alerts and on what (criterion, workloads, reduce,
    identityLabels); alerts do not outlive a change of it.
    """

    key: RuleKey
    severity: Severity
    metric: Metric
    criterion: Criterion
    interval: timedelta
    for_: timedelta = timedelta()
    datapoints: Datapoints | None = None
    keep_firing_for: timedelta = timedelta()
    missing_data: MissingData = MissingData.UNKNOWN
    min_samples: MinSamples | None = None
    label_delay: timedelta = timedelta()
    label_coverage: LabelCoverage | None = None
    parameters: tuple[Parameter, ...] = ()
    workloads: WorkloadSelector | None = None
    reduce: Reduce = Reduce.WORST
    identity_labels: tuple[str, ...] = ()
    mode: Mode = Mode.ACTIVE
    suspended: bool = False
    schedule: Schedule | None = None
    texts: Texts = Texts()
    semantics: str = ""

    @property
    def unit(self) -> Unit | None:
        """The unit of its alerts' values."""
        return self.metric.unit

    @property
    def by_series(self) -> bool:
        """Whether each series is an alert of its own, and silence is no lack of data."""
        return isinstance(self.criterion, PromQL)

    @property
    def parts(self) -> tuple[Part, ...]:
        """What is looked at one by one: the parts of a composite, else the criterion itself."""
        if isinstance(self.criterion, Composite):
            return self.criterion.parts
        return (Part("", self.metric, self.criterion),)

    @property
    def questions(self) -> tuple[Question, ...]:
        """All that it asks, once each; those of `minSamples` and `labelCoverage` come last."""
        asked = [question for part in self.parts for question in part.questions]
        asked += [one.metric.asked() for one in (self.min_samples, self.label_coverage) if one]
        return tuple(dict.fromkeys(asked))
