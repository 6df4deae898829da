"""What a rule asks of which source, how that went, and where the series of the answer went."""

from datetime import timedelta
from typing import Final

from tocsin.api.explanation.rule import (
    Evaluated,
    Question,
    SeriesCount,
    SourceHealth,
    Unplaced,
    Use,
)
from tocsin.core.durations import format_duration
from tocsin.core.rules import Rule
from tocsin.core.unplaced import why_unplaced
from tocsin.engine.explaining.looks import attribution_of
from tocsin.engine.explaining.shown import LONG, amount, clean, labels_shown
from tocsin.engine.explaining.view import View
from tocsin.engine.record import Record

_EXAMPLES: Final = 20


def last_evaluation(record: Record) -> Evaluated | None:
    """When the rule was evaluated last, how long that took, and how it ended."""
    looked = record.looked
    if looked is None:
        return None
    took = format_duration(timedelta(milliseconds=max(1, round(looked.seconds * 1000))))
    return Evaluated(at=looked.at, took=took, outcome=looked.outcome)


def questions(rule: Rule) -> list[Question]:
    """What is asked, as it is asked."""
    asked = [
        Question(
            use=Use.VALUE,
            part=part.name or None,
            source=part.metric.source,
            query=str(part.metric.query),
            ago=_ago(ago + rule.label_delay),
            unit=part.metric.unit,
        )
        for part in rule.parts
        for ago in part.criterion.agos
    ]
    beside = (rule.min_samples, Use.MIN_SAMPLES), (rule.label_coverage, Use.LABEL_COVERAGE)
    return asked + [
        Question(
            use=use,
            source=one.metric.source,
            query=str(one.metric.query),
            ago=_ago(rule.label_delay),
            unit=one.metric.unit,
        )
        for one, use in beside
        if one
    ]


def _ago(ago: timedelta) -> str | None:
    return format_duration(ago) if ago else None


def source_health(record: Record, rule: Rule) -> SourceHealth:
    """What the source said last; of several, that of the one that failed."""
    evaluation = record.evaluation
    name = (evaluation and evaluation.failed_source) or rule.metric.source
    if evaluation is None:
        return SourceHealth(name=name)
    failure = evaluation.failure
    if failure is None:
        said = clean("; ".join(evaluation.remarks), LONG)
        return SourceHealth(name=name, answers=True, reason="ok", message=said)
    said = clean(failure.message, LONG)
    return SourceHealth(name=name, answers=failure.blames_rule, reason=failure.kind, message=said)


def series_count(view: View) -> SeriesCount | None:
    """Where the series of the last answer went, with reasons for some that went nowhere."""
    attribution = attribution_of(view.record)
    if attribution is None:
        return None
    unit, nowhere, elsewhere = (
        view.rule.unit,
        attribution.unattributed,
        attribution.elsewhere,
    )
    examples = [
        Unplaced(
            labels=labels_shown(sample.labels),
            value=amount(unit.to_base(sample.value) if unit else sample.value, unit) or "",
            reason=clean(why_unplaced(view.rule, sample.labels, view.inventory), LONG),
        )
        for sample in nowhere[:_EXAMPLES]
    ]
    placed = sum(map(len, attribution.samples.values()))
    return SeriesCount(
        total=placed + len(nowhere) + len(elsewhere),
        attributed=placed,
        unattributed=len(nowhere),
        elsewhere=len(elsewhere),
        examples=examples,
    )
