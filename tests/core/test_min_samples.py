"""minSamples: a second query says what a value rests on, and too little of it says nothing."""

import math

import pytest

from tests.core.making import (
    BOTH,
    alert,
    answer,
    at,
    evaluated,
    of_ranker,
    of_scorer,
    rule,
    verdicts,
)
from tocsin.core.amounts import Unit
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.evaluate import Evaluation
from tocsin.core.metrics import Metric
from tocsin.core.rules import MinSamples, MissingData, Rule
from tocsin.core.rulestate import quiet_message
from tocsin.core.samples import Answer, Failure, FailureKind
from tocsin.core.states import State

COUNTED = rule(min_samples=MinSamples(Metric("default", "count"), 30))
PER_GPU = rule(min_samples=COUNTED.min_samples, identity_labels=("gpu",))
DOWN = Failure(FailureKind.TIMEOUT, "no answer within 10s")
BAD = answer(of_scorer(12), of_ranker(3))


def once(one: Answer, counts: Answer, of: Rule = COUNTED, *, firing: bool = False) -> Evaluation:
    was = alert()
    return evaluated(of, {was.id: was} if firing else {}, one, BOTH, at(10), counts)


def test_with_enough_samples_a_value_counts() -> None:
    done = once(BAD, answer(of_scorer(30), of_ranker(100)))
    assert verdicts(done) == {"scorer": "Met", "ranker": "NotMet"}
    assert done.fired


def test_with_too_few_or_an_unknown_number_the_verdict_is_unknown() -> None:
    assert verdicts(once(BAD, answer(of_scorer(29)))) == {"scorer": "Unknown", "ranker": "Unknown"}
    counts = answer(of_scorer(math.nan), of_ranker(30))
    assert verdicts(once(BAD, counts)) == {"scorer": "Unknown", "ranker": "NotMet"}


def test_too_few_samples_neither_fire_nor_resolve() -> None:
    few = answer(of_scorer(3), of_ranker(3))
    assert once(BAD, few).alerts == {}
    held = once(answer(of_scorer(3)), few, firing=True)
    assert held.ended == ()
    (one,) = held.alerts.values()
    assert (one.state, one.unobserved_since) == (State.FIRING, at(0))


def test_the_counts_of_a_workloads_pods_are_summed() -> None:
    counts = answer(of_scorer(10, pod="a"), of_scorer(20, pod="b"), of_ranker(30))
    assert verdicts(once(BAD, counts)) == {"scorer": "Met", "ranker": "NotMet"}


def test_a_count_is_in_the_unit_that_its_metric_says() -> None:
    share = rule(min_samples=MinSamples(Metric("default", "count", Unit.PERCENT), 1))
    assert verdicts(once(BAD, answer(of_scorer(100), of_ranker(99)), share)) == {
        "scorer": "Met",
        "ranker": "Unknown",
    }


def test_identity_labels_are_counted_for_themselves_where_the_count_has_them() -> None:
    values = answer(of_scorer(12, gpu="0"), of_scorer(12, gpu="1"), of_scorer(12, gpu="2"))
    counts = answer(of_scorer(100, gpu="0"), of_scorer(3, gpu="1"))
    assert verdicts(once(values, counts, PER_GPU)) == {
        "scorer {gpu=0}": "Met",
        "scorer {gpu=1}": "Unknown",
        "scorer {gpu=2}": "Unknown",  # nobody counted it: the others' counts are not its own
        "ranker": "Unknown",
    }


def test_identity_labels_are_counted_by_their_workload_where_the_count_lacks_them() -> None:
    values = answer(of_scorer(12, gpu="0"), of_scorer(3, gpu="1"), of_ranker(3, gpu="0"))
    counts = answer(of_scorer(20, pod="a"), of_scorer(20, pod="b"), of_ranker(3))
    assert verdicts(once(values, counts, PER_GPU)) == {
        "scorer {gpu=0}": "Met",
        "scorer {gpu=1}": "NotMet",
        "ranker {gpu=0}": "Unknown",
    }


@pytest.mark.parametrize("missing", list(MissingData))
@pytest.mark.parametrize("one", [BAD, answer(), answer(of_scorer(3))])
def test_a_count_that_fails_fails_every_verdict_and_holds(
    missing: MissingData, one: Answer
) -> None:
    of = rule(min_samples=COUNTED.min_samples, missing_data=missing)
    done = once(one, DOWN, of, firing=True)
    assert set(verdicts(done).values()) == {"Failed"}
    assert (done.failure, done.ended, done.fired) == (DOWN, (), ())


def test_a_value_that_fails_is_what_is_said_even_if_the_count_fails_too() -> None:
    other = Failure(FailureKind.UNREACHABLE, "connection refused")
    assert once(other, DOWN).failure == other


@pytest.mark.parametrize("missing", list(MissingData))
@pytest.mark.parametrize("one", [answer(of_scorer(math.nan)), answer()])
def test_no_value_where_few_samples_are_counted_is_unknown_whatever_missing_data_says(
    missing: MissingData, one: Answer
) -> None:
    of = rule(min_samples=COUNTED.min_samples, missing_data=missing)
    done = once(one, answer(of_scorer(0), of_ranker(0)), of, firing=True)
    assert set(verdicts(done).values()) == {"Unknown"}
    assert done.ended == ()


def test_no_value_where_enough_samples_are_counted_is_missing_data() -> None:
    of = rule(min_samples=COUNTED.min_samples, missing_data=MissingData.MET)
    counts = answer(of_scorer(100))
    assert verdicts(once(answer(), counts, of)) == {"scorer": "Met", "ranker": "Met"}


def test_the_look_says_how_many_samples_there_were() -> None:
    done = once(BAD, answer(of_scorer(31), of_ranker(2)))
    assert sorted(look.samples or 0 for look in done.looks.values()) == [2, 31]


SURE = rule(
    criterion=Threshold(above=0.05, confidence=0.95),
    metric=Metric("default", "share", Unit.RATIO),
    min_samples=MinSamples(Metric("default", "count"), 1),
)


@pytest.mark.parametrize(
    ("share", "count", "verdict"),
    [
        (0.07, 100, "Deadband"),  # surely more than 3.8 %
        (0.07, 1000, "Met"),
        (1 / 3, 3, "Met"),  # surely more than 9.3 %
        (0.04, 1000, "NotMet"),
        (0.06, 30, "Deadband"),
    ],
)
def test_a_share_of_few_samples_is_met_only_where_it_is_surely_beyond_the_limit(
    share: float, count: float, verdict: str
) -> None:
    done = once(answer(of_scorer(share)), answer(of_scorer(count)), SURE)
    assert verdicts(done)["scorer"] == verdict


def test_what_is_not_sure_keeps_an_alert_firing() -> None:
    done = once(answer(of_scorer(0.07)), answer(of_scorer(100)), SURE, firing=True)
    assert [one.state for one in done.alerts.values()] == [State.FIRING]
    reason = done.outcome(next(iter(done.looks))).reason
    assert reason == "7% is above 5%, but 100 samples do not make that 95% sure"


def test_a_rule_whose_share_is_not_sure_does_not_say_that_it_is_within_the_limit() -> None:
    values = answer(of_scorer(0.07), of_ranker(0.01))
    done = once(values, answer(of_scorer(100), of_ranker(100)), SURE)
    said = quiet_message(SURE, done)
    assert said == "not surely beyond the limit (fires above 5%, 95% sure)"
