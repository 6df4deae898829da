"""Files to a report: what is in them, and all that is wrong with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tocsin.api.manifests import Document, Mistake, Place, locate, read_manifests, to_json
from tocsin.api.settings import Defaults, SettingsError, load_settings
from tocsin.cli.checks.files import File, read_files
from tocsin.cli.checks.objects import Foreign, Object, Unknown, classify, is_empty, objects
from tocsin.cli.checks.rules import RuleCheck
from tocsin.cli.report import Finding, Report, Severity
from tocsin.cli.validate import ConfigError
from tocsin.ports import Renderer


def validate(names: Sequence[str], config: Path | None, renderer: Renderer) -> Report:
    """What is wrong with the rules in files, folders and `-`, which is standard input.

    Raises:
        ConfigError: `config` cannot be used.
    """
    interval, sources = Defaults().interval, None
    if config:
        try:
            settings = load_settings(config)
        except SettingsError as error:
            raise ConfigError(str(error)) from error
        interval = settings.defaults.interval
        sources = frozenset(source.name for source in settings.sources)
    return Validation(RuleCheck(renderer, interval, sources)).report(names)


@dataclass
class Validation:
    """One run over files: counts, and where each rule was met first."""

    check: RuleCheck
    rules: int = 0
    skipped: int = 0
    met: dict[tuple[str, str], str] = field(default_factory=dict)

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
        return Report(files, self.rules, self.skipped, findings, bool(unreadable))

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
                case _:
                    ours = True
                    self.rules += 1
                    yield from self._rule(file, found)
        for mistake in document.mistakes if ours else ():
            yield _finding(file, mistake.place, mistake.field, mistake.message)

    def _rule(self, file: File, rule: Object) -> Iterator[Finding]:
        for remark in self.check.remarks(to_json(rule.entry)):
            place, name = locate(rule.entry, remark.field), rule.field(remark.field)
            yield _finding(file, place, name, remark.message, remark.severity)
        yield from self._twice(file, rule)

    def _twice(self, file: File, rule: Object) -> Iterator[Finding]:
        """Of two rules of one name in a namespace, the one that is applied last is left."""
        name = rule.entry.text("metadata", "name")
        namespace = rule.entry.text("metadata", "namespace") or ""
        if not name:
            return
        place = locate(rule.entry, "metadata.name")
        first = self.met.setdefault((namespace, name), f"{file.name}:{place.line}")
        if first == f"{file.name}:{place.line}":
            return
        known = bool(namespace) or first.startswith(f"{file.name}:")
        message = f'the rule "{name}" is also in {first}: the one that is applied last is left'
        if not known:
            message += ", if both are for the same namespace"
        severity = Severity.ERROR if known else Severity.WARNING
        yield _finding(file, place, rule.field("metadata.name"), message, severity)


def _finding(
    file: File,
    place: Place | None,
    name: str,
    message: str,
    severity: Severity = Severity.ERROR,
) -> Finding:
    line, column = (place.line, place.column) if place else (None, None)
    return Finding(file.name, line, column, name, message, severity)
