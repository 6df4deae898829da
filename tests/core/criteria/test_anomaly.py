"""Anomaly: a value against what its series is like, and what is missing to say so."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.making import sample
from tocsin.core.amounts import Amount, Unit
from tocsin.core.criteria.anomaly import Anomaly, Direction, Method, deviations_of
from tocsin.core.reduction import Lacking, Reading, Reduce
from tocsin.core.statistics.baselines import Baseline, WarmingUp
from tocsin.core.statistics.points import Points
from tocsin.core.verdicts import Verdict

DAYS = timedelta(days=3)
SCORE = Anomaly(Method.Z_SCORE, 3, DAYS, timedelta(hours=1))
USUAL = Baseline(centre=100, spread=10, scale=10, points=500, span=86_400)


def read(value: float, of: Anomaly = SCORE, like: Baseline = USUAL) -> Reading:
    """A value measured against what is usual."""
    reading = of.measured(of.read(((sample(value),),), Reduce.WORST, None), like)
    assert isinstance(reading, Reading)
    return reading


@pytest.mark.parametrize(
    ("direction", "value", "verdict"),
    [
        (Direction.BOTH, 131, Verdict.MET),
        (Direction.BOTH, 130, Verdict.NOT_MET),
        (Direction.BOTH, 69, Verdict.MET),
        (Direction.UP, 131, Verdict.MET),
        (Direction.UP, 0, Verdict.NOT_MET),
        (Direction.DOWN, 0, Verdict.MET),  # a drop to nothing is one, too
        (Direction.DOWN, 500, Verdict.NOT_MET),
    ],
)
def test_it_is_met_beyond_the_band_on_a_side_that_is_bad(
    direction: Direction, value: float, verdict: Verdict
) -> None:
    of = replace(SCORE, direction=direction)
    assert of.verdict(read(value, of)) is verdict
    assert of.judge(read(value, of), None).verdict is verdict


def test_the_reason_says_how_far_from_what_is_usual() -> None:
    outcome = SCORE.judge(read(0.17, like=replace(USUAL, centre=0.1, scale=0.01)), Unit.SECONDS)
    assert outcome.reason == (
        "170ms is 7 deviations above the usual 100ms, more than the 3 allowed"
    )
    assert outcome.threshold == pytest.approx(0.13)


def test_while_it_warms_up_it_says_what_is_missing() -> None:
    few = Points([0.0, 60.0], [1.0, 2.0])
    like = SCORE.like(few, 120.0)
    assert isinstance(like, WarmingUp)
    assert SCORE.measured(Reading(1, {}), like) == Lacking(
        "warming up: up to 1d more of its history is needed",
        measured=like.reason,
        warming=like,
    )
    dense = Points([60.0 * n for n in range(1400)], [1.0] * 1400)
    nearly = SCORE.like(dense, 90_000.0)
    assert isinstance(nearly, WarmingUp)
    assert SCORE.measured(Reading(1, {}), nearly) == Lacking(
        "warming up: up to 50m more of its history is needed",
        measured=nearly.reason,
        warming=nearly,
    )


def test_a_shorter_window_warms_up_in_half_of_it() -> None:
    of = replace(SCORE, window=timedelta(hours=2))
    points = Points([60.0 * n for n in range(70)], [100.0 + n % 3 for n in range(70)])
    assert isinstance(of.like(points, 4200.0), Baseline)


def test_a_constant_series_has_a_deviation_of_five_percent_or_the_minimum() -> None:
    flat = Points([60.0 * n for n in range(2000)], [100.0] * 2000)
    like = SCORE.like(flat, 0.0)
    assert isinstance(like, Baseline)
    assert SCORE.verdict(read(114, like=like)) is Verdict.NOT_MET
    assert SCORE.verdict(read(116, like=like)) is Verdict.MET
    wide = replace(SCORE, least=50).like(flat, 0.0)
    assert isinstance(wide, Baseline)
    assert wide.scale == 50


def test_a_contaminated_past_hides_nothing_from_the_median() -> None:
    values = [100, 101, 99, 100, 102, 98, 100, 101, 99, 100, 500, 520] * 200
    points = Points([60.0 * n for n in range(len(values))], [float(v) for v in values])
    by_mean, by_median = (
        replace(SCORE, method=m).like(points, 0.0) for m in Method if m != "Seasonal"
    )
    assert isinstance(by_mean, Baseline)
    assert isinstance(by_median, Baseline)
    assert SCORE.verdict(read(150, like=by_mean)) is Verdict.NOT_MET
    assert SCORE.verdict(read(150, like=by_median)) is Verdict.MET


def test_what_is_usual_at_night_is_no_anomaly_by_season() -> None:
    hours = [3600.0 * n for n in range(24 * 28)]
    nightly = [1000.0 if n % 24 < 6 else 10.0 for n in range(24 * 28)]
    of = replace(SCORE, method=Method.SEASONAL, window=timedelta(days=28))
    night, noon = hours[-1] + 2 * 3600, hours[-1] + 13 * 3600
    at_night, at_noon = (of.like(Points(hours, nightly), at) for at in (night, noon))
    assert isinstance(at_night, Baseline)
    assert isinstance(at_noon, Baseline)
    assert of.verdict(read(1000, of, at_night)) is Verdict.NOT_MET
    assert of.verdict(read(1000, of, at_noon)) is Verdict.MET


def test_nan_is_no_value() -> None:
    assert SCORE.verdict(Reading(math.nan, {})) is Verdict.UNKNOWN


@pytest.mark.parametrize("amount", [Amount(0.5), Amount(3, "%"), Amount(-3)])
def test_deviations_are_a_number_of_one_or_more(amount: Amount) -> None:
    with pytest.raises(ValueError, match="write 3"):
        deviations_of(amount)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0.001, 1e6), st.floats(1, 10))
def test_the_shown_limit_is_where_the_verdict_turns(
    value: float, centre: float, scale: float, deviations: float
) -> None:
    of = replace(SCORE, deviations=deviations)
    outcome = of.judge(read(value, of, replace(USUAL, centre=centre, scale=scale)), None)
    assert outcome.threshold is not None
    beyond = value > outcome.threshold if value >= centre else value < outcome.threshold
    assert (outcome.verdict is Verdict.MET) == beyond


def test_it_is_warm_when_both_its_span_and_its_points_are_there() -> None:
    of, minute = replace(SCORE, window=timedelta(hours=2)), timedelta(minutes=1)
    assert of.warm_after(WarmingUp(0, 720.0, ""), minute) == timedelta(minutes=12)
    assert of.warm_after(WarmingUp(40, 720.0, ""), minute) == timedelta(minutes=40)
    assert of.warm_after(WarmingUp(0, 0.0, "still being read"), minute) == timedelta()
