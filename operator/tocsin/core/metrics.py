"""Where numbers come from, and what is asked for them."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tocsin.core.amounts import Unit

#: The source of `OwnMetric`s; no source of the settings can have such a name.
OPERATOR_SOURCE: Final = "(operator)"


class OwnMetric(StrEnum):
    """What the operator measures of itself; these are the queries of `OPERATOR_SOURCE`."""

    SOURCE_REACHABLE = "SourceReachable"
    EVALUATIONS_MISSED = "EvaluationsMissed"


@dataclass(frozen=True)
class Question:
    """What a source is asked: a query, as of now or as of `ago` before."""

    source: str
    query: str
    ago: timedelta = timedelta()


@dataclass(frozen=True)
class Metric:
    """Where the numbers come from: a named source, a query, and the unit that it returns."""

    source: str
    query: str
    unit: Unit | None = None

    def asked(self, ago: timedelta = timedelta()) -> Question:
        """The question for its numbers, whatever their unit."""
        return Question(self.source, self.query, ago)
