"""A rule keeps so many alerts, and says when it has no room for more."""

from dataclasses import replace

from tests.core.making import alert, rule
from tocsin.core.alerts import Alert
from tocsin.core.capacity import keep_at_most
from tocsin.core.evaluate import Evaluation, Past
from tocsin.core.parameters import Bound
from tocsin.core.states import State


def evaluation(*alerts: Alert) -> Evaluation:
    by_id = {one.id: one for one in alerts}
    firing = tuple(one.id for one in alerts if one.state is State.FIRING)
    return Evaluation(rule(), Past(by_id), {}, firing, (), (), Bound(), 0, None, None)


def numbered(number: int, state: State = State.PENDING) -> Alert:
    return replace(alert(), id=f"{number:02}", state=state)


def test_as_many_alerts_as_the_limit_are_kept() -> None:
    full = evaluation(*map(numbered, range(10)))
    assert keep_at_most(10, full, {}) is full


def test_of_one_more_the_last_is_left_out_and_counted() -> None:
    kept = keep_at_most(9, evaluation(*map(numbered, range(10))), {})
    assert (list(kept.alerts), kept.left_out) == ([f"{n:02}" for n in range(9)], 1)


def test_what_is_there_goes_on_and_firing_ones_come_before_pending_ones() -> None:
    there = {"09": numbered(9)}
    given = evaluation(*map(numbered, range(9)), numbered(9), numbered(50, State.FIRING),
                       numbered(51, State.FIRING))  # fmt: skip
    kept = keep_at_most(2, given, there)
    assert set(kept.alerts) == {"09", "50"}
    assert kept.fired == ("50",)


def test_alerts_that_were_there_are_kept_beyond_a_limit_that_was_lowered() -> None:
    there = {one.id: one for one in map(numbered, range(5))}
    kept = keep_at_most(2, evaluation(*there.values()), there)
    assert (len(kept.alerts), kept.left_out) == (5, 0)
