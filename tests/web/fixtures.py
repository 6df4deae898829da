"""An engine of which nothing is known yet, and what its pages need."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.engine.fakes import FakeObjects, FakeReceivers
from tocsin.adapters.metrics import Metrics
from tocsin.adapters.templates import GoTemplates
from tocsin.api.settings import Settings
from tocsin.core.lease import Lease
from tocsin.engine.assembly import Outside, build_engine
from tocsin.engine.echo import Echo
from tocsin.ports import Notice
from tocsin.web.pages import OperatorPages
from tocsin.web.readiness import Readiness


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        """The time."""
        return self.time

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)


class Writer:
    """Takes statuses and Events, and drops them."""

    async def write(self, *_: object) -> str:
        """Nothing is written."""
        return "2"

    async def record(self, notice: Notice) -> None:
        """Nothing is recorded."""


@dataclass
class Leadership:
    """Who leads."""

    leads: bool = True
    holder: Lease | None = None

    def other(self, name: str, address: str = "") -> None:
        """It is somebody else."""
        then = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.leads = False
        self.holder = Lease(name, then, then, timedelta(seconds=15), address=address)


class Operator:
    """Pages over a real engine that no watch feeds; `missing` are the rights that it lacks."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.metrics = Metrics()
        self.missing: list[str] = []
        self.asked_rights = 0
        self.reconnections: list[datetime] = []
        self.echo = Echo(
            "tocsin",
            lambda: self.reconnections.append(self.clock.time),
            lambda: self.clock.now().timestamp(),
        )
        self.echo.heard()
        self.engine, self.book = build_engine(
            Settings(cluster_name="test"),
            Outside(
                clock=self.clock,
                sources={},
                writer=Writer(),
                objects=FakeObjects(),
                recorder=Writer(),
                receivers=FakeReceivers(),
                renderer=GoTemplates(),
                meter=self.metrics,
            ),
        )
        self.leadership = Leadership()
        readiness = Readiness(
            self.engine,
            self.echo,
            self.leadership,
            self.clock,
            self._rights,
            lambda: self.metrics.forbidden,
        )
        self.pages = OperatorPages(
            self.engine, self.book, self.echo, self.clock, self.metrics.page, readiness
        )

    def live(self, seconds: float) -> None:
        """Let time pass, at the end of which a renewal comes back."""
        self.clock.move(seconds)
        self.echo.heard()

    async def _rights(self) -> list[str]:
        self.asked_rights += 1
        return self.missing
