"""One rule at one time: from answers and what was before to alerts, their ends and reasons."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from tocsin.core.alerts import Alert, Ended, EndReason, end
from tocsin.core.attribution import Attribution
from tocsin.core.ends import Scene, missing_since, named_end
from tocsin.core.gathering import Gathered
from tocsin.core.identity import Identity
from tocsin.core.inventory import ObjectRef, Workload
from tocsin.core.life import advance
from tocsin.core.looks import OUTSIDE, Look, outcome_of
from tocsin.core.parameters import Bound
from tocsin.core.rules import Rule
from tocsin.core.samples import Failure
from tocsin.core.seen import Seen, seen_after
from tocsin.core.trails import LENGTH, Trail, Window
from tocsin.core.verdicts import Outcome, Verdict
from tocsin.core.viewing import attribution_of, looks_of, unplaced_parts

#: An alert that has gone without data for so long is told of once more.
SILENT_AFTER: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Past:
    """What was before: alerts by id, the last looks at each identity, and when these were.

    `seen` says of which workloads an absence has seen a series.
    """

    alerts: Mapping[str, Alert] = field(default_factory=dict)
    trails: Mapping[Identity, Trail] = field(default_factory=dict)
    times: tuple[datetime, ...] = ()
    seen: Seen = frozenset()


@dataclass(frozen=True)
class Evaluation:
    """What one evaluation decided.

    `alerts` has all that are pending, firing or recovering now, by id; `fired` the ids of those
    that started to fire in this step, `silent` of those that have now been without data for an
    hour; `ended` those that stopped. `looks` says why, for each identity that was looked at.
    `attribution` is None where there was no answer. `at_rest` says that all of the rule's
    own workloads are scaled to zero, or without `workloads` all that series are of: then there is
    nothing to look at, and nothing is wrong.
    `opens_at` is when its schedule opens, if that is closed.
    `failed_source` is the one that `failure` is of; `remarks` are what sources said beside their
    answers. `unplaced_parts` are those of a composite of which no series belongs to a workload.
    """

    rule: Rule
    past: Past
    looks: Mapping[Identity, Look]
    fired: tuple[str, ...]
    silent: tuple[str, ...]
    ended: tuple[Ended, ...]
    bound: Bound
    workload_count: int
    attribution: Attribution | None
    failure: Failure | None
    failed_source: str = ""
    at_rest: bool = False
    opens_at: datetime | None = None
    left_out: int = 0
    remarks: tuple[str, ...] = ()
    unplaced_parts: tuple[str, ...] = ()

    @property
    def alerts(self) -> Mapping[str, Alert]:
        """All that are pending, firing or recovering now, by id."""
        return self.past.alerts

    def outcome(self, identity: Identity) -> Outcome:
        """The verdict on `identity` with its reason in words."""
        return outcome_of(self.rule, self.looks[identity])


def evaluate(rule: Rule, past: Past, gathered: Gathered, now: datetime) -> Evaluation:
    """Decide on every alert of `rule`, given what was before and what was gathered.

    Ends are named before verdicts are taken: a deleted workload's last samples say nothing.
    """
    gathered = gathered.checked(rule)
    places, placed = gathered.places, gathered.placed()
    attribution = attribution_of(rule, placed)
    seen = attribution.samples.keys() if attribution else None
    opens_at = _opens_at(rule, now)
    scene = Scene(rule, places.inventory, places.selected, seen, now, opens_at)
    going_on, ended = _end_named(past.alerts, scene)
    known = seen_after(rule, past.seen, going_on.values(), placed, places.selected.keys())
    looks = looks_of(rule, gathered, placed, going_on.keys(), known)
    if opens_at:
        looks = {i: Look(Verdict.UNKNOWN, one.criterion, said=OUTSIDE) for i, one in looks.items()}
    times = (*past.times, now)[-LENGTH:]
    trails = {
        identity: past.trails.get(identity, _NEW).after(
            look.verdict, look.reading.value if look.reading else None
        )
        for identity, look in looks.items()
    }

    alerts: dict[str, Alert] = {}
    fired: list[str] = []
    for identity, look in looks.items():
        prior = going_on.get(identity)
        if prior is None and look.verdict is not Verdict.MET:
            continue
        window = _window(rule, trails[identity], times)
        step = advance(rule, identity, prior, look, window, now)
        if step.alert:
            alerts[step.alert.id] = step.alert
            if step.fired:
                fired.append(step.alert.id)
        if step.ended:
            ended.append(step.ended)
    silent = tuple(_silent(alerts, looks, now))
    failed_source, failure = gathered.failed or ("", None)
    alerts |= {alert.id: replace(alert, told_without_data=True) for alert in silent}
    return Evaluation(
        rule=rule,
        past=Past(alerts, trails, times, known),
        looks=looks,
        fired=tuple(fired),
        silent=tuple(alert.id for alert in silent),
        ended=tuple(ended),
        bound=gathered.bound,
        workload_count=len(places.selected),
        attribution=attribution,
        failure=failure,
        failed_source=failed_source,
        opens_at=opens_at,
        at_rest=_all_at_rest(rule, places.selected, attribution),
        remarks=gathered.remarks,
        unplaced_parts=unplaced_parts(rule, placed),
    )


_NEW: Final = Trail()


def end_all(
    prior: Mapping[str, Alert], reason: EndReason, message: str, now: datetime
) -> tuple[Ended, ...]:
    """The ends of all alerts of a rule that is deleted, suspended, or asks something else now."""
    ends = (end(alert, reason, message, now) for _, alert in sorted(prior.items()))
    return tuple(ended for ended in ends if ended)


def _opens_at(rule: Rule, now: datetime) -> datetime | None:
    """When the rule's schedule opens, if it has one and that is closed."""
    if rule.schedule is None or rule.schedule.is_open(now):
        return None
    return rule.schedule.next_change(now)


def _end_named(
    prior: Mapping[str, Alert], scene: Scene
) -> tuple[dict[Identity, Alert], list[Ended]]:
    going_on: dict[Identity, Alert] = {}
    ended: list[Ended] = []
    for _, alert in sorted(prior.items()):  # by id: in the same order after a restart
        named = named_end(alert, scene)
        if named is None:
            missing = missing_since(alert, scene)
            going_on[alert.identity] = replace(alert, missing_since=missing)
        elif over := end(alert, *named, scene.now):
            ended.append(over)
    return going_on, ended


def _window(rule: Rule, trail: Trail, times: tuple[datetime, ...]) -> Window:
    if rule.datapoints is None:
        return Window()
    return trail.window(rule.datapoints.of, times, 2 * rule.interval)


def _silent(
    alerts: Mapping[str, Alert], looks: Mapping[Identity, Look], now: datetime
) -> Iterator[Alert]:
    """Alerts that fire and have gone without data for long enough, of which nobody was told yet."""
    for alert in alerts.values():
        since = alert.unobserved_since
        tells = alert.has_fired and not alert.shadow and not alert.told_without_data
        if since is None or not tells or not looks[alert.identity].no_data:
            continue
        if now - since >= SILENT_AFTER:
            yield alert


def _all_at_rest(
    rule: Rule, selected: Mapping[ObjectRef, Workload], attribution: Attribution | None
) -> bool:
    """Whether all that it looks at rests: of a rule without workloads, all that series are of."""
    refs: Collection[ObjectRef | None] = selected.keys()
    if rule.workloads is None:
        refs = {identity.workload for identity in attribution.samples} if attribution else ()
    return bool(refs) and all(ref is not None and selected[ref].replicas == 0 for ref in refs)
