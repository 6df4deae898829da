"""Composite: several named criteria, and a condition over which of them are met."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from tocsin.core.amounts import Amount, Unit
from tocsin.core.criteria.criterion import Criterion
from tocsin.core.criteria.expressions import Truth, When
from tocsin.core.metrics import Metric, Question
from tocsin.core.reduction import Lacking, Reading, Reduce
from tocsin.core.samples import Sample
from tocsin.core.verdicts import Outcome, Verdict


@dataclass(frozen=True)
class Part:
    """One criterion over one metric; `name` is empty where it is all of the rule."""

    name: str
    metric: Metric
    criterion: Criterion

    @property
    def questions(self) -> tuple[Question, ...]:
        """What it asks, in the order in which its criterion reads the answers."""
        histograms = self.criterion.reads_histograms
        asked = (self.metric.asked(ago, histograms=histograms) for ago in self.criterion.agos)
        return (*asked, *self.criterion.beside)


@dataclass(frozen=True)
class Composite:
    """Met when `when` holds of its parts; a value is how many of them are met.

    What a part does not know (Unknown, Failed) matters only where it decides. A part in its
    deadband is neither: where it would decide, the composite is in its deadband.
    """

    parts: tuple[Part, ...]
    when: When

    agos: ClassVar[tuple[timedelta, ...]] = ()
    beside: ClassVar[tuple[Question, ...]] = ()
    judges_silence: ClassVar[bool] = False
    reads_histograms: ClassVar[bool] = False
    limit: ClassVar[None] = None

    def combine(self, verdicts: Mapping[str, Verdict]) -> Verdict:
        """The verdict, of those of the parts by name."""
        strict = self.when.holds({n: _truth(v, deadband=False) for n, v in verdicts.items()})
        lenient = self.when.holds({n: _truth(v, deadband=True) for n, v in verdicts.items()})
        if strict is None or lenient is None:
            failed = Verdict.FAILED in verdicts.values()
            return Verdict.FAILED if failed else Verdict.UNKNOWN
        if strict is not lenient:
            return Verdict.DEADBAND
        return Verdict.MET if strict else Verdict.NOT_MET

    def read(
        self, samples: tuple[tuple[Sample, ...], ...], how: Reduce, unit: Unit | None
    ) -> Reading | Lacking:
        """Its parts read; it has nothing of its own to read."""
        raise AssertionError("the parts of a composite are read one by one")

    def verdict(self, reading: Reading) -> Verdict:
        """Its parts say; it has no verdict of its own."""
        raise AssertionError("the verdicts on the parts of a composite are combined")

    def judge(self, reading: Reading, unit: Unit | None) -> Outcome:
        """Its parts say; it has no reason of its own."""
        raise AssertionError("the outcomes of the parts of a composite are joined")

    def described(self, unit: Unit | None) -> str:
        """The condition, and when each part is met."""
        of_parts = (f"{p.name}: {p.criterion.described(p.metric.unit)}" for p in self.parts)
        return f"when {self.when.text} ({'; '.join(of_parts)})"

    def recovery(self, unit: Unit | None) -> str:
        """When the condition no longer holds, with what ends each part."""
        of_parts = (f"{p.name}: {p.criterion.recovery(p.metric.unit)}" for p in self.parts)
        return f"values with which that does not hold ({'; '.join(of_parts)})"

    def with_amounts(self, amounts: Mapping[str, Amount], unit: Unit | None) -> "Composite":
        """The same with other limits, named as `part.limit`.

        Raises:
            ValueError: an amount does not fit its part's unit.
        """
        return replace(self, parts=tuple(_with(part, amounts) for part in self.parts))

    def contradiction(self, unit: Unit | None) -> str:
        """What is wrong with the limits of any part."""
        return next(filter(None, self._contradictions()), "")

    def _contradictions(self) -> Iterator[str]:
        for part in self.parts:
            wrong = part.criterion.contradiction(part.metric.unit)
            yield f"{part.name}: {wrong}" if wrong else ""


def _with(part: Part, amounts: Mapping[str, Amount]) -> Part:
    its = {
        limit: amount
        for name, amount in amounts.items()
        for of, _, limit in [name.partition(".")]
        if of == part.name
    }
    return replace(part, criterion=part.criterion.with_amounts(its, part.metric.unit))


def _truth(verdict: Verdict, *, deadband: bool) -> Truth:
    match verdict:
        case Verdict.MET:
            return True
        case Verdict.NOT_MET:
            return False
        case Verdict.DEADBAND:
            return deadband
        case _:
            return None
