"""labelDelay and labelCoverage: what is judged is what labels have come for."""

import math
from datetime import timedelta

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
from tocsin.core.evaluate import Evaluation
from tocsin.core.metrics import Metric
from tocsin.core.rules import LabelCoverage
from tocsin.core.samples import Answer, Failure, FailureKind
from tocsin.core.states import State

COVERED = rule(label_coverage=LabelCoverage(Metric("default", "share"), 0.8))
DOWN = Failure(FailureKind.TIMEOUT, "no answer within 10s")
BAD = answer(of_scorer(12), of_ranker(3))


def once(shares: Answer, one: Answer = BAD, *, firing: bool = False) -> Evaluation:
    was = alert()
    return evaluated(COVERED, {was.id: was} if firing else {}, one, BOTH, at(10), shares)


def test_with_enough_labels_a_value_counts() -> None:
    done = once(answer(of_scorer(0.8), of_ranker(1)))
    assert verdicts(done) == {"scorer": "Met", "ranker": "NotMet"}
    assert done.fired


@pytest.mark.parametrize("share", [0.79, math.nan])
def test_with_too_few_or_an_unknown_share_it_neither_fires_nor_resolves(share: float) -> None:
    few = answer(of_scorer(share), of_ranker(1))
    assert verdicts(once(few)) == {"scorer": "Unknown", "ranker": "NotMet"}
    held = once(few, answer(of_scorer(3), of_ranker(3)), firing=True)
    assert held.ended == ()
    (one,) = held.alerts.values()
    assert (one.state, one.unobserved_since) == (State.FIRING, at(0))


def test_it_says_which_share_is_wanted_and_which_there_is() -> None:
    done = once(answer(of_scorer(0.31)))
    said = {str(identity): done.outcome(identity).reason for identity in done.looks}
    asks = "labelCoverage asks for 80%"
    assert said == {
        "scorer": "labels have come for 31% of the predictions, 80% are needed",
        "ranker": f"nobody knows how many labels have come: {asks}",
    }


def test_of_several_pods_the_least_share_counts() -> None:
    shares = answer(of_scorer(0.9, pod="a"), of_scorer(0.5, pod="b"), of_ranker(1))
    assert verdicts(once(shares)) == {"scorer": "Unknown", "ranker": "NotMet"}


def test_where_the_share_cannot_be_asked_the_verdict_is_failed() -> None:
    assert verdicts(once(DOWN)) == {"scorer": "Failed", "ranker": "Failed"}


def test_an_alert_says_as_of_when_its_value_is() -> None:
    late = rule(label_delay=timedelta(hours=2))
    done = evaluated(late, {}, BAD, BOTH, at(10))
    (one,) = done.alerts.values()
    assert one.reason == "12 is above 10, as of 2h ago (labelDelay)"
