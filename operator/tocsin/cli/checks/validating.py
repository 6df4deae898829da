"""Files to a report: what is in them, and all that is wrong with it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tocsin.api.manifests import Document, Mistake, Place, locate, read_manifests, to_json
from tocsin.api.settings import Defaults, SettingsError, load_settings
from tocsin.cli.checks.files import File, read_files
from tocsin.cli.checks.notifying import RouteCheck, SilenceCheck
from tocsin.cli.checks.objects import Foreign, Object, Ours, Unknown, classify, is_empty, objects
from tocsin.cli.checks.remarks import Check
from tocsin.cli.checks.rules import RuleCheck
from tocsin.cli.report import Finding, Report, Severity
from tocsin.cli.validate import ConfigError
from tocsin.ports import Renderer

_WORDS: Final = {"MLAlertRule": "rule", "NotificationRoute": "route", "AlertSilence": "silence"}


@dataclass(frozen=True)
class Renderers:
    """What templates are checked with: those of rules, and those of receivers."""

    rules: Renderer
    receivers: Renderer


def validate(names: Sequence[str], config: Path | None, renderers: Renderers) -> Report:
    """What is wrong with the objects in files, folders and `-`, which is standard input.

    Raises:
        ConfigError: `config` cannot be used.
    """
    usual, sources = Defaults(), None
    if config:
        try:
            settings = load_settings(config)
        except SettingsError as error:
            raise ConfigError(str(error)) from error
        usual = settings.defaults
        sources = frozenset(source.name for source in settings.sources)
    return Validation(checks(renderers, usual, sources)).report(names)


def checks(
    renderers: Renderers, usual: Defaults, sources: Collection[str] | None
) -> Mapping[str, Check]:
    """How each kind that people write is checked; `sources` None: they are not known."""
    return {
        "MLAlertRule": RuleCheck(renderers.rules, usual.interval, sources),
        "NotificationRoute": RouteCheck(renderers.receivers, usual.timing),
        "AlertSilence": SilenceCheck(),
    }


@dataclass
class Validation:
    """One run over files: counts by kind, and where each object was met first."""

    checks: Mapping[str, Check]
    counts: Counter[str] = field(default_factory=Counter)
    skipped: int = 0
    met: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def report(self, names: Sequence[str]) -> Report:
        """What is wrong in all of them, file by file in the order of lines."""
        findings: list[Finding] = []
        files = unreadable = 0
        for file in read_files(names):
            if file.problem:
                unreadable += 1
                findings.append(Finding(file.name, None, None, "", file.problem))
            else:
                files += 1
                found = set(self.check_file(file))
                findings += sorted(
                    found, key=lambda one: (one.line or 0, one.column or 0, str(one))
                )
        counts = {f"{word}s": self.counts[kind] for kind, word in _WORDS.items()}
        return Report(files, counts, self.skipped, findings, bool(unreadable))

    def check_file(self, file: File) -> Iterator[Finding]:
        """What is wrong in one file, and against those before it."""
        for read in read_manifests(file.data):
            if isinstance(read, Mistake):
                yield _finding(file, read.place, read.field, read.message)
            elif not is_empty(read.root):
                yield from self._document(file, read)

    def _document(self, file: File, document: Document) -> Iterator[Finding]:
        ours = False
        for found in objects(document.root):
            match classify(found.entry):
                case Foreign(doubt=doubt):
                    self.skipped += 1
                    if doubt:
                        place, message = found.entry.place, f"skipped: {doubt}"
                        yield _finding(file, place, found.path, message, Severity.WARNING)
                case Unknown(field=name, message=message):
                    ours = True
                    yield _finding(file, locate(found.entry, name), found.field(name), message)
                case Ours(kind=kind):
                    ours = True
                    self.counts[kind] += 1
                    yield from self._object(file, kind, found)
        for mistake in document.mistakes if ours else ():
            yield _finding(file, mistake.place, mistake.field, mistake.message)

    def _object(self, file: File, kind: str, found: Object) -> Iterator[Finding]:
        for remark in self.checks[kind].remarks(to_json(found.entry)):
            place, name = locate(found.entry, remark.field), found.field(remark.field)
            yield _finding(file, place, name, remark.message, remark.severity)
        yield from self._twice(file, kind, found)

    def _twice(self, file: File, kind: str, found: Object) -> Iterator[Finding]:
        """Of two objects of one name in a namespace, the one that is applied last is left."""
        name = found.entry.text("metadata", "name")
        namespace = found.entry.text("metadata", "namespace") or ""
        if not name:
            return
        place = locate(found.entry, "metadata.name")
        first = self.met.setdefault((kind, namespace, name), f"{file.name}:{place.line}")
        if first == f"{file.name}:{place.line}":
            return
        known = bool(namespace) or first.startswith(f"{file.name}:")
        also = f'the {_WORDS[kind]} "{name}" is also in {first}'
        message = f"{also}: the one that is applied last is left"
        if not known:
            message += ", if both are for the same namespace"
        severity = Severity.ERROR if known else Severity.WARNING
        yield _finding(file, place, found.field("metadata.name"), message, severity)


def _finding(
    file: File,
    place: Place | None,
    name: str,
    message: str,
    severity: Severity = Severity.ERROR,
) -> Finding:
    line, column = (place.line, place.column) if place else (None, None)
    return Finding(file.name, line, column, name, message, severity)
