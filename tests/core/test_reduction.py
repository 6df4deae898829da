"""Several samples of one alert become one value, whatever their order."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.making import sample
from tocsin.core.amounts import Unit
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.reduction import Reading, Reduce, reduce_samples
from tocsin.core.samples import Sample

ABOVE, BELOW = Threshold(above=10), Threshold(below=10)
NUMBERS = st.floats(-1e6, 1e6) | st.sampled_from([0.1, 0.2, 0.3, math.inf, -math.inf])


def series(*values: float) -> tuple[Sample, ...]:
    """One series for each value, told apart by the label n."""
    return tuple(sample(value, n=str(number)) for number, value in enumerate(values))


@pytest.mark.parametrize(
    ("criterion", "reduce", "value", "n"),
    [
        (ABOVE, Reduce.WORST, 5, "2"),
        (BELOW, Reduce.WORST, 1, "0"),
        (ABOVE, Reduce.BEST, 1, "0"),
        (BELOW, Reduce.BEST, 5, "2"),
        (ABOVE, Reduce.SUM, 8, "2"),
        (ABOVE, Reduce.MEAN, 8 / 3, "2"),
        (BELOW, Reduce.MEAN, 8 / 3, "0"),
    ],
)
def test_a_value_is_made_of_three(
    criterion: Threshold, reduce: Reduce, value: float, n: str
) -> None:
    reading = reduce_samples(reduce, None, criterion.excess, series(1, 2, 5))
    assert (reading.value, reading.labels["n"]) == (value, n)


def test_with_two_limits_the_worst_is_the_furthest_on_the_bad_side() -> None:
    both = Threshold(above=10, below=0)
    assert reduce_samples(Reduce.WORST, None, both.excess, series(12, -5, 4)).value == -5
    assert reduce_samples(Reduce.WORST, None, both.excess, series(4, 9)).value == 9


@pytest.mark.parametrize("reduce", list(Reduce))
def test_nan_is_ignored_unless_there_is_nothing_else(reduce: Reduce) -> None:
    assert reduce_samples(reduce, None, ABOVE.excess, series(math.nan, 4, math.nan)).value == 4
    assert math.isnan(reduce_samples(reduce, None, ABOVE.excess, series(math.nan, math.nan)).value)


def test_infinities_are_values() -> None:
    assert reduce_samples(Reduce.WORST, None, ABOVE.excess, series(1, math.inf)).value == math.inf
    assert reduce_samples(Reduce.BEST, None, ABOVE.excess, series(1, -math.inf)).value == -math.inf
    assert math.isnan(
        reduce_samples(Reduce.SUM, None, ABOVE.excess, series(math.inf, -math.inf)).value
    )


def test_the_name_of_the_metric_is_no_label() -> None:
    named = Sample({"__name__": "up", "job": "a"}, 1)
    assert reduce_samples(Reduce.WORST, None, ABOVE.excess, (named,)) == Reading(1, {"job": "a"})


def test_values_are_converted_to_base_units() -> None:
    reading = reduce_samples(Reduce.WORST, Unit.MILLISECONDS, ABOVE.excess, series(250))
    assert reading.value == 0.25


@given(
    st.lists(NUMBERS, min_size=1, max_size=6).flatmap(
        lambda values: st.tuples(st.just(series(*values)), st.permutations(series(*values)))
    ),
    st.sampled_from(Reduce),
    st.sampled_from([ABOVE, BELOW, Threshold(above=1, below=-1)]),
)
def test_the_order_of_the_answer_does_not_matter(
    orders: tuple[tuple[Sample, ...], list[Sample]], reduce: Reduce, criterion: Threshold
) -> None:
    one, other = (reduce_samples(reduce, None, criterion.excess, tuple(its)) for its in orders)
    assert one.labels == other.labels
    assert one.value == other.value or (math.isnan(one.value) and math.isnan(other.value))
