"""From the bytes of a file to its documents, or to what is wrong with its YAML."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import yaml

from tocsin.api.manifests.compose import ComposeError, Composer, Mistake
from tocsin.api.manifests.nodes import Entry, Place

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_DOCUMENTS: Final = 10_000

#: libyaml where PyYAML was built with it, as its wheels are: ten times as fast, the same events.
_LOADER: Final[type[Any]] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_START: Final = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_EMPTY: Final = re.compile(r"(?:---)?\s*(?:#.*)?|%.*")
_UNPRINTABLE: Final = yaml.reader.Reader.NON_PRINTABLE
_HELM: Final = re.compile(
    r"\{\{-?\s*(?:\.|/\*|if |range |with |end|else|include |template |define )"
)


@dataclass(frozen=True)
class Document:
    """One YAML document: its root, and mistakes that did not keep it from being read."""

    root: Entry
    mistakes: tuple[Mistake, ...] = ()


def read_manifests(data: bytes, loader: type[Any] = _LOADER) -> Iterator[Document | Mistake]:
    """The documents of a file in their order; empty ones are left out.

    A mistake in the YAML ends its document, not the file. Raises nothing, whatever the bytes.
    """
    if len(data) > MAX_BYTES:
        most = f"{MAX_BYTES // 1024 // 1024} MiB"
        yield Mistake(None, f"the file is larger than {most}: split it")
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = Place(data.count(b"\n", 0, error.start) + 1, 1)
        yield Mistake(place, "the file is not UTF-8 from here on: save it as UTF-8")
        return
    where = _places(text)
    if found := _UNPRINTABLE.search(text):
        shown = f"U+{ord(found[0]):04X}"
        yield Mistake(where(found.start()), f"the character {shown} is not allowed in YAML")
        return
    for number, (begin, part) in enumerate(_parts(text)):
        if number == MAX_DOCUMENTS:
            more = f"the file has more than {MAX_DOCUMENTS} documents: split it"
            yield Mistake(where(begin), more)
            return
        yield from _documents(part, begin, where, loader)


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """What lies between lines that begin with `---`, and where; parts without content left out."""
    borders = [0, *(found.start() for found in _START.finditer(text)), len(text)]
    for begin, end in pairwise(borders):
        part = text[begin:end]
        if not all(_EMPTY.fullmatch(line) for line in part.split("\n")):
            yield begin, part


def _documents(
    part: str, begin: int, where: Callable[[int], Place], loader: type[Any]
) -> Iterator[Document | Mistake]:
    composer = Composer(lambda index: where(begin + index))
    try:
        for root, mistakes in composer.documents(yaml.parse(part, Loader=loader)):
            if root:
                yield Document(root, mistakes)
    except ComposeError as error:
        yield error.mistake
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        index = min(mark.index, len(part)) if mark else 0
        yield Mistake(where(begin + index), _explain(error, part, index))
    except yaml.YAMLError as error:
        yield Mistake(where(begin), f"this is not YAML: {' '.join(str(error).split())}")


def _explain(error: yaml.MarkedYAMLError, part: str, index: int) -> str:
    if part[index : index + 1] == "\t":
        return "a tab stands where YAML takes blanks only: indent with blanks"
    context = f"{error.context}, " if error.context else ""
    message = f"this is not YAML: {context}{error.problem}"
    if _HELM.search(part):
        return f"{message}; it looks like a Helm template: check what `helm template` prints"
    return message


def _places(text: str) -> Callable[[int], Place]:
    """Where an index of `text` is, by the lines that editors show."""
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    if len(starts) > 1 and starts[-1] == len(text):
        starts.pop()  # after the last line there is no further one

    def place(index: int) -> Place:
        line = bisect_right(starts, index)
        return Place(line, index - starts[line - 1] + 1)

    return place
