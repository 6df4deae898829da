"""keepFiringFor: an alert that is good again is Recovering before it ends."""

import pytest

from tests.core.making import SCORER, alert, at, judged, rule, seconds
from tocsin.core.alerts import Alert, EndReason, Step
from tocsin.core.identity import Identity
from tocsin.core.life import advance
from tocsin.core.looks import Look
from tocsin.core.rules import Rule
from tocsin.core.states import State
from tocsin.core.trails import Window
from tocsin.core.verdicts import Verdict

BAD, BETWEEN, GOOD = 12.0, 7.0, 3.0
KEPT = rule(keep_firing_for=seconds(30))
UNSEEN = [
    Look(Verdict.UNKNOWN, KEPT.criterion, said="the query returned nothing"),
    Look(Verdict.FAILED, KEPT.criterion, said="unreachable"),
]


def step(prior: Alert, value: float | Look, when: float, of: Rule = KEPT) -> Step:
    look = value if isinstance(value, Look) else judged(value, of)
    return advance(of, Identity(SCORER), prior, look, Window(), at(when))


def recovering(*values: tuple[float, float | Look]) -> Alert:
    """A firing alert after these values, Recovering."""
    prior: Alert | None = alert()
    for when, value in values:
        assert prior
        prior = step(prior, value, when).alert
    assert prior
    assert prior.state is State.RECOVERING
    return prior


def test_a_good_value_makes_it_recovering_and_does_not_end_it() -> None:
    taken = step(alert(), GOOD, 10)
    assert not taken.ended
    assert not taken.fired
    assert taken.alert
    assert (taken.alert.state, taken.alert.recovering_since) == (State.RECOVERING, at(10))
    assert (taken.alert.fired_at, taken.alert.reason) == (at(0), "3 is within 10")


def test_it_ends_once_good_values_were_observed_for_so_long_and_not_before() -> None:
    prior = recovering((10, GOOD), (20, GOOD), (30, GOOD))
    assert prior.recovering_since == at(10)
    ended = step(prior, GOOD, 40).ended
    assert ended
    assert (ended.reason, ended.value, ended.resolved_at) == (EndReason.RECOVERED, GOOD, at(40))


def test_a_met_value_makes_it_firing_again_as_the_same_alert_and_tells_nobody() -> None:
    taken = step(recovering((10, GOOD), (20, GOOD)), 15, 30)
    assert not taken.fired
    assert taken.alert
    assert (taken.alert.state, taken.alert.recovering_since) == (State.FIRING, None)
    assert (taken.alert.id, taken.alert.fired_at, taken.alert.value) == (alert().id, at(0), 15)
    again = step(taken.alert, GOOD, 40).alert
    assert again
    assert again.recovering_since == at(40)


def test_a_value_between_the_limits_changes_nothing_and_does_not_end_it() -> None:
    prior = recovering((10, GOOD), (20, BETWEEN), (30, BETWEEN))
    assert prior.recovering_since == at(10)
    late = step(prior, BETWEEN, 50)
    assert not late.ended
    assert step(prior, GOOD, 50).ended


@pytest.mark.parametrize("unseen", UNSEEN)
def test_a_gap_does_not_count(unseen: Look) -> None:
    prior = recovering((10, GOOD), (20, unseen), (30, unseen))
    assert prior.unobserved_since == at(10)  # the last time it was seen
    held = step(prior, unseen, 1000)
    assert held.alert == prior
    seen = step(prior, GOOD, 1000).alert
    assert seen
    assert (seen.recovering_since, seen.unobserved_since) == (at(1000), None)
    assert step(seen, GOOD, 1010).alert
    assert step(seen, GOOD, 1030).alert  # more than two intervals: left out as well


def test_one_unseen_evaluation_in_between_counts() -> None:
    assert recovering((10, GOOD), (20, UNSEEN[0]), (30, GOOD)).recovering_since == at(10)


def test_after_a_restart_good_values_are_counted_anew_from_the_first_that_is_seen() -> None:
    restored = alert(state=State.RECOVERING, recovering_since=at(10), observed_at=None)
    seen = step(restored, GOOD, 35).alert
    assert seen
    assert seen.recovering_since == at(35)
    assert step(seen, GOOD, 45).alert
    for when in (45, 55):
        found = step(seen, GOOD, when).alert
        assert found
        seen = found
    assert step(seen, GOOD, 65).ended


@pytest.mark.parametrize(("shorter", "ends"), [(0, True), (10, True), (20, False)])
def test_an_edit_counts_from_the_next_good_value_on(shorter: int, ends: bool) -> None:
    edited = rule(keep_firing_for=seconds(shorter))
    assert bool(step(recovering((10, GOOD)), GOOD, 20, edited).ended) is ends


def test_without_it_a_good_value_ends_the_alert() -> None:
    assert step(alert(), GOOD, 10, rule()).ended
