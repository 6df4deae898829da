"""A token bucket as a value."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Budget:
    """Tokens left at a time."""

    tokens: float
    at: datetime

    @classmethod
    def full(cls, burst: int, now: datetime) -> "Budget":
        """A budget from which nothing was spent."""
        return cls(float(burst), now)

    def refilled(self, burst: int, every: timedelta, now: datetime) -> "Budget":
        """The budget at `now`, with one token for each `every` that has passed, up to `burst`."""
        gained = max(timedelta(), now - self.at) / every
        return Budget(min(float(burst), self.tokens + gained), max(now, self.at))

    def spend(self) -> "Budget | None":
        """The budget with one token less, or None if there is none."""
        return Budget(self.tokens - 1, self.at) if self.tokens >= 1 else None
