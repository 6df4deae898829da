"""One rule, explained: what stands at the top, and all that lies below it."""

from collections import Counter
from datetime import datetime
from typing import Any, Final

from tocsin.api.explanation.parts import ObjectName, Paging, Suppression, SuppressionReason
from tocsin.api.explanation.rule import Explanation
from tocsin.core.durations import format_duration
from tocsin.core.rules import Mode, Rule, RuleKey
from tocsin.core.rulestate import RuleState
from tocsin.core.states import State
from tocsin.engine.explaining.answers import (
    last_evaluation,
    questions,
    series_count,
    source_health,
)
from tocsin.engine.explaining.criterion import criterion_in_words
from tocsin.engine.explaining.finding import WorkloadFilter
from tocsin.engine.explaining.history import history
from tocsin.engine.explaining.looks import identities
from tocsin.engine.explaining.shown import LONG, clean, clock
from tocsin.engine.explaining.subjects import subject_of, urgency
from tocsin.engine.explaining.top import top_of
from tocsin.engine.explaining.view import View
from tocsin.engine.record import KIND, Record
from tocsin.engine.times import read_time

SUBJECTS_PER_PAGE: Final = 20
_PROBLEMS: Final = 20


def explain(view: View, cluster: str, wanted: WorkloadFilter | None, page: int) -> Explanation:
    """Why the rule of `view` fires or does not, for all that it looks at or for one workload."""
    record, rule = view.record, view.rule
    all_ = identities(record)
    named = [i for i in all_ if wanted is None or wanted.takes(i.workload)]
    ordered = sorted(named, key=lambda identity: urgency(view, identity))
    pages = max(1, -(-len(ordered) // SUBJECTS_PER_PAGE))
    page = min(page, pages)
    begin = (page - 1) * SUBJECTS_PER_PAGE
    subjects = [subject_of(view, one) for one in ordered[begin : begin + SUBJECTS_PER_PAGE]]
    first = subjects[0] if page == 1 and subjects else None
    if ordered and first is None:
        first = subject_of(view, ordered[0])
    top, suppressions = top_of(view, wanted, len(ordered), first), _suppressions(record, rule)
    return Explanation(
        cluster=cluster,
        at=view.now,
        rule=rule_name(record.key),
        headline=top.headline,
        next=top.next,
        around=top.around,
        telling="" if suppressions else top.telling,
        actions=list(top.actions),
        severity=rule.severity,
        mode=rule.mode,
        state=state_of(record),
        state_since=state_since(record),
        interval=format_duration(rule.interval, parts=6),
        last_evaluation=last_evaluation(record),
        next_evaluation=view.due,
        criterion=criterion_in_words(rule, rule.criterion),
        schedule=_schedule(view),
        asks=questions(rule),
        source=source_health(record, rule),
        problems=_problems(view),
        suppressions=suppressions,
        **counts(record),
        workload_count=record.evaluation.workload_count if record.evaluation else None,
        series=series_count(view),
        asked_for=clean(str(wanted)) if wanted else None,
        subjects=subjects,
        paging=Paging(page=page, pages=pages, total=len(ordered)),
        history=history(record, wanted),
    )


def rule_name(key: RuleKey) -> ObjectName:
    """A rule as explanations name it."""
    return ObjectName(kind=KIND, namespace=key.namespace, name=key.name)


def counts(record: Record) -> dict[str, Any]:
    """How many alerts are in which state, by the names that explanations have for it."""
    states = Counter(alert.state for alert in record.alerts.values())
    return {
        "firing": states[State.FIRING],
        "recovering": states[State.RECOVERING],
        "pending": states[State.PENDING],
    }


def state_of(record: Record) -> RuleState:
    """The state in the rule's status."""
    return RuleState(record.status.get("state") or RuleState.UNKNOWN)


def state_since(record: Record) -> datetime | None:
    """When that state began, if status says so."""
    since = record.status.get("stateSince")
    return read_time(since) if since else None


def _suppressions(record: Record, rule: Rule) -> list[Suppression]:
    """Why nobody is told of any alert of `rule`."""
    found = []
    if rule.suspended:
        says = "nothing is evaluated, until spec.suspend is false or left out"
        found.append(Suppression(reason=SuppressionReason.SUSPENDED, message=says))
    if rule.mode is Mode.SHADOW:
        times = f"{record.shadowed} time{'' if record.shadowed == 1 else 's'}"
        says = f"spec.mode is Shadow; it would have told somebody {times}"
        found.append(Suppression(reason=SuppressionReason.SHADOW, message=says))
    return found


def _schedule(view: View) -> str | None:
    schedule = view.rule.schedule
    if schedule is None:
        return None
    changes = schedule.next_change(view.now)
    until = f" until {clock(changes, view.now)}" if changes else ""
    return f"{schedule}: {'open' if schedule.is_open(view.now) else 'closed'}{until}"


def _problems(view: View) -> list[str]:
    trouble = view.record.trouble
    texts = [
        *([trouble.message] if trouble else ()),
        *view.record.words.mistakes(view.renderer, view.rule),
        *map(str, view.record.bound.unreadable[:_PROBLEMS]),
    ]
    return [clean(text, LONG) for text in texts]
