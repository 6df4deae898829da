"""Where numbers come from, and what is asked for them."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tocsin.core.amounts import Unit
from tocsin.core.queries.home import Home
from tocsin.core.queries.http import HttpQuery

#: The source of `OwnMetric`s; no source of the settings can have such a name.
OPERATOR_SOURCE: Final = "(operator)"
#: The source of `HttpQuery`s.
HTTP_SOURCE: Final = "(http)"

#: What can be asked as of now only.
_WITHOUT_PAST: Final = frozenset({OPERATOR_SOURCE, HTTP_SOURCE})

#: A text is PromQL, or the name of an `OwnMetric`.
Query = str | HttpQuery


def is_built_in(source: str) -> bool:
    """Whether no setting names this source: it is there, whatever the settings say."""
    return source.startswith("(")


class OwnMetric(StrEnum):
    """What the operator measures of itself; these are the queries of `OPERATOR_SOURCE`."""

    SOURCE_REACHABLE = "SourceReachable"
    EVALUATIONS_MISSED = "EvaluationsMissed"


@dataclass(frozen=True)
class Question:
    """What a source is asked: a query, as of now or as of `ago` before."""

    source: str
    query: Query
    ago: timedelta = timedelta()


@dataclass(frozen=True)
class Metric:
    """Where the numbers come from: a named source, a query, and the unit that it returns."""

    source: str
    query: Query
    unit: Unit | None = None

    def asked(self, ago: timedelta = timedelta()) -> Question:
        """The question for its numbers, whatever their unit."""
        return Question(self.source, self.query, ago)

    @property
    def has_past(self) -> bool:
        """Whether its source can say what the numbers were some time ago."""
        return self.source not in _WITHOUT_PAST

    def placed(self, home: Home) -> "Metric":
        """The same for a rule that is at `home`."""
        if isinstance(self.query, str):
            return self
        return replace(self, query=self.query.placed(home))
