"""Where numbers come from, and what is asked for them."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tocsin.core.amounts import Unit
from tocsin.core.queries.stored import StoredQuery

#: Sources that are always there: of `OwnMetric`s, and of stored baselines. No source of the
#: settings can have such a name.
OPERATOR_SOURCE: Final = "(operator)"
STORED_SOURCE: Final = "(configmaps)"
BUILT_IN: Final = frozenset({OPERATOR_SOURCE, STORED_SOURCE})

#: PromQL or the name of an `OwnMetric`, or what a source has instead.
Query = str | StoredQuery


class OwnMetric(StrEnum):
    """What the operator measures of itself; these are the queries of `OPERATOR_SOURCE`."""

    SOURCE_REACHABLE = "SourceReachable"
    EVALUATIONS_MISSED = "EvaluationsMissed"


@dataclass(frozen=True)
class Question:
    """What a source is asked: a query, as of now or as of `ago` before.

    `histograms` says that native ones may come; else they are a mistake in the query.
    """

    source: str
    query: Query
    ago: timedelta = timedelta()
    histograms: bool = False


@dataclass(frozen=True)
class Metric:
    """Where the numbers come from: a named source, a query, and the unit that it returns."""

    source: str
    query: Query
    unit: Unit | None = None

    def asked(self, ago: timedelta = timedelta(), *, histograms: bool = False) -> Question:
        """The question for its numbers, whatever their unit."""
        return Question(self.source, self.query, ago, histograms)
