"""The examples below fixtures/: those that are accepted, and those that break one thing.

Those of rules stand in fixtures/valid and fixtures/invalid, those of other kinds in a folder more.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "fixtures"
_HEADER = re.compile(r"# refused: (?P<refused>.+)\n# field: (?P<field>.+)\n")


@dataclass(frozen=True)
class Example:
    """One file: its name, its text, and for one that is refused, why and for which field."""

    name: str
    text: str
    refused: str = ""
    field: str = ""

    @property
    def body(self) -> dict[str, Any]:
        """The object, as if it were stored in the namespace fraud."""
        body: dict[str, Any] = yaml.safe_load(self.text)
        body["metadata"]["namespace"] = "fraud"
        return body


def valid_rules(kind: str = "") -> list[Example]:
    """Objects that are accepted: rules, or those in the folder `kind`, like routes."""
    return [Example(path.stem, path.read_text()) for path in _files(kind, "valid")]


def invalid_rules(kind: str = "") -> list[Example]:
    """Objects that are refused; each breaks one thing."""
    return [_invalid(path) for path in _files(kind, "invalid")]


def _files(kind: str, folder: str) -> list[Path]:
    return sorted((FOLDER / kind / folder).glob("*.yaml"))


def _invalid(path: Path) -> Example:
    text = path.read_text()
    header = _HEADER.match(text)
    assert header, f"{path} has to begin with the comments `# refused:` and `# field:`"
    return Example(path.stem, text, header["refused"], header["field"])
