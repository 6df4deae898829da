"""What a rule shows as a whole: the worst of its alerts, or why there is none."""

import pytest

from tests.core.making import (
    BOTH,
    RANKER,
    SCORER,
    answer,
    inventory,
    of_ranker,
    of_scorer,
    rule,
    sample,
    seconds,
    steps,
    workload,
)
from tocsin.core.evaluate import Evaluation
from tocsin.core.inventory import Inventory, ObjectRef
from tocsin.core.looks import nothing_returned
from tocsin.core.rules import Rule
from tocsin.core.rulestate import NO_WORKLOAD, RuleState, quiet_message, rule_state
from tocsin.core.samples import Answer, Failure, FailureKind, Samples

DOWN = Failure(FailureKind.TIMEOUT, "no answer within 10s")
WAITS = rule(for_=seconds(10))
BAD = answer(of_scorer(12))


def last(*answers: Answer, of: Rule | None = None, there: Inventory = BOTH) -> Evaluation:
    timed = [(10.0 * number, one) for number, one in enumerate(answers)]
    return steps(of or rule(), timed, there)[-1]


@pytest.mark.parametrize(
    ("evaluation", "state"),
    [
        (last(BAD, answer(of_scorer(12), of_ranker(12)), of=WAITS), RuleState.FIRING),
        (last(BAD, DOWN), RuleState.FIRING),
        (last(BAD, of=WAITS), RuleState.PENDING),
        (last(BAD, DOWN, of=WAITS), RuleState.PENDING),
        (last(DOWN), RuleState.FAILED),
        (last(DOWN, there=inventory()), RuleState.FAILED),
        (last(answer()), RuleState.UNKNOWN),
        (last(answer(of_scorer(3))), RuleState.UNKNOWN),
        (last(answer(), there=inventory()), RuleState.UNKNOWN),
        (last(answer(of_scorer(3), of_ranker(3))), RuleState.INACTIVE),
    ],
)
def test_a_rule_is_as_bad_as_its_worst_alert(evaluation: Evaluation, state: RuleState) -> None:
    assert rule_state(evaluation) is state


@pytest.mark.parametrize(
    ("evaluation", "message"),
    [
        (last(DOWN), "no answer within 10s"),
        (last(answer()), f"no data for ranker, scorer: {nothing_returned(())}"),
        (
            last(answer(of_scorer(3))),
            "no data for ranker: the query returned no series for it",
        ),
        (last(answer(of_scorer(3), of_ranker(3))), "within the limit (fires above 10)"),
        (last(answer(sample(3)), of=rule(workloads=None)), "within the limit (fires above 10)"),
        (
            last(answer(sample(3, a="b")), there=inventory()),
            NO_WORKLOAD,
        ),
        (
            last(answer(), there=inventory()),
            NO_WORKLOAD,
        ),
        (last(answer(), of=rule(workloads=None)), nothing_returned(())),
    ],
)
def test_a_quiet_rule_says_why(evaluation: Evaluation, message: str) -> None:
    assert quiet_message(rule(), evaluation) == message


def test_at_most_three_without_data_are_named() -> None:
    many = inventory(*(workload(ObjectRef("Deployment", "fraud", name)) for name in "edcba"))
    assert quiet_message(rule(), last(answer(), there=many)) == (
        f"no data for a, b, c and 2 more: {nothing_returned(())}"
    )


def test_the_message_of_a_quiet_rule_does_not_move_with_its_values() -> None:
    there = inventory(workload(RANKER))
    messages = {
        quiet_message(rule(), last(answer(of_ranker(value)), there=there)) for value in (1, 2, 3)
    }
    assert messages == {"within the limit (fires above 10)"}


def test_what_a_source_says_beside_an_empty_answer_is_said_instead_of_advice() -> None:
    said = Samples((), ("no pod exposes x; they expose: xs",))
    looked = last(said)
    assert quiet_message(rule(), looked) == (
        "no data for ranker, scorer: the query returned nothing: no pod exposes x; they expose: xs"
    )


def test_series_of_nothing_but_workloads_at_rest_say_that_they_are_scaled_to_zero() -> None:
    there = inventory(workload(SCORER, replicas=0), workload(RANKER))
    of = rule(workloads=None)
    rests = last(answer(of_scorer(12)), of=of, there=there)
    assert rule_state(rests) is RuleState.INACTIVE
    assert quiet_message(of, rests) == (
        "nothing to look at: every workload of this rule is scaled to zero"
    )
    both = last(answer(of_scorer(12), of_ranker(3)), of=of, there=there)
    assert quiet_message(of, both) == "within the limit (fires above 10)"
    assert rule_state(last(answer(), of=of, there=there)) is RuleState.UNKNOWN
