"""The files that a command is given by name."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tocsin.api.manifests.reading import MAX_BYTES

STDIN: Final = "-"
_SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})


@dataclass(frozen=True)
class File:
    """A file's content, as far as it is looked at, or why it cannot be read."""

    name: str
    data: bytes = b""
    problem: str | None = None


def read_files(names: Sequence[str]) -> Iterator[File]:
    """Each file once; a folder stands for the YAML and JSON files in it, hidden ones left out."""
    seen: set[Path] = set()
    for name in dict.fromkeys(names):
        if name == STDIN:
            yield File("<stdin>", sys.stdin.buffer.read(MAX_BYTES + 1))
            continue
        path = Path(name)
        found = _inside(path) if path.is_dir() else [path]
        if not found:
            yield File(name, problem="the folder has no file that ends in .yaml, .yml or .json")
        for file in found:
            if (real := file.resolve()) not in seen:
                seen.add(real)
                yield _read(file)


def _inside(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix in _SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not path.is_dir()
    ]


def _read(path: Path) -> File:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return File(str(path), problem=f"the file cannot be read ({reason})")
    return File(str(path), data.replace(b"\t", b" ") if path.suffix == ".json" else data)
