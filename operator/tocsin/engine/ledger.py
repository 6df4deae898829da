"""What became of the operator's own work lately: the numbers behind `metric.operator`."""

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from tocsin.core.metrics import BUILT_IN
from tocsin.core.samples import Answer, Failure, FailureKind
from tocsin.ports import Meter

#: An answer counts for so long; the last one of a source counts until the next.
ANSWERS_COUNT_FOR: Final = timedelta(minutes=1)
MISSES_COUNT_FOR: Final = timedelta(minutes=5)

#: What the source is to blame for. Other failures are of one query: a source that refuses one, or
#: finds it too large, is there.
_OF_THE_SOURCE: Final = frozenset(
    (
        FailureKind.UNREACHABLE,
        FailureKind.TIMEOUT,
        FailureKind.HTTP_ERROR,
        FailureKind.NOT_AN_ANSWER,
        FailureKind.PARTIAL,
    )
)


class Ledger:
    """Counts answers and evaluations: for the meter for ever, here over the last minutes."""

    def __init__(self, sources: Iterable[str], meter: Meter) -> None:
        self._meter = meter
        self._answers: dict[str, deque[tuple[datetime, bool]]] = {s: deque() for s in sources}
        self._missed: deque[tuple[datetime, int]] = deque()

    def answered(self, source: str, answer: Answer, now: datetime) -> None:
        """`source` has answered a query, or failed to."""
        good = not (isinstance(answer, Failure) and answer.kind in _OF_THE_SOURCE)
        if isinstance(answer, Failure):
            self._meter.answered(source, answer.kind, 0)
        else:
            self._meter.answered(source, "ok", len(answer.samples))
        if source in BUILT_IN:  # no one thing that could be down: a rule's address, say
            return
        answers = self._answers.setdefault(source, deque())
        answers.append((now, good))
        while answers[0][0] <= now - ANSWERS_COUNT_FOR:
            answers.popleft()

    def missed(self, count: int, now: datetime) -> None:
        """So many evaluations were due and skipped."""
        self._meter.missed(count)
        if count:
            self._missed.append((now, count))

    def evaluated(self, outcome: str, seconds: float) -> None:
        """One evaluation took `seconds` and ended as `outcome`."""
        self._meter.evaluated(outcome, seconds)

    def held_back(self, namespace: str) -> None:
        """A query of a rule in `namespace` waits: its namespace asks more than it may."""
        self._meter.held_back(namespace)

    def silent(self, now: datetime) -> list[str]:
        """The sources that nobody has asked for as long as an answer counts."""
        since = now - ANSWERS_COUNT_FOR
        return [name for name, its in self._answers.items() if not its or its[-1][0] <= since]

    def reachable(self) -> Mapping[str, float]:
        """For each source that was asked, the share of its last answers that it gave."""
        return {
            name: sum(good for _, good in answers) / len(answers)
            for name, answers in self._answers.items()
            if answers
        }

    def missed_lately(self, now: datetime) -> int:
        """How many evaluations were missed in the last minutes."""
        while self._missed and self._missed[0][0] <= now - MISSES_COUNT_FOR:
            self._missed.popleft()
        return sum(count for _, count in self._missed)
