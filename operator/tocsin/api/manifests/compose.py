"""From a YAML parser's events to nodes: without recursion, and within bounds.

An alias costs as much as what it stands for, so that a text of a kilobyte cannot become a terabyte.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NoReturn

import yaml

from tocsin.api.manifests.nodes import Entry, Mapping, Node, Place, Scalar, Sequence
from tocsin.api.manifests.scalars import read_scalar

MAX_DEPTH: Final = 100
MAX_NODES: Final = 1_000_000
MAX_MISTAKES: Final = 100

_TAG: Final = "tag:yaml.org,2002:"
_RESOLVED: Final = frozenset({None, *(_TAG + kind for kind in ("null", "bool", "int", "float"))})
_MERGE: Final = "<<"
#: What an unquoted `{{ .Values.x }}` is to YAML: a map whose key is a map.
_UNRENDERED: Final = (
    "a key is a map: this looks like a template that nobody has rendered; check what "
    "`helm template` prints, or put a text with {{ }} into quotes"
)


@dataclass(frozen=True)
class Mistake:
    """What is wrong in a file: where, in which field if one can be named, and a sentence."""

    place: Place | None
    message: str
    field: str = ""


class ComposeError(Exception):
    """A document goes beyond a bound; it cannot be read further."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.message)
        self.mistake = mistake


@dataclass
class _Open:
    """A map or list whose end has not come yet; of a map, children are keys and values."""

    node: Mapping | Sequence
    place: Place
    anchor: str | None
    spent_before: int
    children: list[Entry] = field(default_factory=list)


class Composer:
    """Makes one document at a time of events; `place` says where an index of the text is."""

    def __init__(self, place: Callable[[int], Place]) -> None:
        self._place = place
        self._begin()

    def documents(
        self, events: Iterable[yaml.Event]
    ) -> Iterator[tuple[Entry | None, tuple[Mistake, ...]]]:
        """The root of each document, None if it is empty, with mistakes that hide nothing.

        Raises:
            ComposeError: too deep, too large, too many mistakes, or without an end.
            yaml.YAMLError: the events' own.
        """
        for event in events:
            match event:
                case yaml.DocumentStartEvent():
                    self._begin()
                case yaml.DocumentEndEvent():
                    yield self._root, tuple(self._mistakes)
                case yaml.NodeEvent():
                    self._node(
                        event, self._place(event.start_mark.index if event.start_mark else 0)
                    )
                case yaml.CollectionEndEvent():
                    self._close()

    def _begin(self) -> None:
        self._root: Entry | None = None
        self._spent = 0
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int] | None] = {}
        self._mistakes: list[Mistake] = []

    def _node(self, event: yaml.NodeEvent, place: Place) -> None:
        match event:
            case yaml.AliasEvent():
                self._alias(str(event.anchor), place)
            case yaml.ScalarEvent(value=text, tag=tag, implicit=implicit):
                plain = implicit[0] if tag is None else tag in _RESOLVED
                scalar = Scalar(read_scalar(text) if plain else text)
                self._spend(1, place)
                self._remember(event.anchor, scalar, 1)
                self._add(Entry(self._shown(place, scalar), scalar))
            case yaml.CollectionStartEvent():
                node = Mapping() if isinstance(event, yaml.MappingStartEvent) else Sequence()
                self._enter(_Open(node, self._shown(place, node), event.anchor, self._spent), place)

    def _alias(self, name: str, place: Place) -> None:
        if name not in self._anchors:
            self._refuse(place, f"*{name} stands for nothing: write &{name} before what is meant")
        known = self._anchors[name]
        if known is None:
            self._refuse(place, f"*{name} contains itself: write out what is meant")
        node, size = known
        self._spend(size, place)
        self._add(Entry(self._shown(place, None), node))

    def _enter(self, opened: _Open, place: Place) -> None:
        self._spend(1, place)
        if len(self._open) >= MAX_DEPTH:
            self._refuse(place, f"it is nested deeper than {MAX_DEPTH} levels: flatten it")
        if opened.anchor is not None:
            self._anchors[opened.anchor] = None
        self._open.append(opened)

    def _close(self) -> None:
        done = self._open[-1]
        if isinstance(done.node, Mapping):
            self._fill(done.node, done.children)
        else:
            done.node.entries = done.children
        self._open.pop()
        self._remember(done.anchor, done.node, self._spent - done.spent_before)
        self._add(Entry(done.place, done.node))

    def _fill(self, mapping: Mapping, children: list[Entry]) -> None:
        merged: dict[str, Entry] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            name = _name(key)
            if name is None:
                empty = "a key is empty: write `name: value`, or quote the name"
                is_scalar = isinstance(key.node, Scalar)
                self._note(Mistake(key.place, empty if is_scalar else _UNRENDERED, self._path()))
            elif name == _MERGE:
                for source in self._merged(value):
                    self._spend(len(source.entries), key.place)
                    merged = source.entries | merged
            elif name in mapping.entries:
                first = mapping.entries[name].place.line
                twice = f"the key stands twice, first in line {first}: only one of them would count"
                self._note(Mistake(key.place, twice, _joined(self._path(), name)))
            else:
                mapping.entries[name] = value
        for name, entry in merged.items():
            mapping.entries.setdefault(name, entry)

    def _merged(self, value: Entry) -> list[Mapping]:
        sources = value.node.entries if isinstance(value.node, Sequence) else [value]
        maps = [source.node for source in sources if isinstance(source.node, Mapping)]
        if len(maps) < len(sources):
            self._note(Mistake(value.place, "`<<` merges maps: name one, or a list of maps"))
        return maps

    def _add(self, entry: Entry) -> None:
        if self._open:
            self._open[-1].children.append(entry)
        else:
            self._root = entry

    def _shown(self, place: Place, node: Node | None) -> Place:
        """Where people look: a value is at its place; a map, a list and nothing at their key."""
        inside = self._open[-1] if self._open else None
        is_value = inside and isinstance(inside.node, Mapping) and len(inside.children) % 2
        if inside and is_value and not (isinstance(node, Scalar) and node.value is not None):
            return inside.children[-1].place
        return place

    def _remember(self, anchor: str | None, node: Node, size: int) -> None:
        if anchor is not None:
            self._anchors[anchor] = (node, size)

    def _spend(self, count: int, place: Place) -> None:
        self._spent += count
        if self._spent > MAX_NODES:
            self._refuse(
                place,
                f"with its aliases the document has more than {MAX_NODES} entries: write less",
            )

    def _note(self, mistake: Mistake) -> None:
        self._mistakes.append(mistake)
        if len(self._mistakes) >= MAX_MISTAKES:
            self._refuse(mistake.place, "the document has more such mistakes: mend these first")

    def _refuse(self, place: Place | None, message: str) -> NoReturn:
        raise ComposeError(Mistake(place, message, self._path()))

    def _path(self) -> str:
        """The field whose map or list is read now."""
        path = ""
        for opened in self._open[:-1]:
            if isinstance(opened.node, Sequence):
                path += f"[{len(opened.children)}]"
            elif len(opened.children) % 2:
                path = _joined(path, _name(opened.children[-1]) or "?")
        return path


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _name(key: Entry) -> str | None:
    """The key as JSON has it; None for one that JSON cannot have."""
    match key.node:
        case Scalar(value=bool() as value):
            return "true" if value else "false"
        case Scalar(value=str() | int() | float() as value):
            return str(value)
    return None
