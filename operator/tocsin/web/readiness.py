"""Whether what the operator knows is whole and fresh, and whether it may do what it does."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, Protocol

from tocsin.core.lease import Lease
from tocsin.engine.echo import Echo
from tocsin.engine.engine import Engine
from tocsin.ports import Clock

_ASK_RIGHTS_EVERY: Final = timedelta(seconds=10)


class Leadership(Protocol):
    """Who leads, as far as this process knows."""

    @property
    def leads(self) -> bool:
        """Whether it is this process."""
        ...

    @property
    def holder(self) -> Lease | None:
        """The Lease of whoever leads, if anybody does."""
        ...


class Readiness:
    """What `/readyz` says. A standby is ready when it knows what a leader has to know.

    `forbidden` counts the requests that were refused: each new one is a reason to ask anew which
    rights are missing.
    """

    def __init__(
        self,
        engine: Engine,
        echo: Echo,
        leadership: Leadership,
        clock: Clock,
        missing_rights: Callable[[], Awaitable[list[str]]],
        forbidden: Callable[[], int],
    ) -> None:
        self._engine = engine
        self._echo = echo
        self._leadership = leadership
        self._clock = clock
        self._missing_rights = missing_rights
        self._forbidden = forbidden
        self._missing: list[str] | None = None
        self._asked_at = clock.now() - _ASK_RIGHTS_EVERY
        self._forbidden_when_asked = 0

    async def problem(self) -> str | None:
        """What was not listed yet, whether watches are dead, and which rights are missing."""
        unlisted = self._engine.unlisted
        refused = self._forbidden() != self._forbidden_when_asked
        if unlisted or refused or self._missing is None or self._missing:
            await self._look_at_rights()
        problems = []
        if unlisted:
            problems.append(f"waiting for the first list of {', '.join(unlisted)}")
        if stale := self._echo.problem():
            problems.append(stale)
        if self._missing:
            problems.append(f"missing rights: {', '.join(self._missing)}")
        return "; ".join(problems) or None

    @property
    def leads(self) -> bool:
        """Whether this process leads."""
        return self._leadership.leads

    def role(self) -> str:
        """What this process is ready for."""
        if self._leadership.leads:
            return "ok"
        holder = self._leadership.holder
        return f"standby; the leader is {holder.holder}" if holder else "standby; nobody leads yet"

    async def _look_at_rights(self) -> None:
        """Ask which rights are missing, but not at each probe."""
        now = self._clock.now()
        if now - self._asked_at >= _ASK_RIGHTS_EVERY:
            self._asked_at = now
            self._forbidden_when_asked = self._forbidden()
            self._missing = await self._missing_rights()
