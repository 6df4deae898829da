"""A live workload that gives no data: what that means to no alert, and to each state of one."""

import math
from typing import Any

import pytest

from tests.core.making import (
    BOTH,
    RANKER,
    SCORER,
    alert,
    answer,
    at,
    evaluated,
    inventory,
    of_scorer,
    rule,
    sample,
    seconds,
    steps,
    workload,
)
from tocsin.core.alerts import EndReason
from tocsin.core.evaluate import Evaluation
from tocsin.core.identity import Identity
from tocsin.core.rules import MissingData
from tocsin.core.samples import Answer, Failure, FailureKind
from tocsin.core.states import State

ALONE = inventory(workload(SCORER))
DOWN = Failure(FailureKind.UNREACHABLE, "connection refused")
NOTHING = [answer(), answer(of_scorer(math.nan)), answer(sample(3, deployment="other"))]
PER_GPU = rule(identity_labels=("gpu",), missing_data=MissingData.MET)

#: What follows from one evaluation without data: the state after it, or the reason of the end.
TABLE: dict[MissingData, dict[State, str]] = {
    MissingData.UNKNOWN: {
        State.INACTIVE: "nothing",
        State.PENDING: "Pending, unobserved",
        State.FIRING: "Firing, unobserved",
        State.RECOVERING: "Recovering, unobserved",
    },
    MissingData.NOT_MET: {
        State.INACTIVE: "nothing",
        State.PENDING: "nothing",
        State.FIRING: "NoData",
        State.RECOVERING: "NoData",
    },
    MissingData.MET: {
        State.INACTIVE: "Pending",
        State.PENDING: "Firing",
        State.FIRING: "Firing",
        State.RECOVERING: "Firing",
    },
}
CASES = [(missing, state, after) for missing, row in TABLE.items() for state, after in row.items()]


def outcome(evaluation: Evaluation) -> str:
    if evaluation.ended:
        (ended,) = evaluation.ended
        return str(ended.reason)
    for one in evaluation.alerts.values():
        return f"{one.state}{', unobserved' if one.unobserved_since else ''}"
    return "nothing"


def without_data(missing: MissingData, state: State, one: Answer) -> Evaluation:
    """What an alert in `state` becomes, ten seconds later, by an answer without data."""
    of = rule(missing_data=missing, for_=seconds(10))
    changes: dict[State, dict[str, Any]] = {
        State.INACTIVE: {},
        State.PENDING: {"state": State.PENDING, "fired_at": None},
        State.FIRING: {},
        State.RECOVERING: {"state": State.RECOVERING, "recovering_since": at(0)},
    }
    was = alert(**changes[state])
    return evaluated(of, {} if state is State.INACTIVE else {was.id: was}, one, ALONE, at(10))


@pytest.mark.parametrize(("missing", "state", "after"), CASES)
@pytest.mark.parametrize("one", NOTHING)
def test_no_data_is_what_the_rule_says_it_is(
    missing: MissingData, state: State, after: str, one: Answer
) -> None:
    assert outcome(without_data(missing, state, one)) == after


@pytest.mark.parametrize("missing", list(MissingData))
@pytest.mark.parametrize("state", [State.PENDING, State.FIRING, State.RECOVERING])
def test_a_source_that_fails_holds_whatever_missing_data_says(
    missing: MissingData, state: State
) -> None:
    assert outcome(without_data(missing, state, DOWN)) == f"{state}, unobserved"


def test_not_met_is_kept_firing_first_and_ends_for_no_data() -> None:
    of = rule(missing_data=MissingData.NOT_MET, keep_firing_for=seconds(20))
    without = [(10.0 * n, answer()) for n in (1, 2, 3)]
    *_, kept, last = steps(of, [(0, answer(of_scorer(12))), *without], ALONE)
    assert outcome(kept) == "Recovering"
    (ended,) = last.ended
    assert (ended.reason, ended.value) == (EndReason.NO_DATA, None)
    assert ended.message.startswith("no data, which missingData counts as not met")


def test_met_fires_without_a_value_and_names_the_limit() -> None:
    (first,) = steps(rule(missing_data=MissingData.MET), [(0, answer())], ALONE)
    (one,) = first.alerts.values()
    assert first.fired == (one.id,)
    assert math.isnan(one.value)
    assert (one.threshold, one.labels) == (10, {})
    assert one.reason.startswith("no data, which missingData counts as met")


def test_met_begins_nothing_for_a_workload_that_is_scaled_to_zero() -> None:
    resting = inventory(workload(SCORER, replicas=0))
    (first,) = steps(rule(missing_data=MissingData.MET), [(0, answer())], resting)
    assert (first.alerts, first.looks) == ({}, {})


def test_met_speaks_of_each_workload_that_the_answer_leaves_out() -> None:
    one = answer(of_scorer(3))
    (first,) = steps(rule(missing_data=MissingData.MET), [(0, one)], BOTH)
    assert [a.identity for a in first.alerts.values()] == [Identity(RANKER)]


def test_met_goes_on_with_the_alerts_of_a_workload_and_begins_no_other_beside_them() -> None:
    both = answer(of_scorer(12, gpu="0"), of_scorer(3, gpu="1"))
    _, second = steps(PER_GPU, [(0, both), (10, answer())], ALONE)
    assert [a.identity.labels for a in second.alerts.values()] == [(("gpu", "0"),)]
    assert outcome(second) == "Firing"


def test_an_alert_that_begins_without_data_has_the_identity_that_status_gives_it_back() -> None:
    (first,) = steps(PER_GPU, [(0, answer())], ALONE)
    (one,) = first.alerts.values()
    assert one.identity == Identity(SCORER, (("gpu", ""),))
    assert str(one.identity) == "scorer"
    assert one.labels == {"gpu": ""}


def test_an_alert_that_fires_without_data_keeps_the_labels_that_it_had() -> None:
    of = rule(workloads=None, missing_data=MissingData.MET, for_=seconds(10))
    gpu = sample(12, gpu="0", node="a")
    _, second = steps(of, [(0, answer(gpu)), (10, answer())], inventory())
    (one,) = second.alerts.values()
    assert (one.state, one.labels) == (State.FIRING, gpu.labels)


@pytest.mark.parametrize("missing", list(MissingData))
def test_a_series_that_is_gone_beside_others_is_not_missing_data(missing: MissingData) -> None:
    of = rule(identity_labels=("gpu",), missing_data=missing)
    both = answer(of_scorer(12, gpu="0"), of_scorer(12, gpu="1"))
    one = answer(of_scorer(12, gpu="1"))
    *_, before, last = steps(of, [(0, both), (10, one), (20, one), (30, one)], ALONE)
    assert not before.ended
    assert [ended.reason for ended in last.ended] == [EndReason.SERIES_GONE]
