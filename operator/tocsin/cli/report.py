"""What a check of files found, for people and for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from tocsin.cli.output import ExitCode


class Severity(StrEnum):
    """Whether a finding stops anything."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or may be; without a line it is about the whole file."""

    file: str
    line: int | None
    column: int | None
    field: str
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        field = f"{self.field}: " if self.field else ""
        return printable(f"{place}: {self.severity}: {field}{self.message}")


@dataclass(frozen=True)
class Report:
    """What was looked at, and what was found; `unreadable` if a file could not be looked at.

    `counts` has how many objects there were by what they are, in the plural: rules, routes, …
    """

    files: int
    counts: Mapping[str, int]
    skipped: int
    findings: Sequence[Finding]
    unreadable: bool = False

    def count(self, severity: Severity) -> int:
        """How many findings are so severe."""
        return sum(finding.severity is severity for finding in self.findings)

    def exit_code(self, *, strict: bool) -> ExitCode:
        """The end of the command; with `strict` a warning is as bad as an error."""
        if self.unreadable:
            return ExitCode.USAGE
        bad = len(self.findings) if strict else self.count(Severity.ERROR)
        return ExitCode.PROBLEMS if bad else ExitCode.OK

    def to_json(self) -> str:
        """The object that docs/cli.md describes."""
        shown = {
            "files": self.files,
            **self.counts,
            "skipped": self.skipped,
            "problems": [asdict(finding) for finding in self.findings],
        }
        return json.dumps(shown, indent=2)

    def summary(self) -> str:
        """All of it in a line."""
        errors, warnings = self.count(Severity.ERROR), self.count(Severity.WARNING)
        skipped = f" ({_many(self.skipped, 'other document')} skipped)" if self.skipped else ""
        found = f"{_many(errors, 'error')}, {_many(warnings, 'warning')}"
        return f"{self._objects()} in {_many(self.files, 'file')}{skipped}: {found}"

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing of Tocsin's in them."""
        return not any(self.counts.values())

    def _objects(self) -> str:
        """What was in them; where there is nothing, that there are no rules."""
        shown = [_many(count, name[:-1]) for name, count in self.counts.items() if count]
        return ", ".join(shown) or _many(0, "rule")


def printable(text: str) -> str:
    """`text` on one line, without what a terminal would act on."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
