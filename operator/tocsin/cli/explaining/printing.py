"""Prints explanations: in colour on a terminal, plain where the output goes elsewhere."""

from datetime import datetime
from typing import Final

from rich.console import Console
from rich.text import Text

from tocsin.api.explanation import Explanation, Index, Missing, Subject
from tocsin.api.explanation.rule import Question
from tocsin.api.explanation.telling import Telling
from tocsin.cli.explaining.fetching import Answer
from tocsin.engine.explaining.shown import clean, clock

_COLOURS: Final = {
    "Firing": "bold red",
    "Recovering": "bold yellow",
    "Pending": "bold yellow",
    "Inactive": "green",
    "Failed": "magenta",
    "Unknown": "magenta",
    "Invalid": "magenta",
}
_LETTERS: Final = {"Met": "!", "NotMet": ".", "Deadband": "~", "Unknown": "?", "Failed": "x"}


def show(answer: Answer) -> None:
    """Print `answer`; what is not found goes to standard error."""
    console = Console(highlight=False, soft_wrap=True)
    match answer.it:
        case Missing() as missing:
            error = Console(stderr=True, highlight=False, soft_wrap=True)
            error.print(Text(clean(missing.error)))
            for near in missing.nearest:
                error.print(Text(f"  {clean(near.name)}"))
        case Index() as index:
            _index(console, index)
        case Explanation() as explanation:
            _rule(console, explanation)


def _rule(console: Console, it: Explanation) -> None:
    name = f"{it.rule.namespace}/{it.rule.name}" + (f" on {it.asked_for}" if it.asked_for else "")
    console.print(Text.assemble((name, "bold"), "  ", _state(it.state), f"  {it.severity or ''}"))
    console.print(Text(it.headline, "bold"))
    console.print(Text(f"Next: {it.next}"))
    if it.around:
        console.print(Text(f"Around it: {it.around}"))
    if it.telling:
        console.print(Text(it.telling))
    for suppression in it.suppressions:
        console.print(Text(f"Nobody is told: {suppression.message}."))
    for problem in it.problems:
        console.print(Text(f"Problem: {problem}"))
    _lines(console, "What to do", it.actions)
    if it.subjects:
        more = f", page {it.paging.page} of {it.paging.pages}" if it.paging.pages > 1 else ""
        console.print(Text(f"\nWhat is looked at ({it.paging.total}{more})", "bold"))
        for subject in it.subjects:
            _subject(console, subject, it)
    _lines(console, "The rule", _facts(it))
    if it.series and it.series.examples:
        why = [f"{one.reason}: {_labels(one.labels)}" for one in it.series.examples]
        _lines(console, f"Series that belong to nobody ({it.series.unattributed})", why)
    ended = [
        f"{clock(one.resolved_at, it.at) if one.resolved_at else ''} "
        f"{one.workload.name if one.workload else _labels(one.labels)}: {one.reason}: {one.message}"
        for one in it.history
    ]
    _lines(console, "Alerts that are over", ended)


def _subject(console: Console, subject: Subject, it: Explanation) -> None:
    now = it.at
    value = f"{subject.value} (limit {subject.threshold})" if subject.threshold else subject.value
    trail = "".join(_LETTERS[look.verdict] for look in reversed(subject.trail))
    line = Text.assemble("  ", _state(subject.state), "  ", (subject.title, "bold"),
                         f"  {value or ''}  {trail}")  # fmt: skip
    console.print(line)
    details = [f"{subject.verdict}: {subject.reason}"]
    if str(subject.state) != "Inactive":  # to end it by hand
        details.append(f"alert id {subject.alert_id}")
    details += [f"{timer.name} {clock(timer.at, now)}: {timer.message}" for timer in subject.timers]
    details += [f"{link.name}: {link.url}" for link in subject.links]
    if str(subject.state) in ("Firing", "Recovering"):
        if subject.telling.headline != it.telling:
            details.append(subject.telling.headline)
        details += _told(subject.telling, now)
    for detail in details:
        console.print(Text(f"      {detail}"))


def _told(telling: Telling, now: datetime) -> list[str]:
    """The incidents of one that fires, and whom each is told to."""
    lines = []
    for incident in telling.incidents:
        name = f"{incident.incident.namespace}/{incident.incident.name}"
        lines.append(f"{'storm' if incident.storm else 'incident'} {name}: {incident.state}")
        for one in incident.receivers:
            told = f"told at {clock(one.told_at, now)}" if one.told_at else "not told yet"
            error = f" ({one.error})" if one.error else ""
            lines.append(f"  {one.name}, {one.destination}: {told}")
            lines.append(f"    next: {one.next}{error}")
    return lines


def _facts(it: Explanation) -> list[str]:
    facts = [f"{it.firing} firing, {it.recovering} recovering, {it.pending} pending"]
    if it.criterion:
        facts.append(it.criterion)
    if it.schedule:
        facts.append(f"schedule {it.schedule}")
    if it.interval:
        due = clock(it.next_evaluation, it.at) if it.next_evaluation else "not due"
        facts.append(f"evaluated every {it.interval}, next: {due}")
    if last := it.last_evaluation:
        facts.append(f"last evaluated {clock(last.at, it.at)}, took {last.took}: {last.outcome}")
    if it.source and it.source.answers is not None:
        health = "answers" if it.source.answers else "does not answer"
        facts.append(f"source {it.source.name} {health}: {it.source.message or it.source.reason}")
    if it.series:
        total, placed = it.series.total, it.series.attributed
        facts.append(f"{total} series in the last answer, {placed} of them belong to somebody")
    return facts + [_asked(question) for question in it.asks]


def _asked(question: Question) -> str:
    part = f"{question.part}: " if question.part else ""
    ago = f", as of {question.ago} ago" if question.ago else ""
    return f"{part}{question.source} is asked{ago}: {question.query}"


def _index(console: Console, it: Index) -> None:
    console.print(Text(it.headline, "bold"))
    if it.open_incidents:
        console.print(Text(f"Open incidents: {it.open_incidents} (kubectl get mlinc -A)"))
    rows = [
        [
            f"{row.rule.namespace}/{row.rule.name}",
            str(row.state),
            clock(row.state_since, it.at) if row.state_since else "",
            str(row.firing),
            str(row.pending),
            clock(row.next_evaluation, it.at) if row.next_evaluation else "",
        ]
        for row in it.rules
    ]
    if rows:
        _table(console, [["RULE", "STATE", "SINCE", "FIRING", "PENDING", "NEXT"], *rows])
    if it.paging.pages > 1:
        console.print(Text(f"page {it.paging.page} of {it.paging.pages}: see /explain for all"))
    unwatched = [f"{w.workload.namespace}/{w.workload.name}" for w in it.workloads if not w.rules]
    _lines(console, "Workloads that no rule looks at", unwatched)


def _table(console: Console, rows: list[list[str]]) -> None:
    """Columns as kubectl has them: as wide as they need, whatever the terminal."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            Text(cell.ljust(width), _COLOURS.get(cell, ""))
            for cell, width in zip(row, widths, strict=True)
        )
        line = Text("  ").join(cells)
        line.rstrip()
        console.print(line)


def _lines(console: Console, title: str, lines: list[str]) -> None:
    if lines:
        console.print(Text(f"\n{title}", "bold"))
        for line in lines:
            console.print(Text(f"  {line}"))


def _state(name: str) -> Text:
    return Text(name, _COLOURS.get(name, ""))


def _labels(labels: dict[str, str]) -> str:
    return "{" + ", ".join(f"{name}={value}" for name, value in labels.items()) + "}"
