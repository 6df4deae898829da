"""PromQL: every series that a query returns is met, as in a Prometheus rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from tocsin.core.amounts import Amount, Unit, format_amount
from tocsin.core.metrics import Question
from tocsin.core.reduction import Reading, Reduce, reduce_samples
from tocsin.core.samples import Sample
from tocsin.core.verdicts import Outcome, Verdict

NO_LONGER = "the query no longer returns it"


@dataclass(frozen=True)
class PromQL:
    """Met by each series of the answer, whatever its value, NaN too; the others are not met.

    Each series is an alert of its own, with all of its labels.
    """

    agos: ClassVar[tuple[timedelta, ...]] = (timedelta(),)
    beside: ClassVar[tuple[Question, ...]] = ()
    judges_silence: ClassVar[bool] = False
    reads_histograms: ClassVar[bool] = False
    limit: ClassVar[None] = None

    def read(
        self, samples: tuple[tuple[Sample, ...], ...], how: Reduce, unit: Unit | None
    ) -> Reading:
        """The series' value."""
        return reduce_samples(how, unit, float, samples[0])

    def verdict(self, reading: Reading) -> Verdict:
        """Met: it was returned."""
        return Verdict.MET

    def judge(self, reading: Reading, unit: Unit | None) -> Outcome:
        """Met, with the value."""
        return Outcome(Verdict.MET, f"the query returns it: {format_amount(reading.value, unit)}")

    def described(self, unit: Unit | None) -> str:
        """When it is met."""
        return "for each series that the query returns"

    def recovery(self, unit: Unit | None) -> str:
        """What ends it."""
        return "an answer without the series"

    def with_amounts(self, amounts: Mapping[str, Amount], unit: Unit | None) -> "PromQL":
        """The same: it has no limits."""
        return self

    def contradiction(self, unit: Unit | None) -> str:
        """None: it has no limits."""
        return ""
