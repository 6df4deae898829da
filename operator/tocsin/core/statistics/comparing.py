"""What a test of two samples found."""

from dataclasses import dataclass
from enum import StrEnum


class Finding(StrEnum):
    """Whether the current sample differs from the baseline by as much as is asked."""

    DRIFTED = "Drifted"
    SAME = "Same"
    TOO_FEW = "TooFew"  # neither: there is too little to tell


@dataclass(frozen=True, slots=True)
class Comparison:
    """A finding, with the numbers that it rests on and its reason in words.

    `statistic` is what was measured and `limit` what it was held against; `p` is the probability
    of as large a difference by chance, where the test has one. `n` is the size of the baseline,
    `m` that of the current sample.
    """

    finding: Finding
    reason: str
    n: float
    m: float
    statistic: float = 0.0
    limit: float = 0.0
    p: float | None = None

    @property
    def drifted(self) -> bool:
        """Whether it is to be told."""
        return self.finding is Finding.DRIFTED


def too_few(n: float, m: float, least: float) -> Comparison | None:
    """The finding, if a sample has less than `least` values, or none at all."""
    if n >= least and m >= least and n > 0 and m > 0:
        return None
    whose, size = ("baseline", n) if n < least or n <= 0 else ("current window", m)
    wanted = f"at least {least:g} are needed" if least > 0 else "some are needed"
    return Comparison(Finding.TOO_FEW, f"the {whose} has {size:.0f} values: {wanted}", n, m)


def too_coarse(n: float, m: float) -> Comparison:
    """The finding, if there are not two bins to compare."""
    reason = "less than two bins are left to compare: more values or finer buckets are needed"
    return Comparison(Finding.TOO_FEW, reason, n, m)


def shown(p: float) -> str:
    """A probability for people, who care for no more than six zeros."""
    return f"p {p:.2g}" if p >= 1e-6 else "p below 0.000001"
