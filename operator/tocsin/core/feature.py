"""One feature of a model, compared with its baseline."""

from dataclasses import dataclass

from tocsin.core.statistics.comparing import Finding


@dataclass(frozen=True, slots=True)
class Feature:
    """What was found; `finding` None: the two distributions cannot be compared.

    `statistic` is PSI, D or Cramér's V, `p` the probability of as large a one by chance.
    """

    name: str
    finding: Finding | None
    reason: str
    statistic: float = 0.0
    p: float | None = None

    @property
    def drifted(self) -> bool:
        """Whether it is to be told."""
        return self.finding is Finding.DRIFTED
