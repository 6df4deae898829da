"""What the pages say, read off the engine."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from tocsin.api.v1alpha1.incidentview import state_of
from tocsin.engine.book import Book
from tocsin.engine.echo import Echo
from tocsin.engine.engine import Engine
from tocsin.ports import Census, Clock
from tocsin.web.readiness import Readiness

#: The engine's loop looks around every second; this long without it means that it is stuck.
_STUCK_AFTER: Final = timedelta(seconds=90)


class OperatorPages:
    """Probes and metrics of one operator."""

    def __init__(
        self,
        engine: Engine,
        book: Book,
        echo: Echo,
        clock: Clock,
        render: Callable[[Census], tuple[bytes, str]],
        readiness: Readiness,
    ) -> None:
        self._engine = engine
        self._book = book
        self._echo = echo
        self._clock = clock
        self._render = render
        self._readiness = readiness

    async def healthy(self) -> str | None:
        """Why the process should be restarted: its loop is stuck. An absent API server is not."""
        still_for = self._clock.now() - self._engine.pulse
        if still_for <= _STUCK_AFTER:
            return None
        return f"the engine's loop has stood still for {still_for.total_seconds():.0f} s"

    async def ready(self) -> str | None:
        """What was not listed yet, whether watches are dead, and which rights are missing."""
        return await self._readiness.problem()

    def role(self) -> str:
        """What the operator is ready for: whether it leads, and who does if not."""
        return self._readiness.role()

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
        cases = self._engine.desk.cases
        incidents = Counter(
            str(state_of(case.incident)) for case in cases if case.is_open and case.matters
        )
        return Census(rules, alerts, unattributed, self._echo.age, self._readiness.leads, incidents)
