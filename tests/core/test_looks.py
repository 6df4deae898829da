"""What a criterion makes of a value, of none, and of too little of it."""

import math

import pytest

from tests.core.making import rule
from tocsin.core.looks import NOT_RETURNED, Look, failed, look_at, with_enough, without_data
from tocsin.core.reduction import Reading
from tocsin.core.rules import MissingData
from tocsin.core.samples import Failure, FailureKind
from tocsin.core.verdicts import Verdict

RULE = rule()
DOWN = Failure(FailureKind.UNREACHABLE, "connection refused")


def seen(value: float) -> Look:
    return look_at(RULE, RULE.criterion, Reading(value, {}))


@pytest.mark.parametrize(
    ("missing", "verdict", "said"),
    [
        (MissingData.UNKNOWN, Verdict.UNKNOWN, NOT_RETURNED),
        (MissingData.NOT_MET, Verdict.NOT_MET, "no data, which missingData counts as not met"),
        (MissingData.MET, Verdict.MET, "no data, which missingData counts as met"),
    ],
)
def test_what_no_data_means_is_the_rules_choice(
    missing: MissingData, verdict: Verdict, said: str
) -> None:
    of = rule(missing_data=missing)
    absent = without_data(of, of.criterion, NOT_RETURNED)
    nan = look_at(of, of.criterion, Reading(math.nan, {}))
    for look in (absent, nan):
        assert (look.verdict, look.reading, look.no_data) == (verdict, None, True)
    assert absent.outcome(None).reason.startswith(said)
    assert "the query returned NaN" in nan.outcome(None).reason


def test_without_a_value_the_limit_is_named_still() -> None:
    assert without_data(RULE, RULE.criterion, "gone").outcome(None).threshold == 10


def test_a_failed_source_is_never_missing_data() -> None:
    look = failed(RULE.criterion, DOWN)
    assert (look.verdict, look.no_data) == (Verdict.FAILED, False)
    assert look.outcome(None).reason == "connection refused"


@pytest.mark.parametrize("count", [30, 31, math.inf])
def test_a_value_that_rests_on_enough_samples_stands(count: float) -> None:
    assert with_enough(seen(12), count, 30) == seen(12)._replace(samples=count)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (29, "it has too few samples, 29: minSamples asks for 30"),
        (0, "it has too few samples, 0: minSamples asks for 30"),
        (None, "nobody knows how many samples it has: minSamples asks for 30"),
    ],
)
def test_a_value_that_rests_on_too_few_samples_says_nothing(count: float | None, said: str) -> None:
    for value in (12, 3):
        look = with_enough(seen(value), count, 30)
        assert (look.verdict, look.reading, look.no_data) == (Verdict.UNKNOWN, None, False)
        assert (look.outcome(None).reason, look.samples) == (said, count)


@pytest.mark.parametrize("missing", list(MissingData))
def test_no_value_beside_too_few_samples_is_not_missing_data(missing: MissingData) -> None:
    of = rule(missing_data=missing)
    look = with_enough(without_data(of, of.criterion, NOT_RETURNED), 3, 30)
    assert (look.verdict, look.no_data) == (Verdict.UNKNOWN, False)


@pytest.mark.parametrize("count", [None, 100])
def test_no_value_is_missing_data_unless_the_samples_are_known_to_be_few(
    count: float | None,
) -> None:
    absent = without_data(RULE, RULE.criterion, NOT_RETURNED)
    assert with_enough(absent, count, 30) == absent._replace(samples=count)


def test_a_failure_stays_one_however_many_samples_there_are() -> None:
    look = failed(RULE.criterion, DOWN)
    assert with_enough(look, 3, 30) == look._replace(samples=3)
