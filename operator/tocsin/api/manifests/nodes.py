"""What a document is made of, with places: fields are found again by their path."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

Value = None | bool | int | float | str

_INDEX: Final = re.compile(r"\[(\d{1,9})\]\.?")
_KEY_END: Final = re.compile(r"(?=[.\[])|$")
_LONGEST_KEY: Final = 1000  # no key that is right is as long; what is in others is not found


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line and a column of a file, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value."""

    value: Value


@dataclass(slots=True)
class Mapping:
    """Entries by key; keys are texts, as in JSON."""

    entries: dict[str, "Entry"] = field(default_factory=dict)


@dataclass(slots=True)
class Sequence:
    """Entries in their order."""

    entries: list["Entry"] = field(default_factory=list)


Node = Scalar | Mapping | Sequence


@dataclass(frozen=True, slots=True)
class Entry:
    """A node where it stands: an alias makes one node stand at several places."""

    place: Place
    node: Node

    def get(self, *names: str) -> "Entry | None":
        """The entry of the map that `names` lead to from here, if it is there."""
        entry: Entry | None = self
        for name in names:
            if entry is None or not isinstance(entry.node, Mapping):
                return None
            entry = entry.node.entries.get(name)
        return entry

    def text(self, *names: str) -> str | None:
        """The text that `names` lead to, if it is there and a text."""
        found = self.get(*names)
        value = found.node.value if found and isinstance(found.node, Scalar) else None
        return value if isinstance(value, str) else None


def to_json(entry: Entry) -> Any:
    """The JSON value of an entry; what is aliased is in it as often as it is named."""
    match entry.node:
        case Scalar(value):
            return value
        case Mapping(entries):
            return {name: to_json(child) for name, child in entries.items()}
        case Sequence(items):
            return [to_json(child) for child in items]


def locate(root: Entry, path: str) -> Place:
    """Where the field `path`, like `spec.actions[0]`, stands: itself or its nearest parent."""
    entry = root
    while path and (step := _step(entry.node, path)):
        entry, path = step
    return entry.place


def _step(node: Node, path: str) -> tuple[Entry, str] | None:
    """The entry that `path` begins with, and the rest of the path."""
    if isinstance(node, Mapping):
        name = next((name for name in _beginnings(path) if name in node.entries), None)
        return None if name is None else (node.entries[name], path[len(name) :].removeprefix("."))
    index = _INDEX.match(path)
    if isinstance(node, Sequence) and index and int(index[1]) < len(node.entries):
        return node.entries[int(index[1])], path[index.end() :]
    return None


def _beginnings(path: str) -> Iterator[str]:
    """The keys that `path` may begin with, longest first: keys may have dots and brackets."""
    ends = [found.start() for found in _KEY_END.finditer(path[:_LONGEST_KEY])]
    for end in reversed(ends):
        yield path[:end]
