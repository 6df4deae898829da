"""The life of alerts, whatever happens: any sequence of answers, gaps, edits of `for`, restarts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.making import T0, answer, inventory, rule, sample, seconds, workload
from tocsin.adapters.templates import GoTemplates
from tocsin.core.alerts import Alert, EndReason
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.evaluate import Evaluation, Past, evaluate
from tocsin.core.gathering import gather
from tocsin.core.identity import Identity, alert_id
from tocsin.core.inventory import Inventory, ObjectRef
from tocsin.core.rules import Rule, RuleKey
from tocsin.core.samples import Answer, Failure, FailureKind, Sample
from tocsin.core.states import State
from tocsin.core.verdicts import Verdict
from tocsin.engine.record import Record
from tocsin.engine.restore import restore
from tocsin.engine.status import compose

RENDERER = GoTemplates()
NAMES = ("a", "b")
REFS = {name: ObjectRef("Deployment", "fraud", name) for name in NAMES}
DOWN = Failure(FailureKind.UNREACHABLE, "connection refused")
#: What each of two workloads' two GPUs is at: bad, between, good, NaN, or not there.
VALUES = st.sampled_from([12.0, 12.0, 12.0, 7.0, 3.0, float("nan"), None])
SERIES = st.fixed_dictionaries({(name, gpu): VALUES for name in NAMES for gpu in "01"})
ANSWERS = st.one_of(SERIES, SERIES, SERIES, st.none())
REPLICAS = st.sampled_from([1, 1, 1, 1, 1, 0, None])
STEPS = st.lists(
    st.tuples(
        st.sampled_from([10, 10, 10, 20, 21, 50]),  # seconds since the step before
        ANSWERS,
        st.fixed_dictionaries(dict.fromkeys(NAMES, REPLICAS)),
        # a restart before the step: none, one after which nobody knows until when, one with a Lease
        st.sampled_from([None, None, None, "lost", "known"]),
    ),
    max_size=14,
)
WAITS = st.sampled_from([0, 5, 10, 30])


@dataclass
class Life:
    """A rule's life: it is stepped, restarted, and watched by a much simpler account of time."""

    rule: Rule
    now: datetime = T0
    stepped_at: datetime = T0
    record: Record = field(default_factory=lambda: Record(RuleKey("fraud", "latency"), "u", 1, "1"))
    met: dict[str, tuple[datetime, timedelta]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.record.rule = self.rule
        self.compose()

    def compose(self) -> None:
        self.record.status = compose(self.record, RENDERER, self.now)

    def restart(self, lived_until: datetime | None = None) -> None:
        """Forget everything but the status, and until when the operator lived."""
        fresh = Record(self.record.key, "u", 1, "1", rule=self.rule, status=self.record.status)
        fresh.history = tuple(fresh.status["history"])
        fresh.past = Past(restore(self.rule, fresh.status, lived_until))
        self.record = fresh
        if lived_until is None:  # only the beginning is known to have been observed
            for key, alert in fresh.alerts.items():
                if key in self.met and not alert.unobserved_since:
                    self.met[key] = (alert.active_at, timedelta())
        self.compose()

    def step(self, one: Answer, there: Inventory) -> Evaluation:
        done = evaluate(self.rule, self.record.past, gather(self.rule, there, one), self.now)
        self.record.past, self.record.evaluation = done.past, done
        self.compose()
        self._account(done)
        self.stepped_at = self.now
        return done

    def _account(self, done: Evaluation) -> None:
        """How long each identity has been Met on samples at most two intervals apart."""
        verdicts = {alert_id(self.rule.key, i): o.verdict for i, o in done.looks.items()}
        for key, verdict in verdicts.items():
            if verdict is Verdict.MET:
                last, lasted = self.met.get(key, (self.now, timedelta()))
                gap = self.now - last
                counted = gap if gap <= 2 * self.rule.interval else timedelta()
                self.met[key] = (self.now, lasted + counted)
            elif verdict not in (Verdict.UNKNOWN, Verdict.FAILED):
                self.met.pop(key, None)
        for key in self.met.keys() - done.alerts.keys():
            del self.met[key]


def told(series: Mapping[tuple[str, str], float | None] | None) -> Answer:
    if series is None:
        return DOWN
    samples: list[Sample] = [
        sample(value, deployment=name, gpu=gpu)
        for (name, gpu), value in series.items()
        if value is not None
    ]
    return answer(*samples)


def lived(waits: int, steps: Sequence[Any]) -> Sequence[tuple[Life, Mapping[str, Alert], Any]]:
    """Each step of a life: the life after it, the alerts before it, the evaluation."""
    life = Life(
        rule(
            for_=seconds(waits),
            identity_labels=("gpu",),
            criterion=Threshold(above=10, recover_below=5),
        )
    )
    seen = []
    for gap, series, replicas, restarts in steps:
        life.now += seconds(gap)
        if restarts:
            life.restart(life.stepped_at if restarts == "known" else None)
        there = inventory(
            *(
                workload(REFS[name], name, replicas=count)
                for name, count in replicas.items()
                if count is not None
            )
        )
        before = life.record.alerts
        done = life.step(told(series), there)
        seen.append((replace(life, record=replace(life.record), met=dict(life.met)), before, done))
    return seen


@given(WAITS, STEPS)
def test_nothing_fires_that_was_not_met_on_observed_samples_for_long_enough(
    waits: int, steps: Sequence[Any]
) -> None:
    for life, before, done in lived(waits, steps):
        for key in done.fired:
            assert life.met[key][1] >= life.rule.for_
            assert key not in before or before[key].state is State.PENDING
        firing = {key for key, alert in done.alerts.items() if alert.state is State.FIRING}
        assert firing <= {*done.fired, *(k for k, a in before.items() if a.state is State.FIRING)}


@given(WAITS, STEPS)
def test_what_was_met_for_long_enough_fires(waits: int, steps: Sequence[Any]) -> None:
    for life, _, done in lived(waits, steps):
        for key, (last, lasted) in life.met.items():
            if last == life.now and lasted >= life.rule.for_:
                assert done.alerts[key].state is State.FIRING


@given(WAITS, STEPS)
def test_nothing_ends_without_a_good_value_or_a_named_end(waits: int, steps: Sequence[Any]) -> None:
    for life, before, done in lived(waits, steps):
        ends = {ended.alert.id: ended.reason for ended in done.ended}
        firing = {key for key, alert in before.items() if alert.state is State.FIRING}
        assert ends.keys() == firing - done.alerts.keys()
        verdicts = {alert_id(life.rule.key, i): o.verdict for i, o in done.looks.items()}
        for key, reason in ends.items():
            assert (verdicts.get(key) is Verdict.NOT_MET) is (reason is EndReason.RECOVERED)


@given(WAITS, STEPS)
def test_ids_are_those_of_the_identities(waits: int, steps: Sequence[Any]) -> None:
    for life, _, done in lived(waits, steps):
        for key, alert in done.alerts.items():
            assert key == alert.id == alert_id(life.rule.key, alert.identity)


@settings(max_examples=60)
@given(WAITS, STEPS)
def test_a_restart_ends_nothing_fires_nothing_and_changes_nothing_in_status(
    waits: int, steps: Sequence[Any]
) -> None:
    for life, _, done in lived(waits, steps):
        before = life.record.status
        life.now += seconds(3600)
        life.restart()
        assert life.record.status == before
        assert life.record.alerts == {
            key: replace(
                alert,
                observed_at=alert.unobserved_since or _surely_observed(alert),
                missing_since=None,
                **_shown(alert),
            )
            for key, alert in done.alerts.items()
        }


def _surely_observed(alert: Alert) -> datetime | None:
    """Where no Lease says more, what counts time begins at its beginning; firing counts none."""
    return alert.active_at if alert.state is State.PENDING else None


def _shown(alert: Alert) -> dict[str, Any]:
    """What status does not tell apart: labels are plain text there."""
    return {"labels": dict(alert.labels)}


@given(STEPS)
def test_a_restart_only_moves_the_beginning_of_what_is_pending_and_forward(
    steps: Sequence[Any],
) -> None:
    for life, _, done in lived(30, steps):
        pending = {k: a for k, a in done.alerts.items() if a.state is State.PENDING}
        life.now += seconds(10)
        life.restart()
        series = {(name, gpu): 12.0 for name in NAMES for gpu in "01"}
        after = life.step(told(series), inventory(*(workload(REFS[n], n) for n in NAMES)))
        for key, alert in pending.items():
            moved = after.alerts[key]
            assert moved.active_at >= alert.active_at
            assert moved.state is State.PENDING or alert.unobserved_since


def test_an_identity_is_found_again_in_status() -> None:
    life = Life(rule(identity_labels=("gpu",)))
    life.step(answer(sample(12, deployment="a")), inventory(workload(REFS["a"])))
    life.restart()
    (alert,) = life.record.alerts.values()
    assert alert.identity == Identity(REFS["a"], (("gpu", ""),))
