"""What every criterion is: a frozen value that reads samples, and says what they mean."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from tocsin.core.amounts import Amount, Unit
from tocsin.core.metrics import Question
from tocsin.core.reduction import Lacking, Reading, Reduce
from tocsin.core.samples import Sample
from tocsin.core.verdicts import Outcome, Verdict


class Criterion(Protocol):
    """A test of one alert's samples.

    `read` makes one reading of them, `verdict` and `judge` say what it means, and the others put
    the criterion into words. Limits are in base units.
    """

    @property
    def agos(self) -> tuple[timedelta, ...]:
        """As of how long ago the metric is asked for, once each; the first says who alerts."""
        ...

    @property
    def beside(self) -> tuple[Question, ...]:
        """What is asked besides, of which the answer counts for every alert."""
        ...

    @property
    def judges_silence(self) -> bool:
        """Whether it says something of a workload of which the answer does not speak."""
        ...

    @property
    def reads_histograms(self) -> bool:
        """Whether it reads the buckets of native histograms, which have no value."""
        ...

    @property
    def limit(self) -> float | None:
        """The limit to name where there is no value."""
        ...

    def read(
        self, samples: tuple[tuple[Sample, ...], ...], how: Reduce, unit: Unit | None
    ) -> Reading | Lacking:
        """One reading of an alert's samples, for each of `agos` and then `beside`; or why none.

        Of the first there is at least one sample, unless the criterion judges silence.
        """
        ...

    def verdict(self, reading: Reading) -> Verdict:
        """The verdict; Unknown is a value that is no data."""
        ...

    def judge(self, reading: Reading, unit: Unit | None) -> Outcome:
        """The verdict and its reason in words, with the limit that it was measured against."""
        ...

    def described(self, unit: Unit | None) -> str:
        """When it is met, in words, as after "fires": "above 200ms"."""
        ...

    def recovery(self, unit: Unit | None) -> str:
        """Which values end an alert, in words, as after "recovers at": "150ms or less"."""
        ...

    def with_amounts(self, amounts: Mapping[str, Amount], unit: Unit | None) -> "Criterion":
        """The same with other limits, by the names of its fields.

        Raises:
            ValueError: an amount does not fit; the message says why.
        """
        ...

    def contradiction(self, unit: Unit | None) -> str:
        """Why no value could be good, if the limits leave none."""
        ...
