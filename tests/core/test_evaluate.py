"""One rule at one time: an answer, the alerts before, and what becomes of them."""

import math

from tests.core.making import (
    BOTH,
    RANKER,
    SCORER,
    answer,
    at,
    evaluated,
    inventory,
    of_ranker,
    of_scorer,
    rule,
    sample,
    seconds,
    steps,
    verdicts,
    workload,
)
from tocsin.core.alerts import EndReason
from tocsin.core.evaluate import Evaluation, end_all
from tocsin.core.identity import Identity
from tocsin.core.looks import nothing_returned
from tocsin.core.reduction import Reduce
from tocsin.core.samples import Failure, FailureKind
from tocsin.core.states import State
from tocsin.core.verdicts import Verdict

DOWN = Failure(FailureKind.UNREACHABLE, "connection refused")
BAD, GOOD = answer(of_scorer(12)), answer(of_scorer(3))
ALONE = rule(workloads=None)


def held(evaluation: Evaluation) -> bool:
    """Whether there is one alert, firing and unobserved."""
    (alert,) = evaluation.alerts.values()
    return alert.state is State.FIRING and alert.unobserved_since is not None


def test_each_workload_has_an_alert_of_its_own() -> None:
    (first,) = steps(rule(), [(0, answer(of_scorer(12), of_ranker(3)))])
    assert verdicts(first) == {"scorer": "Met", "ranker": "NotMet"}
    assert [str(alert.identity) for alert in first.alerts.values()] == ["scorer"]
    assert first.fired == tuple(first.alerts)
    assert first.workload_count == 2


def test_an_alert_fires_once_and_ends_once() -> None:
    _, second, third, fourth = steps(rule(), [(0, BAD), (10, BAD), (20, GOOD), (30, GOOD)])
    assert (second.fired, second.ended) == ((), ())
    assert [ended.reason for ended in third.ended] == [EndReason.RECOVERED]
    assert (third.alerts, fourth.ended) == ({}, ())


def test_a_workload_of_which_nothing_is_said_is_unknown() -> None:
    (first,) = steps(rule(), [(0, BAD)])
    outcome = first.outcome(Identity(RANKER))
    assert (outcome.verdict, outcome.reason) == (
        Verdict.UNKNOWN,
        "the query returned no series for it",
    )


def test_no_data_holds_what_fires() -> None:
    _, second = steps(rule(), [(0, BAD), (10, answer())])
    assert held(second)
    assert {look.said for look in second.looks.values()} == {nothing_returned(())}


def test_nan_is_no_data_and_holds_what_fires() -> None:
    _, second = steps(rule(), [(0, BAD), (10, answer(of_scorer(math.nan)))])
    assert held(second)
    assert "NaN" in second.outcome(Identity(SCORER)).reason


def test_a_failure_holds_what_fires_and_fails_every_workload() -> None:
    _, second = steps(rule(), [(0, BAD), (10, DOWN)])
    assert held(second)
    assert second.failure == DOWN
    assert second.attribution is None
    assert set(verdicts(second).values()) == {Verdict.FAILED}


def test_two_samples_of_one_alert_are_one_reading() -> None:
    both = answer(of_scorer(12, version="1"), of_scorer(20, version="2"))
    (worst,) = steps(rule(), [(0, both)])
    (alert,) = worst.alerts.values()
    assert (alert.value, alert.labels["version"]) == (20, "2")
    (mean,) = steps(rule(reduce=Reduce.MEAN), [(0, both)])
    assert [alert.value for alert in mean.alerts.values()] == [16]


def test_a_rolled_pod_does_not_restart_for() -> None:
    waits = rule(for_=seconds(20))
    answers = [(when, answer(of_scorer(12, pod=f"p{when}"))) for when in (0, 10, 20)]
    assert steps(waits, list(answers))[-1].fired


def test_nothing_is_expected_of_a_workload_scaled_to_zero() -> None:
    there = inventory(workload(SCORER, "score", replicas=0), workload(RANKER, "rank"))
    (first,) = steps(rule(), [(0, BAD)], there)
    assert verdicts(first) == {"ranker": "Unknown"}
    assert first.alerts == {}


def test_scaling_to_zero_ends_what_fires_whatever_its_last_samples_say() -> None:
    (first,) = steps(rule(), [(0, BAD)])
    idle = inventory(workload(SCORER, "score", replicas=0))
    second = evaluated(rule(), first.alerts, BAD, idle, at(10))
    assert [ended.reason for ended in second.ended] == [EndReason.SCALED_TO_ZERO]
    assert second.alerts == {}


def test_deleting_the_workload_ends_what_fires_even_while_the_source_is_down() -> None:
    (first,) = steps(rule(), [(0, BAD)])
    second = evaluated(rule(), first.alerts, DOWN, inventory(), at(10))
    assert [ended.reason for ended in second.ended] == [EndReason.WORKLOAD_DELETED]


def test_a_pending_alert_of_a_deleted_workload_leaves_no_trace() -> None:
    waits = rule(for_=seconds(60))
    (first,) = steps(waits, [(0, BAD)])
    assert first.alerts
    second = evaluated(waits, first.alerts, BAD, inventory(), at(10))
    assert (second.alerts, second.ended) == ({}, ())


def test_an_identity_that_is_gone_ends_after_two_intervals_of_answers() -> None:
    per_gpu = rule(identity_labels=("gpu",))
    both = answer(of_scorer(12, gpu="0"), of_scorer(12, gpu="1"))
    one = answer(of_scorer(12, gpu="1"))
    *before, last = steps(per_gpu, [(0, both), (10, DOWN), (60, one), (70, one), (80, one)])
    assert all(not evaluation.ended for evaluation in before)
    assert [ended.reason for ended in last.ended] == [EndReason.SERIES_GONE]
    assert [str(alert.identity) for alert in last.alerts.values()] == ["scorer {gpu=1}"]


def test_renaming_the_order_of_identity_labels_goes_on_with_the_same_alert() -> None:
    one = answer(of_scorer(12, a="1", b="2"))
    (first,) = steps(rule(identity_labels=("b", "a")), [(0, one)])
    second = evaluated(rule(identity_labels=("a", "b")), first.alerts, one, BOTH, at(10))
    assert (list(second.alerts), second.fired) == (list(first.alerts), ())
    assert [alert.unobserved_since for alert in second.alerts.values()] == [None]


def test_without_workloads_an_empty_answer_speaks_of_nobody() -> None:
    (first,) = steps(ALONE, [(0, answer())])
    assert (first.looks, first.alerts, first.workload_count) == ({}, {}, 2)


def test_without_workloads_an_empty_answer_holds_what_fires() -> None:
    _, second = steps(ALONE, [(0, answer(sample(12, gpu="0"))), (10, answer())])
    assert held(second)


def test_without_workloads_models_are_expected_once_the_query_speaks_of_any() -> None:
    (gpus,) = steps(ALONE, [(0, answer(sample(3, gpu="0")))])
    assert verdicts(gpus) == {"{gpu=0, namespace=fraud}": "NotMet"}
    (models,) = steps(ALONE, [(0, BAD)])
    assert verdicts(models) == {"scorer": "Met", "ranker": "Unknown"}


def test_ending_all_ends_what_fires_and_drops_what_is_pending() -> None:
    waits = rule(for_=seconds(10))
    _, second = steps(waits, [(0, BAD), (10, answer(of_scorer(12), of_ranker(12)))])
    assert len(second.alerts) == 2
    ended = end_all(second.alerts, EndReason.RULE_DELETED, "the rule was deleted", at(11))
    assert [str(one.alert.identity) for one in ended] == ["scorer"]
    assert {one.reason for one in ended} == {EndReason.RULE_DELETED}
