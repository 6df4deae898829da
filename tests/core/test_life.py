"""One alert's steps: when it fires, what `for` counts, what holds it."""

from dataclasses import replace

import pytest

from tests.core.making import SCORER, T0, alert, at, judged, rule, seconds
from tocsin.core.alerts import Alert, EndReason, Step, end
from tocsin.core.identity import Identity
from tocsin.core.life import advance
from tocsin.core.looks import Look
from tocsin.core.rules import Rule
from tocsin.core.states import State
from tocsin.core.trails import Window
from tocsin.core.verdicts import Verdict

BAD, BETWEEN, GOOD = 12.0, 7.0, 3.0
WAITS = rule(for_=seconds(30))
UNSEEN = [
    Look(Verdict.UNKNOWN, WAITS.criterion, said="the query returned nothing"),
    Look(Verdict.FAILED, WAITS.criterion, said="unreachable"),
]


def step(of: Rule, prior: Alert | None, value: float, when: float) -> Step:
    """The step that `value` makes, so many seconds after the start."""
    return advance(of, Identity(SCORER), prior, judged(value, of), Window(), at(when))


def walk(of: Rule, *values: tuple[float, float | Look]) -> Alert | None:
    """The alert after (time, value or outcome without a sample), one after the other."""
    prior: Alert | None = None
    for when, value in values:
        if isinstance(value, Look):
            prior = advance(of, Identity(SCORER), prior, value, Window(), at(when)).alert
        else:
            prior = step(of, prior, value, when).alert
    return prior


def pending(*values: tuple[float, float | Look]) -> Alert:
    found = walk(WAITS, *values)
    assert found
    assert found.state is State.PENDING
    return found


def test_without_for_an_alert_fires_at_once() -> None:
    taken = step(rule(), None, BAD, 0)
    assert taken.fired
    assert taken.alert
    assert (taken.alert.state, taken.alert.active_at, taken.alert.fired_at) == ("Firing", T0, T0)


def test_with_a_for_shorter_than_the_interval_it_fires_on_the_next_evaluation() -> None:
    short = rule(for_=seconds(1))
    first = step(short, None, BAD, 0)
    assert first.alert
    assert first.alert.state is State.PENDING
    assert not first.fired
    assert step(short, first.alert, BAD, 10).fired


def test_it_fires_once_for_has_passed_and_not_before() -> None:
    prior = pending((0, BAD), (10, BAD), (20, BAD))
    taken = step(WAITS, prior, BAD, 30)
    assert taken.fired
    assert taken.alert
    assert (taken.alert.active_at, taken.alert.fired_at) == (T0, at(30))


def test_samples_two_intervals_apart_count_for_for() -> None:
    assert pending((0, BAD), (20, BAD)).active_at == T0


def test_a_longer_gap_moves_the_beginning_once_by_the_gap() -> None:
    prior = pending((0, BAD), (10, BAD), (35, BAD))
    assert prior.active_at == at(25)
    assert pending((0, BAD), (10, BAD), (35, BAD), (45, BAD)).active_at == at(25)
    assert step(WAITS, pending((0, BAD), (10, BAD), (35, BAD), (45, BAD)), BAD, 55).fired


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_is_not_seen_does_not_count_for_for(unseen: Look) -> None:
    prior = pending((0, BAD), (10, BAD), (20, unseen), (30, unseen), (40, BAD))
    assert prior.active_at == at(30)
    assert prior.unobserved_since is None


@pytest.mark.parametrize("unseen", UNSEEN)
def test_one_unseen_evaluation_in_between_counts(unseen: Look) -> None:
    assert pending((0, BAD), (10, unseen), (20, BAD)).active_at == T0


def test_a_restored_pending_alert_starts_to_count_anew() -> None:
    restored = replace(pending((0, BAD), (10, BAD)), observed_at=None)
    taken = step(WAITS, restored, BAD, 40)
    assert not taken.fired
    assert taken.alert
    assert taken.alert.active_at == at(40)


def test_a_restored_firing_alert_goes_on_as_it_was() -> None:
    restored = alert(observed_at=None)
    taken = step(WAITS, restored, BAD, 1000)
    assert not taken.fired
    assert taken.alert == replace(restored, observed_at=at(1000))


@pytest.mark.parametrize("state", [State.PENDING, State.FIRING])
@pytest.mark.parametrize("unseen", UNSEEN)
def test_an_unseen_alert_holds_and_says_once_since_when(state: State, unseen: Look) -> None:
    prior = alert(state=state, observed_at=None)
    for when in (10, 20, 5000):
        taken = advance(WAITS, prior.identity, prior, unseen, Window(), at(when))
        assert not taken.ended
        assert taken.alert == replace(prior, unobserved_since=at(10))
        prior = taken.alert


@pytest.mark.parametrize("unseen", UNSEEN)
def test_an_alert_is_unobserved_since_it_was_seen_last(unseen: Look) -> None:
    prior = alert(observed_at=at(4))
    taken = advance(WAITS, prior.identity, prior, unseen, Window(), at(10))
    assert taken.alert
    assert taken.alert.unobserved_since == at(4)


def test_a_firing_alert_that_is_seen_again_is_no_longer_unobserved() -> None:
    for value in (BAD, BETWEEN):
        taken = step(rule(), alert(unobserved_since=at(5)), value, 10)
        assert taken.alert
        assert taken.alert.unobserved_since is None


def test_between_trigger_and_recovery_firing_goes_on() -> None:
    taken = step(rule(), alert(), BETWEEN, 10)
    assert taken.alert == alert(observed_at=at(10))


def test_between_trigger_and_recovery_pending_ends_without_a_trace() -> None:
    assert step(WAITS, alert(state=State.PENDING), BETWEEN, 10) == Step()


def test_between_trigger_and_recovery_nothing_begins() -> None:
    assert step(rule(), None, BETWEEN, 0) == Step()


def test_a_good_value_resolves_a_firing_alert_with_that_value() -> None:
    ended = step(rule(), alert(), GOOD, 10).ended
    assert ended
    assert (ended.reason, ended.value, ended.resolved_at) == (EndReason.RECOVERED, GOOD, at(10))
    assert ended.message == "3 is within 10"


def test_a_good_value_ends_a_pending_alert_without_a_trace() -> None:
    assert step(WAITS, alert(state=State.PENDING), GOOD, 10) == Step()


def test_value_and_reason_are_those_of_the_transition() -> None:
    fired = step(rule(), None, BAD, 0).alert
    assert fired
    later = step(rule(), fired, 99, 10).alert
    assert later
    assert (later.value, later.reason) == (BAD, "12 is above 10")


def test_what_an_alert_shows_has_four_digits_as_in_status() -> None:
    fired = step(rule(), None, 12.345678, 0).alert
    assert fired
    assert fired.value == 12.35


@pytest.mark.parametrize("reason", list(EndReason))
def test_a_named_end_leaves_a_trace_of_what_fired_only(reason: EndReason) -> None:
    ended = end(alert(), reason, "why", at(7))
    assert ended
    assert (ended.alert, ended.resolved_at, ended.reason) == (alert(), at(7), reason)
    assert ended.value is None
    assert end(alert(state=State.PENDING), reason, "why", at(7)) is None


def test_a_step_that_the_table_does_not_know_is_an_error() -> None:
    resolved = alert(state=State.RESOLVED)
    with pytest.raises(AssertionError, match="no step"):
        advance(rule(), resolved.identity, resolved, judged(BAD), Window(), T0)
