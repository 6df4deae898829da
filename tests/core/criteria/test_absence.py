"""Absence: which workload serves nothing, and why."""

import pytest

from tests.core.making import (
    BOTH,
    RANKER,
    SCORER,
    answer,
    at,
    inventory,
    of_ranker,
    of_scorer,
    rule,
    verdicts,
    workload,
)
from tocsin.core.attribution import Places
from tocsin.core.criteria.absence import Absence, Cause
from tocsin.core.evaluate import Evaluation, Past, evaluate
from tocsin.core.gathering import Gathered
from tocsin.core.identity import Identity
from tocsin.core.inventory import Inventory
from tocsin.core.parameters import Bound
from tocsin.core.samples import Answer, Failure, FailureKind
from tocsin.core.verdicts import Verdict

USUAL = Absence(frozenset({Cause.NO_TRAFFIC, Cause.TARGET_GONE}))
ALL = Absence(frozenset(Cause))
DOWN = Failure(FailureKind.UNREACHABLE, "no route to host")


def evaluated(
    now: Answer, before: Answer, criterion: Absence = USUAL, there: Inventory = BOTH
) -> Evaluation:
    """One evaluation of an absence."""
    of = rule(criterion=criterion)
    questions = of.questions
    answers = dict(zip(questions, (now, before), strict=True))
    return evaluate(of, Past(), Gathered(Places(of, there), Bound(), answers), at(0))


def said(evaluation: Evaluation) -> str:
    """What is said of scorer."""
    return evaluation.outcome(Identity(SCORER)).reason


BOTH_SERVED = answer(of_scorer(3), of_ranker(4))


def test_one_pod_that_serves_is_enough() -> None:
    serves = evaluated(answer(of_scorer(0, pod="a"), of_scorer(2, pod="b")), BOTH_SERVED)
    assert verdicts(serves)["scorer"] is Verdict.NOT_MET
    assert said(serves) == "it serves: 2"


def test_no_traffic_a_gone_target_and_one_never_seen_are_told_apart() -> None:
    idle = evaluated(answer(of_scorer(0), of_ranker(4)), BOTH_SERVED)
    gone = evaluated(answer(of_ranker(4)), BOTH_SERVED)
    never = evaluated(answer(of_ranker(4)), answer(of_ranker(4)))
    assert [verdicts(one)["scorer"] for one in (idle, gone)] == [Verdict.MET] * 2
    assert verdicts(never)["scorer"] is Verdict.UNKNOWN
    assert "no traffic reaches it" in said(idle)
    assert "its series is gone" in said(gone)
    assert "never seen" in said(never)


@pytest.mark.parametrize("now", [answer(), answer(of_ranker(4))])
def test_a_target_that_is_gone_is_found_though_the_answer_is_empty(now: Answer) -> None:
    assert verdicts(evaluated(now, BOTH_SERVED))["scorer"] is Verdict.MET


def test_only_the_causes_that_are_asked_for_alert() -> None:
    only_gone = Absence(frozenset({Cause.TARGET_GONE}))
    idle = evaluated(answer(of_scorer(0)), BOTH_SERVED, only_gone)
    assert verdicts(idle)["scorer"] is Verdict.NOT_MET
    only_idle = Absence(frozenset({Cause.NO_TRAFFIC}))
    assert verdicts(evaluated(answer(), BOTH_SERVED, only_idle))["scorer"] is Verdict.UNKNOWN
    assert verdicts(evaluated(answer(), answer(), ALL))["scorer"] is Verdict.MET


def test_scaled_to_zero_on_purpose_is_no_absence() -> None:
    resting = inventory(workload(SCORER, replicas=0), workload(RANKER, "rank"))
    assert "scorer" not in verdicts(evaluated(answer(of_ranker(4)), BOTH_SERVED, ALL, resting))


@pytest.mark.parametrize(("now", "before"), [(DOWN, BOTH_SERVED), (answer(), DOWN)])
def test_a_source_that_fails_is_no_absence(now: Answer, before: Answer) -> None:
    assert verdicts(evaluated(now, before, ALL))["scorer"] is Verdict.FAILED


def test_labelled_models_are_expected_also_without_a_selector() -> None:
    of = rule(criterion=USUAL, workloads=None)
    answers = dict(zip(of.questions, (answer(), BOTH_SERVED), strict=True))
    found = evaluate(of, Past(), Gathered(Places(of, BOTH), Bound(), answers), at(0))
    assert set(verdicts(found).values()) == {Verdict.MET}
