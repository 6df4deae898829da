"""Which documents of a file are Tocsin's, and which are none of its business."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tocsin.api.crd.definition import GROUP, VERSION
from tocsin.api.crd.kinds import KINDS
from tocsin.api.manifests import Entry
from tocsin.api.manifests.nodes import Scalar, Sequence

_API_VERSION: Final = f"{GROUP}/{VERSION}"
_KINDS: Final = frozenset(kind.name for kind in KINDS)
_MADE: Final = frozenset({"MLIncident"})
_WRITTEN: Final = tuple(kind.name for kind in KINDS if kind.name not in _MADE)
_LISTS: Final = frozenset({"List", *(f"{kind}List" for kind in _KINDS)})


@dataclass(frozen=True)
class Object:
    """An object in a document; `path` leads to it, empty unless it is an item of a list."""

    entry: Entry
    path: str = ""

    def field(self, name: str) -> str:
        """The path of a field of the object within the document."""
        return f"{self.path}.{name}" if self.path and name else self.path or name


@dataclass(frozen=True)
class Ours:
    """One of Tocsin's kinds that people write."""

    kind: str


@dataclass(frozen=True)
class Foreign:
    """Another group's object, to be skipped; `doubt` says why it may be meant for Tocsin."""

    doubt: str = ""


@dataclass(frozen=True)
class Unknown:
    """Meant for Tocsin, which does not know it: the field that is wrong, and how."""

    field: str
    message: str


def objects(root: Entry) -> Iterator[Object]:
    """The object that a document is, or those of the list that it is."""
    items = root.get("items")
    if root.text("kind") in _LISTS and items and isinstance(items.node, Sequence):
        for index, item in enumerate(items.node.entries):
            yield Object(item, f"items[{index}]")
    else:
        yield Object(root)


def classify(entry: Entry) -> Ours | Foreign | Unknown:
    """Whose object it is."""
    api_version, kind = entry.text("apiVersion"), entry.text("kind")
    if (api_version or "").partition("/")[0] == GROUP:
        return _of_our_group(api_version, kind)
    is_like_a_rule = kind in _KINDS or (kind is None and entry.get("spec", "criterion"))
    if is_like_a_rule and api_version is None:
        return Unknown("apiVersion", f"the field is required: write {_API_VERSION}")
    if kind in _KINDS:
        return Foreign(f"a {kind} of another group: Tocsin's has apiVersion {_API_VERSION}")
    return Foreign()


def _of_our_group(api_version: str | None, kind: str | None) -> Ours | Unknown:
    known = f"{', '.join(_WRITTEN[:-1])} or {_WRITTEN[-1]}"
    if api_version != _API_VERSION:
        return Unknown("apiVersion", f'"{api_version}" is unknown: write {_API_VERSION}')
    if kind in _WRITTEN:
        return Ours(kind)
    if kind in _MADE:
        return Unknown("kind", f"{kind}s are made by the operator: remove it from the file")
    if kind is None:
        return Unknown("kind", f"the field is required: write {known}")
    return Unknown("kind", f'"{kind}" is no kind of {GROUP}: write {known}')


def is_empty(entry: Entry) -> bool:
    """Whether a document says nothing, as where a template left only `null`."""
    return isinstance(entry.node, Scalar) and entry.node.value is None
