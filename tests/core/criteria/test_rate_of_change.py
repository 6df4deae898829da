"""Rate of change: now against then, and what cannot be compared."""

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.making import BOTH, SCORER, answer, at, of_scorer, rule, sample, verdicts
from tocsin.core.amounts import Unit, parse_amount
from tocsin.core.attribution import Places
from tocsin.core.criteria.rate_of_change import Change, RateOfChange
from tocsin.core.evaluate import Evaluation, Past, evaluate
from tocsin.core.gathering import Gathered
from tocsin.core.identity import Identity
from tocsin.core.metrics import Metric
from tocsin.core.parameters import Bound
from tocsin.core.reduction import Lacking, Reading, Reduce
from tocsin.core.samples import Answer, Failure, FailureKind
from tocsin.core.verdicts import Verdict

HOUR = timedelta(hours=1)
DROP = RateOfChange(HOUR, Change(0.1, relative=True), increases=False)
RISE = RateOfChange(HOUR, Change(0.05, relative=False), increases=True)
OF = rule(criterion=DROP, metric=Metric("default", "accuracy", Unit.RATIO))
NOW, THEN = OF.questions


def evaluated(now: Answer, then: Answer) -> Evaluation:
    """One evaluation of a drop of a tenth within an hour."""
    gathered = Gathered(Places(OF, BOTH), Bound(), {NOW: now, THEN: then})
    return evaluate(OF, Past(), gathered, at(0))


@pytest.mark.parametrize(
    ("criterion", "value", "baseline", "verdict"),
    [
        (DROP, 0.8, 0.9, Verdict.MET),
        (DROP, 0.82, 0.9, Verdict.NOT_MET),
        (DROP, 1.5, 0.9, Verdict.NOT_MET),  # a rise is no drop
        (DROP, -12, -10, Verdict.MET),  # a share of the size of what was there
        (RISE, 0.06, 0.0, Verdict.MET),
        (RISE, 0.05, 0.0, Verdict.NOT_MET),  # by exactly as much is allowed
        (RISE, math.nan, 0.0, Verdict.UNKNOWN),
    ],
)
def test_it_is_met_strictly_beyond_the_change(
    criterion: RateOfChange, value: float, baseline: float, verdict: Verdict
) -> None:
    reading = Reading(value, {}, baseline)
    assert criterion.verdict(reading) is verdict
    assert criterion.judge(reading, None).verdict is verdict


def test_the_reason_says_both_values_and_the_change() -> None:
    outcome = DROP.judge(Reading(0.78, {}, 0.9), Unit.RATIO)
    assert outcome.reason == ("78% is down 13.33% from 90% 1h ago, more than the 10% down allowed")
    assert outcome.threshold == pytest.approx(0.81)


@pytest.mark.parametrize(
    ("before", "why"),
    [
        ((), "there was no value 1h ago"),
        ((sample(0.0),), "was 0, of which there is no share"),
        ((sample(math.nan),), "was NaN, which is no data"),
        ((sample(math.inf),), "was +Inf, which is no data"),
    ],
)
def test_what_there_is_no_share_of_is_unknown_with_the_reason(
    before: tuple[object, ...], why: str
) -> None:
    read = DROP.read(((sample(0.5),), before), Reduce.WORST, None)  # type: ignore[arg-type]  # samples
    assert isinstance(read, Lacking)
    assert why in read.why


def test_the_worst_of_now_is_compared_with_the_worst_of_then() -> None:
    now, then = (sample(0.9), sample(0.7)), (sample(0.95), sample(0.75))
    reading = DROP.read((now, then), Reduce.WORST, None)
    assert isinstance(reading, Reading)
    assert (reading.value, reading.baseline) == (0.7, 0.75)


def test_a_former_pod_belongs_to_the_deployment_that_named_it() -> None:
    then = sample(0.9, pod="scorer-5d4f8c7b9-x2x9z")
    look = evaluated(answer(of_scorer(0.7)), answer(then)).looks[Identity(SCORER)]
    assert (look.verdict, look.reading and look.reading.baseline) == (Verdict.MET, 0.9)


def test_an_alert_keeps_what_it_was_compared_with() -> None:
    [alert] = evaluated(answer(of_scorer(0.7)), answer(of_scorer(0.9))).alerts.values()
    assert (alert.value, alert.baseline) == (0.7, 0.9)
    assert alert.threshold == pytest.approx(0.81)


def test_without_the_former_values_nothing_is_known_rather_than_good() -> None:
    down = Failure(FailureKind.UNREACHABLE, "no route to host")
    assert verdicts(evaluated(answer(of_scorer(0.7)), down))["scorer"] is Verdict.FAILED
    nothing = evaluated(answer(of_scorer(0.7)), answer())
    assert verdicts(nothing)["scorer"] is Verdict.UNKNOWN


def test_a_change_of_a_share_needs_no_unit_and_an_amount_fits_the_metrics() -> None:
    assert Change.of(parse_amount("10%"), None) == Change(0.1, relative=True)
    assert Change.of(parse_amount("50ms"), Unit.SECONDS) == Change(0.05, relative=False)
    for wrong in ("0", "-10%"):
        with pytest.raises(ValueError, match="more than 0"):
            Change.of(parse_amount(wrong), None)


@given(st.floats(0.001, 1e6), st.floats(0.001, 1e6), st.floats(0.001, 10))
def test_the_shown_limit_is_where_the_verdict_turns(value: float, base: float, by: float) -> None:
    for increases in (True, False):
        criterion = RateOfChange(HOUR, Change(by, relative=True), increases=increases)
        outcome = criterion.judge(Reading(value, {}, base), None)
        assert outcome.threshold is not None
        beyond = value > outcome.threshold if increases else value < outcome.threshold
        assert (outcome.verdict is Verdict.MET) == beyond
