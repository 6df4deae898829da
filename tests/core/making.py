"""Small makers of core values, with defaults that a test does not care about."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tocsin.core.alerts import Alert
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.evaluate import Evaluation, Past, evaluate
from tocsin.core.gathering import gather
from tocsin.core.identity import Identity, alert_id
from tocsin.core.inventory import Inventory, ObjectRef, Workload
from tocsin.core.looks import Look, look_at
from tocsin.core.metrics import Metric
from tocsin.core.reduction import Reading
from tocsin.core.rules import MODEL_LABEL, Rule, RuleKey, Severity, WorkloadSelector
from tocsin.core.samples import Answer, Sample, Samples
from tocsin.core.states import State
from tocsin.core.verdicts import Verdict

T0 = datetime(2026, 1, 31, 12, tzinfo=UTC)
EVERY = timedelta(seconds=10)

SCORER = ObjectRef("Deployment", "fraud", "scorer")
RANKER = ObjectRef("Deployment", "fraud", "ranker")
DEPLOYMENTS = WorkloadSelector()

_RULE = Rule(
    key=RuleKey("fraud", "latency"),
    severity=Severity.HIGH,
    metric=Metric("default", "q"),
    criterion=Threshold(above=10, recover_below=5),
    interval=EVERY,
    workloads=DEPLOYMENTS,
)


def rule(**changes: Any) -> Rule:
    """A rule that alerts above 10 until 5, every 10 s, for labelled models."""
    return replace(_RULE, **changes)


def at(seconds: float) -> datetime:
    """So many seconds after the start."""
    return T0 + timedelta(seconds=seconds)


def seconds(count: float) -> timedelta:
    """A time span."""
    return timedelta(seconds=count)


def workload(ref: ObjectRef, model: str = "m", *, replicas: int = 1, **labels: str) -> Workload:
    """A workload that serves `model`, unless that is empty."""
    return Workload(
        ref, f"uid-{ref.name}", ({MODEL_LABEL: model} if model else {}) | labels, replicas
    )


def inventory(
    *workloads: Workload, owners: Mapping[ObjectRef, ObjectRef | None] | None = None
) -> Inventory:
    """What is there."""
    return Inventory({one.ref: one for one in workloads}, owners or {})


BOTH = inventory(workload(SCORER, "score"), workload(RANKER, "rank"))


def sample(value: float, **labels: str) -> Sample:
    """A series of the namespace fraud."""
    return Sample({"namespace": "fraud"} | labels, value)


def of_scorer(value: float, **labels: str) -> Sample:
    """A series of the workload scorer."""
    return sample(value, deployment="scorer", **labels)


def of_ranker(value: float, **labels: str) -> Sample:
    """A series of the workload ranker."""
    return sample(value, deployment="ranker", **labels)


def answer(*samples: Sample) -> Samples:
    """A complete answer."""
    return Samples(samples)


def alert(identity: Identity | None = None, **changes: Any) -> Alert:
    """A firing alert of scorer, observed at the start."""
    identity = identity or Identity(SCORER)
    made = Alert(
        id=alert_id(_RULE.key, identity),
        identity=identity,
        state=State.FIRING,
        value=12.0,
        threshold=10.0,
        labels={},
        active_at=T0,
        fired_at=T0,
        observed_at=T0,
        reason="12 is above 10",
    )
    return replace(made, **changes)


def judged(value: float, of: Rule = _RULE) -> Look:
    """What `of` says of `value`."""
    return look_at(of, of.criterion, Reading(value, {}))


def steps(
    of: Rule, answers: list[tuple[float, Answer]], there: Inventory = BOTH
) -> list[Evaluation]:
    """Evaluations of `of` one after the other: (seconds after the start, answer)."""
    evaluations: list[Evaluation] = []
    for when, one in answers:
        past = evaluations[-1].past if evaluations else Past()
        evaluations.append(evaluate(of, past, gather(of, there, one), at(when)))
    return evaluations


def evaluated(
    of: Rule,
    alerts: Mapping[str, Alert],
    one: Answer,
    there: Inventory,
    now: datetime,
    counts: Answer | None = None,
) -> Evaluation:
    """One evaluation of `of` after these alerts."""
    return evaluate(of, Past(alerts), gather(of, there, one, counts), now)


def verdicts(evaluation: Evaluation) -> dict[str, Verdict]:
    """The verdict on each identity, by its name."""
    return {str(identity): look.verdict for identity, look in evaluation.looks.items()}
