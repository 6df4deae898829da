"""What the pages say, read off the engine."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from tocsin.engine.book import Book
from tocsin.engine.engine import Engine
from tocsin.ports import Census, Clock

#: The engine's loop looks around every second; this long without it means that it is stuck.
_STUCK_AFTER: Final = timedelta(seconds=90)
_ASK_RIGHTS_EVERY: Final = timedelta(seconds=10)


class OperatorPages:
    """Probes and metrics of one operator."""

    def __init__(
        self,
        engine: Engine,
        book: Book,
        clock: Clock,
        render: Callable[[Census], tuple[bytes, str]],
        missing_rights: Callable[[], Awaitable[list[str]]],
    ) -> None:
        self._engine = engine
        self._book = book
        self._clock = clock
        self._render = render
        self._missing_rights = missing_rights
        self._missing: list[str] | None = None
        self._asked_at = clock.now() - _ASK_RIGHTS_EVERY

    async def healthy(self) -> str | None:
        """Why the process should be restarted: its loop is stuck. An absent API server is not."""
        still_for = self._clock.now() - self._engine.pulse
        if still_for <= _STUCK_AFTER:
            return None
        return f"the engine's loop has stood still for {still_for.total_seconds():.0f} s"

    async def ready(self) -> str | None:
        """What was not listed yet, and which rights are missing."""
        unlisted = self._engine.unlisted
        if unlisted or self._missing is None or self._missing:
            await self._look_at_rights()
        problems = []
        if unlisted:
            problems.append(f"waiting for the first list of {', '.join(unlisted)}")
        if self._missing:
            problems.append(f"missing rights: {', '.join(self._missing)}")
        return "; ".join(problems) or None

    async def _look_at_rights(self) -> None:
        """Ask which rights are missing, but not at each probe."""
        now = self._clock.now()
        if now - self._asked_at >= _ASK_RIGHTS_EVERY:
            self._asked_at = now
            self._missing = await self._missing_rights()

    def metrics(self) -> tuple[bytes, str]:
        """The page of metrics and its content type."""
        return self._render(self._census())

    def _census(self) -> Census:
        rules: Counter[str] = Counter()
        alerts: Counter[tuple[str, str]] = Counter()
        unattributed = {}
        for record in self._book:
            rules[record.status.get("state", "Unknown")] += 1
            if record.rule:
                for alert in record.alerts.values():
                    alerts[record.rule.severity, alert.state] += 1
            if record.evaluation and record.evaluation.attribution:
                unattributed[record.key] = len(record.evaluation.attribution.unattributed)
        return Census(rules, alerts, unattributed)
