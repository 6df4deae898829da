"""Conditions, as kstatus reads them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.core.attribution import Attribution
from tocsin.core.durations import format_duration
from tocsin.core.evaluate import Evaluation
from tocsin.core.inventory import ObjectRef
from tocsin.core.rules import Rule
from tocsin.core.rulestate import NO_WORKLOAD
from tocsin.engine.record import Record
from tocsin.engine.times import write_time
from tocsin.engine.understanding import not_there

MESSAGE_LIMIT = 1024
_ON_THEIR_OWN = "series of labelled models belong to these, each other one alerts on its own"
_ORDER = (
    "Ready",
    "Stalled",
    "SourceReachable",
    "Attributed",
    "ParametersAccepted",
    "Rendered",
    "Routed",
    "Truncated",
)


@dataclass(frozen=True)
class Condition:
    """One aspect of an object: `ok` is the status that it wants to be in."""

    type: str
    status: bool
    reason: str
    message: str


def conditions_of(
    record: Record, problems: Sequence[str], hidden: int, now: datetime
) -> list[dict[str, Any]]:
    """All conditions of a rule; one that nothing is known of now stays as it was.

    `problems` are those of its texts, `hidden` the number of alerts that status has no room for.
    """
    wanted = [*_configuration(record), *_source(record.evaluation)]
    wanted += [*_attribution(record), *_parameters(record), _texts(problems)]
    wanted += [*_routed(record), *_truncated(record.evaluation, hidden)]
    before = {c.get("type"): c for c in record.status.get("conditions", ())}
    # What was said of another generation's query says nothing of this one's.
    kept = [
        before[kind]
        for kind in ("SourceReachable", "Attributed", *_unasked(record))
        if kind in before and before[kind].get("observedGeneration") == record.generation
    ]
    named = {condition.type for condition in wanted}
    conditions = [
        *(merged(before.get(c.type), c, record.generation, now) for c in wanted),
        *(dict(c) for c in kept if c["type"] not in named),
    ]
    return sorted(conditions, key=lambda condition: _ORDER.index(condition["type"]))


def merged(
    before: Mapping[str, Any] | None, condition: Condition, generation: int, now: datetime
) -> dict[str, Any]:
    """`condition` as status holds it; its time moves only with its status."""
    status = "True" if condition.status else "False"
    moved = before.get("lastTransitionTime") if before and before.get("status") == status else None
    return {
        "type": condition.type,
        "status": status,
        "reason": condition.reason,
        "message": condition.message[:MESSAGE_LIMIT],
        "observedGeneration": generation,
        "lastTransitionTime": moved or write_time(now),
    }


def claim(model: str, serving: Sequence[ObjectRef]) -> str:
    """What is wrong where several workloads say that they serve one model, and what to do."""
    names = " and ".join(f"{ref.kind} {ref.name}" for ref in serving)
    return (
        f'model "{model}" is claimed by {names}: its series belong to neither. Give each its '
        f"own label tocsin.dev/model, or let the query keep the labels namespace and pod"
    )


def _configuration(record: Record) -> list[Condition]:
    if trouble := record.trouble:
        reason, message = trouble.reason, trouble.message
        return [
            Condition("Ready", False, reason, message),
            Condition("Stalled", True, reason, message),
        ]
    if record.rule and record.rule.suspended:
        ready = Condition("Ready", True, "Suspended", "suspended: nothing is evaluated")
    else:
        every = format_duration(record.rule.interval) if record.rule else ""
        lacking = f"; {not_there(record.without)}" if record.without else ""
        ready = Condition("Ready", True, "Evaluating", f"evaluated every {every}{lacking}")
    return [ready, Condition("Stalled", False, ready.reason, "the rule can be evaluated")]


def _source(evaluation: Evaluation | None) -> list[Condition]:
    if evaluation is None:
        return []
    failure = evaluation.failure
    if failure is None or failure.blames_rule:
        said = "; ".join(("the source answers", *evaluation.remarks))
        return [Condition("SourceReachable", True, "Answered", said)]
    message, asked = failure.message, {one.source for one in evaluation.rule.questions}
    if len(asked) > 1 and evaluation.failed_source:
        message = f"{evaluation.failed_source}: {message}"
    return [Condition("SourceReachable", False, failure.kind, message)]


def _attribution(record: Record) -> list[Condition]:
    evaluation = record.evaluation
    attribution = evaluation.attribution if evaluation else None
    if evaluation is None or attribution is None or record.rule is None:
        return []
    if attribution.ambiguous:
        message = "; ".join(claim(*pair) for pair in sorted(attribution.ambiguous.items()))
        return [Condition("Attributed", False, "ModelAmbiguous", message)]
    if attribution.samples and evaluation.unplaced_parts and not evaluation.at_rest:
        return [_part_unplaced(evaluation.unplaced_parts)]
    if not attribution.samples:
        return _nothing_attributed(record.rule, evaluation, attribution)
    if record.rule.workloads is None:
        return [Condition("Attributed", True, "Attributed", _ON_THEIR_OWN)]
    return [Condition("Attributed", True, "Attributed", "series belong to selected workloads")]


def _part_unplaced(names: Sequence[str]) -> Condition:
    which = f"{'part' if len(names) == 1 else 'the parts'} {', '.join(names)}"
    message = (
        f"no series of {which} belongs to a selected workload: let the query keep the labels "
        "namespace and pod, or namespace and deployment, or model"
    )
    return Condition("Attributed", False, "NothingAttributed", message)


def _nothing_attributed(
    rule: Rule, evaluation: Evaluation, attribution: Attribution
) -> list[Condition]:
    left_over = rule.workloads is None or evaluation.at_rest  # by pods that are gone
    if left_over or not attribution.unattributed:
        return []
    # Sources answer in any order: the first by its labels, or the message would alternate.
    labels = min(", ".join(sorted(sample.labels)) for sample in attribution.unattributed)
    message = (
        "no series belongs to a selected workload: let the query keep the labels namespace and "
        "pod, or namespace and deployment, or model. The first series has the labels: "
        + (labels or "none")
    )
    if not evaluation.workload_count:
        message = NO_WORKLOAD
    return [Condition("Attributed", False, "NothingAttributed", message)]


def _parameters(record: Record) -> list[Condition]:
    kind = "ParametersAccepted"
    if record.rule is None or record.evaluation is None:
        return []
    if unreadable := record.bound.unreadable:
        return [Condition(kind, False, "Unreadable", "; ".join(map(str, unreadable[:10])))]
    if not record.rule.parameters:
        return []
    return [Condition(kind, True, "Accepted", "what workloads set for themselves is in force")]


def _routed(record: Record) -> list[Condition]:
    unrouted = record.unrouted or {}
    said = sorted(unrouted[id_] for id_ in _told_of(record) if id_ in unrouted)
    if not said:
        return []
    # Not how many: each that comes or goes would be one more write.
    who = "nobody is told of several alerts" if len(said) > 1 else "nobody is told"
    message = f"{who}: {said[0]}"
    return [Condition("Routed", False, "NoRoute", message)]


def _unasked(record: Record) -> Iterator[str]:
    """After a restart, what was said of parameters and routes stands until they are looked at."""
    if record.evaluation is None:
        yield "ParametersAccepted"
    if record.unrouted is None and _told_of(record):
        yield "Routed"


def _told_of(record: Record) -> list[str]:
    """The ids of the alerts that people are to be told of."""
    return [alert.id for alert in record.alerts.values() if alert.has_fired and not alert.shadow]


def _truncated(evaluation: Evaluation | None, hidden: int) -> list[Condition]:
    said = []
    if hidden:
        said.append(f"{hidden} more alerts are active than status has room for; they are kept")
    if evaluation and evaluation.left_out:
        said.append(
            f"{len(evaluation.alerts)} alerts are as many as are kept of a rule "
            f"(limits.alertsPerRule): further ones do not begin. Aggregate the query, for example "
            f"with `sum by (namespace, pod)`, or have the limit raised"
        )
    return [Condition("Truncated", True, "TooManyAlerts", "; ".join(said))] if said else []


def _texts(problems: Sequence[str]) -> Condition:
    if problems:
        return Condition("Rendered", False, "TemplateFailed", "; ".join(problems))
    return Condition("Rendered", True, "Rendered", "all templates of the rule can be rendered")
