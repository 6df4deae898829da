"""What the engine needs of the outside, in core's types: adapters fulfil these protocols."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from tocsin.core.lease import Lease
from tocsin.core.metrics import Question
from tocsin.core.rules import RuleKey
from tocsin.core.samples import Answer
from tocsin.ports.pods import PodAddress as PodAddress
from tocsin.ports.pods import PodDirectory as PodDirectory
from tocsin.ports.receivers import Receivers as Receivers
from tocsin.ports.secrets import Secret as Secret
from tocsin.ports.secrets import SecretError as SecretError
from tocsin.ports.secrets import SecretReader as SecretReader
from tocsin.ports.transport import Fetcher as Fetcher
from tocsin.ports.transport import Response as Response
from tocsin.ports.transport import Transport as Transport
from tocsin.ports.transport import TransportError as TransportError


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The time in UTC, in whole milliseconds: as precise as status keeps it."""
        ...


class Source(Protocol):
    """A system that answers queries."""

    async def ask(self, question: Question) -> Answer:
        """The answer to `question`; it never raises for what the source does."""
        ...


class EventReason(StrEnum):
    """The reasons of the Events that Tocsin emits: a closed list."""

    ALERT_FIRING = "AlertFiring"
    ALERT_RESOLVED = "AlertResolved"
    ALERT_WITHOUT_DATA = "AlertWithoutData"
    ALERT_UNKNOWN = "AlertUnknown"
    PARAMETER_UNREADABLE = "ParameterUnreadable"
    STATUS_CONTESTED = "StatusContested"
    RULE_INVALID = "RuleInvalid"
    SOURCE_FAILED = "SourceFailed"
    TEMPLATE_FAILED = "TemplateFailed"
    MODEL_AMBIGUOUS = "ModelAmbiguous"
    SILENCE_STARTED = "SilenceStarted"
    SILENCE_ENDING = "SilenceEnding"
    SILENCE_ENDED = "SilenceEnded"
    SILENCE_INVALID = "SilenceInvalid"
    ROUTE_INVALID = "RouteInvalid"
    DELIVERY_FAILED = "DeliveryFailed"
    INCIDENT_UNREADABLE = "IncidentUnreadable"
    ACKNOWLEDGED_LATE = "AcknowledgedLate"


@dataclass(frozen=True)
class Regarded:
    """The object that an Event is about."""

    api_version: str
    kind: str
    namespace: str
    name: str
    uid: str


@dataclass(frozen=True)
class Notice:
    """One Kubernetes Event to be recorded."""

    regarding: Regarded
    reason: EventReason
    action: str
    note: str
    at: datetime
    warning: bool = True
    related: Regarded | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)


class WriteError(Exception):
    """A write that did not happen.

    ├── Conflict      the object has changed since it was read
    ├── Gone          the object is no longer there
    ├── Refused       the API server will not take it: trying again does not help
    ├── Unavailable   the API server did not answer, or is busy: try again
    └── NotLeader     another operator may act now: this process ends
    """


class ConflictError(WriteError):
    """The object has changed since it was read."""


class GoneError(WriteError):
    """The object is no longer there."""


class RefusedError(WriteError):
    """The API server will not take it: trying again does not help."""


class UnavailableError(WriteError):
    """The API server did not answer, or is busy: trying again may help."""


class NotLeaderError(WriteError):
    """Another operator may act now, and this process does nothing more: it ends."""


class EventRecorder(Protocol):
    """Records Kubernetes Events."""

    async def record(self, notice: Notice) -> None:
        """Create the Event, or count it up where it exists already.

        Raises:
            WriteError: it is not recorded.
        """
        ...


class StatusWriter(Protocol):
    """Writes the status of rules."""

    async def write(self, rule: RuleKey, resource_version: str, status: Mapping[str, Any]) -> str:
        """Replace the status of `rule` if it is still at `resource_version`; the new version.

        Raises:
            WriteError: it is not written.
        """
        ...


class ObjectWriter(Protocol):
    """Makes the objects that the operator keeps itself, such as incidents, and ends them.

    `kind` is one of Tocsin's own, as AlertSilence or MLIncident.
    """

    async def create(self, kind: str, namespace: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make the object that `body` describes; the object as it is now stored.

        `body` has metadata with a name, and mostly a spec; kind and namespace are put into it.
        A status in it is not stored.

        Raises:
            ConflictError: there is one of that name already.
            WriteError: it is not made.
        """
        ...

    async def write_status(
        self,
        kind: str,
        namespace: str,
        name: str,
        resource_version: str,
        status: Mapping[str, Any],
    ) -> str:
        """Replace its status if it is still at `resource_version`; the new version.

        Raises:
            ConflictError: it has changed since.
            GoneError: it is no longer there.
            WriteError: it is not written.
        """
        ...

    async def delete(self, kind: str, namespace: str, name: str, uid: str) -> None:
        """Delete it if it is still the object with this `uid`.

        Raises:
            ConflictError: another of that name has taken its place.
            GoneError: it is no longer there.
            WriteError: it is not deleted.
        """
        ...


class RuleApplier(Protocol):
    """Applies the operator's own rules."""

    async def apply(self, rule: Mapping[str, Any]) -> None:
        """Make `rule`, an MLAlertRule as JSON, or bring it up to date.

        Raises:
            ConflictError: somebody else has changed it.
            WriteError: it is not applied.
        """
        ...


class LeaseKeeper(Protocol):
    """Keeps the operator's own Lease."""

    async def read(self) -> Lease | None:
        """The Lease as it is stored; None if there is none.

        Raises:
            WriteError: the API server does not say.
        """
        ...

    async def write(self, lease: Lease) -> Lease:
        """Store `lease` if it is still at its version, or make it; the Lease as it is now stored.

        Raises:
            WriteError: it is not stored.
        """
        ...

    def changes(self, silence: float) -> AsyncIterator[Lease | None]:
        """The Lease as it is, then as a watch tells of it, until that ends or is silent too long.

        None: there is none. `silence` is in seconds.

        Raises:
            WriteError: the watch was refused, or broke.
        """
        ...


@dataclass(frozen=True)
class Rendered:
    """A text made of a template; `problem` says what is wrong with it, if anything."""

    text: str
    problem: str | None = None


class Renderer(Protocol):
    """Renders templates within bounds.

    `seconds` of processor time are for all texts of one alert: each template has bounds, but there
    may be many. What is said must not depend on how busy the machine is, so this is far beyond
    what honest texts take.
    """

    seconds: float

    def check(self, template: str) -> str | None:
        """What is wrong with `template`, before any value is known."""
        ...

    def render(self, template: str, values: Mapping[str, Any]) -> Rendered:
        """`template` with `values` as its variables; on failure `text` is empty."""
        ...


@dataclass(frozen=True)
class Census:
    """How many of what there are now, for the gauges."""

    rules: Mapping[str, int] = field(default_factory=dict)
    alerts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    unattributed: Mapping[RuleKey, int] = field(default_factory=dict)
    echo_age: float | None = None  # seconds
    leads: bool = False
    incidents: Mapping[str, int] = field(default_factory=dict)  # open ones, by state


class Meter(Protocol):
    """Counts what the operator does, for its own metrics."""

    def evaluated(self, outcome: str, seconds: float) -> None:
        """One evaluation took `seconds` and ended as `outcome`."""
        ...

    def missed(self, count: int) -> None:
        """`count` evaluations were due and skipped."""
        ...

    def answered(self, source: str, outcome: str, samples: int) -> None:
        """`source` answered a query with so many samples, or failed as `outcome` says."""
        ...

    def held_back(self, namespace: str) -> None:
        """A query of a rule in `namespace` waits: its namespace asks more than it may."""
        ...
