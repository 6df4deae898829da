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
        """The budget at `now`, with one token for each `every` that has passed, up to `burst`.

        A clock that was set back gives nothing, and takes nothing: time counts from there on.
        """
        gained = max(timedelta(), now - self.at) / every
        return Budget(min(float(burst), self.tokens + gained), now)

    def spend(self) -> "Budget | None":
        """The budget with one token less, or None if there is none."""
        return Budget(self.tokens - 1, self.at) if self.tokens >= 1 else None

    def charged(self, amount: float) -> "Budget":
        """The budget with `amount` less, also below nothing: what it cost is known afterwards."""
        return Budget(self.tokens - amount, self.at)

    def next_token(self, every: timedelta) -> datetime:
        """When there is a token to spend, if none is spent until then."""
        return self.at + max(0.0, 1 - self.tokens) * every
