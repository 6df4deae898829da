"""Where numbers come from, and what is asked for them."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from tocsin.core.amounts import Unit
from tocsin.core.queries.cloudwatch import CloudWatchQuery
from tocsin.core.queries.home import Home
from tocsin.core.queries.http import HttpQuery
from tocsin.core.queries.kubernetes import KubernetesQuery
from tocsin.core.queries.pods import PodsQuery
from tocsin.core.queries.stored import StoredQuery

#: Sources that are always there: of `OwnMetric`s, and of stored baselines. No source of the
#: settings can have such a name.
OPERATOR_SOURCE: Final = "(operator)"
STORED_SOURCE: Final = "(configmaps)"
#: The source of `HttpQuery`s: addresses that rules name.
HTTP_SOURCE: Final = "(http)"
#: The source of `PodsQuery`s: metrics pages of pods.
PODS_SOURCE: Final = "(pods)"
#: The source of `KubernetesQuery`s: what the watches know.
KUBERNETES_SOURCE: Final = "(kubernetes)"
BUILT_IN: Final = frozenset(
    {OPERATOR_SOURCE, STORED_SOURCE, HTTP_SOURCE, PODS_SOURCE, KUBERNETES_SOURCE}
)

#: What can be asked as of now only.
_WITHOUT_PAST: Final = BUILT_IN

#: PromQL or the name of an `OwnMetric`, or what a source has instead.
Query = str | StoredQuery | HttpQuery | PodsQuery | CloudWatchQuery | KubernetesQuery

#: What a named source is asked where nobody asks it anything: whether it answers.
PROBE: Final = "vector(1)"


class OwnMetric(StrEnum):
    """What the operator measures of itself; these are the queries of `OPERATOR_SOURCE`."""

    SOURCE_REACHABLE = "SourceReachable"
    EVALUATIONS_MISSED = "EvaluationsMissed"
    RULES_INVALID = "RulesInvalid"


class Span(NamedTuple):
    """Times `step` seconds apart from `start` to `end`, in seconds since 1970, both included."""

    start: float
    end: float
    step: float


@dataclass(frozen=True)
class Question:
    """What a source is asked: a query, as of now or as of `ago` before, or at all times of `span`.

    `histograms` says that native ones may come; else they are a mistake in the query.
    """

    source: str
    query: Query
    ago: timedelta = timedelta()
    histograms: bool = False
    span: Span | None = None


@dataclass(frozen=True)
class Metric:
    """Where the numbers come from: a named source, a query, and the unit that it returns.

    With a `delay` they are always those of so long ago.
    """

    source: str
    query: Query
    unit: Unit | None = None
    delay: timedelta = timedelta()

    def asked(self, ago: timedelta = timedelta(), *, histograms: bool = False) -> Question:
        """The question for its numbers, whatever their unit."""
        return Question(self.source, self.query, ago + self.delay, histograms)

    @property
    def has_past(self) -> bool:
        """Whether its source can say what the numbers were some time ago."""
        return self.source not in _WITHOUT_PAST

    def placed(self, home: Home) -> "Metric":
        """The same for a rule that is at `home`."""
        if isinstance(self.query, HttpQuery | PodsQuery | CloudWatchQuery | KubernetesQuery):
            return replace(self, query=self.query.placed(home))
        return self
