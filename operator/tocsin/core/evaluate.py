"""One rule at one time: from an answer and what was before to alerts, their ends and reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.core.alerts import Alert, Ended, EndReason, Step, advance, end
from tocsin.core.attribution import Attribution, attribute
from tocsin.core.ends import Scene, missing_since, named_end
from tocsin.core.identity import Identity, alert_id
from tocsin.core.inventory import Inventory, ObjectRef, Workload
from tocsin.core.reduction import Reading, reduce_samples
from tocsin.core.rules import Rule, WorkloadSelector
from tocsin.core.samples import Answer, Failure, Samples
from tocsin.core.verdicts import Outcome, Verdict

NOTHING_RETURNED = "the query returned nothing: ask it in the source, does the metric exist?"


@dataclass(frozen=True)
class Evaluation:
    """What one evaluation decided.

    `alerts` has all that are pending or firing now, by id; `fired` the ids of those that started
    to fire in this step; `ended` those that stopped. `outcomes` says why, for each identity that
    was looked at. `attribution` is None where there was no answer. `at_rest` says that all of the
    rule's own workloads are scaled to zero: then there is nothing to look at, and nothing is wrong.
    """

    alerts: Mapping[str, Alert]
    fired: tuple[str, ...]
    ended: tuple[Ended, ...]
    outcomes: Mapping[Identity, Outcome]
    workload_count: int
    attribution: Attribution | None
    failure: Failure | None
    at_rest: bool = False


def evaluate(
    rule: Rule, prior: Mapping[str, Alert], answer: Answer, inventory: Inventory, now: datetime
) -> Evaluation:
    """Decide on every alert of `rule`, given its alerts so far and one answer to its query.

    Ends are named before verdicts are taken: a deleted workload's last samples say nothing.
    """
    selected = inventory.selected(rule.workloads or WorkloadSelector())
    attribution = None
    readings: dict[Identity, Reading] = {}
    if isinstance(answer, Samples):
        attribution = attribute(rule, answer.samples, inventory)
        readings = {
            identity: reduce_samples(rule, samples)
            for identity, samples in attribution.samples.items()
            if identity.workload is None or selected[identity.workload].replicas > 0
        }
    seen = set(attribution.samples) if attribution else None
    going_on, ended = _end_named(prior, Scene(rule, inventory, selected, seen, now))

    outcomes = {identity: rule.criterion.judge(r.value, rule.metric.unit)
                for identity, r in readings.items()}  # fmt: skip
    silent = _unknown_or_failed(answer)
    wanted = _expected(rule, selected, readings)
    for identity in (*wanted, *(alert.identity for alert in going_on.values())):
        outcomes.setdefault(identity, silent)

    alerts: dict[str, Alert] = {}
    fired: list[str] = []
    for identity, outcome in outcomes.items():
        key = alert_id(rule.key, identity)
        reading = None if outcome.verdict is Verdict.UNKNOWN else readings.get(identity)
        step: Step = advance(rule, identity, going_on.get(key), outcome, reading, now)
        if step.alert:
            alerts[key] = step.alert
        if step.ended:
            ended.append(step.ended)
        if step.fired:
            fired.append(key)
    return Evaluation(
        alerts=alerts,
        fired=tuple(fired),
        ended=tuple(ended),
        outcomes=outcomes,
        workload_count=len(selected),
        attribution=attribution,
        failure=answer if isinstance(answer, Failure) else None,
        at_rest=rule.workloads is not None and _all_at_rest(selected),
    )


def end_all(
    prior: Mapping[str, Alert], reason: EndReason, message: str, now: datetime
) -> tuple[Ended, ...]:
    """The ends of all alerts of a rule that is deleted, suspended, or asks something else now."""
    ends = (end(alert, reason, message, now) for alert in prior.values())
    return tuple(ended for ended in ends if ended)


def _end_named(prior: Mapping[str, Alert], scene: Scene) -> tuple[dict[str, Alert], list[Ended]]:
    going_on: dict[str, Alert] = {}
    ended: list[Ended] = []
    for key, alert in prior.items():
        named = named_end(alert, scene)
        if named is None:
            going_on[key] = replace(alert, missing_since=missing_since(alert, scene))
        elif over := end(alert, *named, scene.now):
            ended.append(over)
    return going_on, ended


def _unknown_or_failed(answer: Answer) -> Outcome:
    if isinstance(answer, Failure):
        return Outcome(Verdict.FAILED, answer.message)
    if answer.samples:
        return Outcome(Verdict.UNKNOWN, "the query returned no series for it")
    return Outcome(Verdict.UNKNOWN, NOTHING_RETURNED)


def _all_at_rest(selected: Mapping[ObjectRef, Workload]) -> bool:
    return bool(selected) and all(workload.replicas == 0 for workload in selected.values())


def _expected(
    rule: Rule, selected: Mapping[ObjectRef, Workload], readings: Mapping[Identity, Reading]
) -> list[Identity]:
    """Selected workloads of which the answer should have spoken, and did not.

    A rule without `workloads` expects every labelled model once its query speaks of any: a query
    over GPUs or feature stores owes them nothing.
    """
    spoken_of = {identity.workload for identity in readings if identity.workload}
    if rule.workloads is None and not spoken_of:
        return []
    return [
        Identity(ref)
        for ref, workload in selected.items()
        if workload.replicas > 0 and ref not in spoken_of
    ]
