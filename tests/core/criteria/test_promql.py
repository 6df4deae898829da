"""PromQL to the letter: what is returned is met, what is not returned is not."""

import math

from tests.core.making import BOTH, SCORER, answer, at, of_scorer, rule, sample, seconds
from tocsin.core.alerts import EndReason
from tocsin.core.criteria.promql import PromQL
from tocsin.core.evaluate import Evaluation, Past, evaluate
from tocsin.core.gathering import gather
from tocsin.core.rules import Rule
from tocsin.core.rulestate import RuleState, quiet_message, rule_state
from tocsin.core.samples import Answer, Failure, FailureKind
from tocsin.core.states import State

OF = rule(criterion=PromQL(), workloads=None)
DOWN = Failure(FailureKind.UNREACHABLE, "no route to host")


def lived(*answers: Answer, of: Rule = OF) -> list[Evaluation]:
    """Evaluations one after the other, ten seconds apart."""
    evaluations: list[Evaluation] = []
    for number, one in enumerate(answers):
        past = evaluations[-1].past if evaluations else Past()
        evaluations.append(evaluate(of, past, gather(of, BOTH, one), at(10 * number)))
    return evaluations


def test_each_series_that_is_returned_fires_whatever_its_value() -> None:
    values = (0.0, -1.0, math.nan, math.inf)
    [found] = lived(answer(*(sample(v, n=str(i)) for i, v in enumerate(values))))
    assert len(found.fired) == 4
    assert rule_state(found) is RuleState.FIRING


def test_a_scalar_fires_too() -> None:
    [found] = lived(answer(sample(1)))
    assert len(found.fired) == 1


def test_series_of_one_workload_are_alerts_of_their_own_that_know_it() -> None:
    [found] = lived(answer(of_scorer(1, feature="a"), of_scorer(2, feature="b")))
    alerts = found.alerts.values()
    assert {one.identity.workload for one in alerts} == {SCORER}
    assert {one.labels["feature"] for one in alerts} == {"a", "b"}


def test_what_a_complete_answer_no_longer_has_is_over_at_once() -> None:
    _, gone = lived(answer(sample(1, n="a"), sample(1, n="b")), answer(sample(1, n="b")))
    [ended] = gone.ended
    assert (ended.alert.labels["n"], ended.reason) == ("a", EndReason.RECOVERED)
    _, empty = lived(answer(sample(1, n="a")), answer())
    assert [one.reason for one in empty.ended] == [EndReason.RECOVERED]


def test_an_empty_answer_is_good_and_not_a_lack_of_data() -> None:
    [quiet] = lived(answer())
    assert rule_state(quiet) is RuleState.INACTIVE
    assert quiet_message(OF, quiet) == "not met: the query returns nothing"


def test_a_source_that_fails_ends_nothing() -> None:
    _, down, back = lived(answer(sample(1)), DOWN, answer(sample(1)))
    assert (down.ended, back.fired) == ((), ())
    assert [one.state for one in back.alerts.values()] == [State.FIRING]


def test_two_series_with_the_same_labels_are_an_error_that_keeps_alerts() -> None:
    named = [sample(1, __name__=name, pod="x") for name in ("a", "b")]
    _, twice = lived(answer(sample(1, pod="x")), answer(*named))
    assert twice.ended == ()
    assert twice.failure is not None
    assert 'two series have the same labels: {namespace="fraud", pod="x"}' in twice.failure.message


def test_for_and_keep_firing_for_count_as_ever() -> None:
    slow = rule(criterion=PromQL(), workloads=None, for_=seconds(10), keep_firing_for=seconds(10))
    there, gone = answer(sample(1)), answer()
    states = [
        [one.state for one in evaluation.alerts.values()]
        for evaluation in lived(there, there, gone, gone, of=slow)
    ]
    assert states == [[State.PENDING], [State.FIRING], [State.RECOVERING], []]
    assert lived(there, gone, of=slow)[-1].ended == ()  # it was pending, and nobody was told
