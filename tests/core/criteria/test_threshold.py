"""Threshold: strictly beyond a limit alerts, and recovery may ask for more than that."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.amounts import Unit
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.reduction import Reading
from tocsin.core.verdicts import Verdict

BOTH = Threshold(above=20, below=2, recover_below=15, recover_above=5)


@pytest.mark.parametrize(
    ("threshold", "value", "verdict"),
    [
        (Threshold(above=20), 20.0001, Verdict.MET),
        (Threshold(above=20), 20, Verdict.NOT_MET),
        (Threshold(below=2), 1.9999, Verdict.MET),
        (Threshold(below=2), 2, Verdict.NOT_MET),
        (Threshold(above=20), math.inf, Verdict.MET),
        (Threshold(above=20), -math.inf, Verdict.NOT_MET),
        (Threshold(above=0, below=0), 0, Verdict.NOT_MET),
        (BOTH, 21, Verdict.MET),
        (BOTH, 20, Verdict.DEADBAND),
        (BOTH, 15, Verdict.NOT_MET),
        (BOTH, 10, Verdict.NOT_MET),
        (BOTH, 5, Verdict.NOT_MET),
        (BOTH, 4, Verdict.DEADBAND),
        (BOTH, 1, Verdict.MET),
    ],
)
def test_a_limit_is_met_strictly_beyond_it_and_recovers_at_its_recovery(
    threshold: Threshold, value: float, verdict: Verdict
) -> None:
    assert threshold.judge(Reading(value, {}), None).verdict is verdict


def test_nan_is_no_data_and_never_a_good_value() -> None:
    outcome = Threshold(above=20).judge(Reading(math.nan, {}), None)
    assert outcome.verdict is Verdict.UNKNOWN
    assert "NaN" in outcome.reason


@pytest.mark.parametrize(
    ("value", "reason", "limit"),
    [
        (0.312, "312ms is above 200ms", 0.2),
        (0.18, "180ms has not recovered to 150ms", 0.2),
        (0.1, "100ms is within 200ms", 0.2),
    ],
)
def test_an_outcome_says_value_and_limit_with_their_unit(
    value: float, reason: str, limit: float
) -> None:
    outcome = Threshold(above=0.2, recover_below=0.15).judge(Reading(value, {}), Unit.SECONDS)
    assert (outcome.reason, outcome.threshold) == (reason, limit)


def test_the_threshold_of_an_outcome_is_the_side_that_the_value_is_near_to() -> None:
    assert BOTH.judge(Reading(14, {}), None).threshold == 20
    assert BOTH.judge(Reading(6, {}), None).threshold == 2
    assert BOTH.judge(Reading(4, {}), None).threshold == 2


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_value_is_met_exactly_where_it_exceeds_a_limit(value: float) -> None:
    met = BOTH.judge(Reading(value, {}), None).verdict is Verdict.MET
    assert met is (BOTH.excess(value) > 0)
