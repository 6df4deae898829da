"""Absence: which workload serves nothing, and why."""

import math

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
from tocsin.core.criteria.composite import Composite, Part
from tocsin.core.criteria.criterion import Criterion
from tocsin.core.criteria.expressions import parse_when
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
    now: Answer,
    before: Answer,
    criterion: Criterion = USUAL,
    there: Inventory = BOTH,
    past: Past | None = None,
) -> Evaluation:
    """One evaluation of an absence, or of a composite of one."""
    of = rule(criterion=criterion)
    questions = of.questions
    answers = dict(zip(questions, (now, before), strict=True))
    return evaluate(of, past or Past(), Gathered(Places(of, there), Bound(), answers), at(0))


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


def test_a_target_that_goes_within_its_first_hour_is_gone_and_not_one_never_seen() -> None:
    young = evaluated(answer(of_scorer(3)), answer())
    gone = evaluated(answer(), answer(), past=young.past)
    assert verdicts(gone)["scorer"] is Verdict.MET
    assert "its series is gone" in said(gone)
    assert verdicts(gone)["ranker"] is Verdict.UNKNOWN


def test_a_series_without_a_number_is_not_one_that_was_seen() -> None:
    young = evaluated(answer(of_scorer(math.nan)), answer())
    assert verdicts(evaluated(answer(), answer(), past=young.past))["scorer"] is Verdict.UNKNOWN


def test_after_a_rest_at_zero_a_target_that_does_not_come_back_is_gone() -> None:
    resting = inventory(workload(SCORER, replicas=0), workload(RANKER, "rank"))
    served = evaluated(answer(of_scorer(3)), answer())
    rested = evaluated(answer(), answer(), there=resting, past=served.past)
    assert verdicts(evaluated(answer(), answer(), past=rested.past))["scorer"] is Verdict.MET


def test_a_workload_that_was_deleted_meanwhile_is_a_new_one() -> None:
    served = evaluated(answer(of_scorer(3)), answer())
    deleted = evaluated(
        answer(), answer(), there=inventory(workload(RANKER, "rank")), past=served.past
    )
    assert verdicts(evaluated(answer(), answer(), past=deleted.past))["scorer"] is Verdict.UNKNOWN


def test_an_alert_that_survived_a_restart_says_that_there_was_a_series() -> None:
    gone = evaluated(answer(), BOTH_SERVED)
    restarted = Past(gone.alerts)
    later = evaluated(answer(), answer(), past=restarted)
    assert verdicts(later)["scorer"] is Verdict.MET
    assert "its series is gone" in said(later)


def test_an_alert_of_a_target_never_seen_is_no_proof_of_a_series() -> None:
    never = evaluated(answer(), answer(), ALL)
    assert "never seen" in said(evaluated(answer(), answer(), ALL, past=Past(never.alerts)))


def test_a_part_of_a_composite_knows_what_it_has_seen() -> None:
    part = Part("gone", rule().metric, USUAL)
    whole = Composite((part,), parse_when("gone"))
    young = evaluated(answer(of_scorer(3)), answer(), whole)
    gone = evaluated(answer(), answer(), whole, past=young.past)
    assert verdicts(gone)["scorer"] is Verdict.MET
    restarted = evaluated(answer(), answer(), whole, past=Past(gone.alerts))
    assert verdicts(restarted)["scorer"] is Verdict.MET
