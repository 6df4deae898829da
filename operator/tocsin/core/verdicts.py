"""What a criterion says of one alert at one time."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """A criterion's answer; `Unknown` and `Failed` never resolve an alert."""

    MET = "Met"
    NOT_MET = "NotMet"
    DEADBAND = "Deadband"  # between trigger and recovery
    UNKNOWN = "Unknown"  # no data, or too little
    FAILED = "Failed"  # the source did not answer as it should

    @property
    def observed(self) -> bool:
        """Whether a value was seen and judged."""
        return self not in (Verdict.UNKNOWN, Verdict.FAILED)


@dataclass(frozen=True)
class Outcome:
    """A verdict with its reason, and the threshold it was measured against where there is one."""

    verdict: Verdict
    reason: str
    threshold: float | None = None
