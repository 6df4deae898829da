"""What happened in a simulated world, in order: all that the checker is given."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

#: The cause of death of who was stopped until another one led.
STOPPED = "SIGSTOP"


@dataclass(frozen=True)
class Entry:
    """Something that happened: at which millisecond, in which life of the operator."""

    at: int
    life: int


@dataclass(frozen=True)
class Began(Entry):
    """A process started."""


@dataclass(frozen=True)
class Died(Entry):
    """It is gone, and all that it remembered; or it was stopped until another one led."""

    cause: str


@dataclass(frozen=True)
class Changed(Entry):
    """Somebody changed, made or deleted (`body` None) an object; `soft`: texts and times only."""

    kind: str
    name: str
    body: Mapping[str, Any] | None
    soft: bool = False


@dataclass(frozen=True)
class Saw(Entry):
    """The operator was told of an object; `body` None: that it is gone."""

    kind: str
    name: str
    body: Mapping[str, Any] | None


@dataclass(frozen=True)
class Answered(Entry):
    """A query that was asked at `asked` was answered: a value by workload, or None: it failed."""

    query: str
    asked: int
    values: Mapping[str, float] | None


@dataclass(frozen=True)
class Wrote(Entry):
    """A status now stands; it was sent at `sent` by `life`, perhaps the last thing it did."""

    rule: str
    uid: str
    sent: int
    status: Mapping[str, Any]


@dataclass(frozen=True)
class Recorded(Entry):
    """An Event now stands, or was counted up."""

    reason: str
    on: str
    uid: str
    alert: str
    note: str
    since: int  # the time that the notice itself bears
    name: str
    count: int
    answered: bool  # whether the operator was told so


@dataclass(frozen=True)
class Stored(Entry):
    """An incident now stands like this; it was sent at `sent` by `life`."""

    name: str
    uid: str
    sent: int
    status: Mapping[str, Any]


@dataclass(frozen=True)
class Shown:
    """An alert as a receiver is told of it; `ended` None: it fires."""

    alert: str
    fired: int
    ended: int | None
    new: bool
    silenced_by: str


@dataclass(frozen=True)
class Message:
    """What one receiver is told."""

    receiver: str
    kind: str
    key: str
    id: str
    reason: str
    incident: str
    route: str
    group: tuple[tuple[str, str], ...]
    opened: int
    firing: tuple[Shown, ...]
    resolved: tuple[Shown, ...]


@dataclass(frozen=True)
class Tried(Entry):
    """A receiver is being told; `fault` says what becomes of it."""

    message: Message
    fault: str


@dataclass(frozen=True)
class Took(Entry):
    """A receiver has taken what `life` sent at `sent`."""

    message: Message
    sent: int


@dataclass(frozen=True)
class Heard(Entry):
    """The operator was answered that it was taken."""

    message: Message


@dataclass(frozen=True)
class Hindered(Entry):
    """A request met trouble."""

    what: str


@dataclass(frozen=True)
class Bug(Entry):
    """The engine met an exception that it did not expect."""

    what: str


@dataclass
class Journal:
    """All entries in order."""

    entries: list[Entry] = field(default_factory=list)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def add(self, entry: Entry) -> None:
        """Write down what happened last."""
        self.entries.append(entry)


def told(entry: Entry) -> str:
    """An entry on a line, for a person."""
    facts = {name: _short(value) for name, value in vars(entry).items() if name != "at"}
    shown = " ".join(f"{name}={value}" for name, value in facts.items())
    return f"{entry.at / 1000:8.3f}  {type(entry).__name__} {shown}"


def _short(value: Any) -> Any:
    """Of a status its alerts, of an object what was wished."""
    if isinstance(value, Message):
        shown = [(one.alert[:4], one.fired, one.ended, one.new) for one in value.firing]
        over = [(one.alert[:4], one.fired, one.ended) for one in value.resolved]
        return f"{value.receiver} {value.incident} {value.id[:6]} {value.reason} {shown} {over}"
    if not isinstance(value, Mapping):
        return value
    if "conditions" in value:
        kept = ("state", "alerts", "history")
        return {name: value.get(name) for name in kept}
    return value.get("spec", value)
