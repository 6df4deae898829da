"""The chi-squared test, its pooling and its guard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.statistics.aligning import Pair, paired
from tocsin.core.statistics.chisquared import (
    compare_by_chi_squared,
    effect_size,
    pooled,
    statistic,
)
from tocsin.core.statistics.comparing import Finding

from .cases import R1, R2, R3, R5, pairs, scaled, swapped


def test_it_agrees_with_the_references() -> None:
    assert statistic(R1) == pytest.approx(8.22077221, abs=5e-9)
    assert compare_by_chi_squared(R1).p == pytest.approx(0.51206, abs=5e-6)
    assert statistic(R2) == pytest.approx(155.4978355, abs=5e-8)
    assert compare_by_chi_squared(R2).statistic == pytest.approx(0.278835, abs=5e-7)
    assert compare_by_chi_squared(R3).p == pytest.approx(3.21e-10, rel=1e-3)


@pytest.mark.parametrize(
    ("pair", "finding"), [(R1, Finding.SAME), (R2, Finding.DRIFTED), (R5, Finding.SAME)]
)
def test_each_reference_is_found_to_be_what_it_is(pair: Pair, finding: Finding) -> None:
    assert compare_by_chi_squared(pair).finding is finding


def test_it_says_why() -> None:
    assert compare_by_chi_squared(R2).reason == (
        "Cramér's V 0.279 is at least 0.1 (χ² 155.5, p below 0.000001)"
    )
    assert compare_by_chi_squared(R5).reason == "Cramér's V 0.00311 is below 0.1"
    assert compare_by_chi_squared(Pair((20, 20), (15, 25))).reason.startswith(
        "Cramér's V 0.126 may be chance (p 0.26)"
    )


def test_drift_against_a_million_values_of_training_data_is_seen() -> None:
    judged = compare_by_chi_squared(Pair((500_000, 500_000), (900, 100)))
    assert judged.finding is Finding.DRIFTED
    assert judged.statistic == pytest.approx(0.436436, abs=5e-7)


def test_neighbours_are_joined_until_each_expects_five() -> None:
    pair = pooled(Pair((2, 3, 5, 90, 1), (2, 3, 5, 90, 1)))
    assert pair == Pair((5, 5, 91), (5, 5, 91))


def test_rare_categories_become_others() -> None:
    pair = pooled(paired({"a": 1, "b": 90, "c": 2, "d": 3}, {"a": 1, "b": 90, "c": 2, "d": 3}))
    assert pair == Pair((6, 90), (6, 90), ("others", "b"))


def test_one_rare_category_takes_the_next_with_it() -> None:
    pair = pooled(paired({"a": 2, "b": 50, "c": 60}, {"a": 2, "b": 50, "c": 60}))
    assert pair == Pair((52, 60), (52, 60), ("others", "c"))


def test_what_pools_to_one_bin_is_too_few() -> None:
    assert compare_by_chi_squared(Pair((2, 3), (3, 2))).finding is Finding.TOO_FEW
    assert compare_by_chi_squared(Pair((0, 0), (3, 2))).finding is Finding.TOO_FEW


@given(pairs(), st.booleans())
def test_pooling_loses_nothing_and_leaves_no_bin_too_small(pair: Pair, by_label: bool) -> None:
    if by_label:
        labels = tuple(str(i) for i in range(len(pair.baseline)))
        pair = Pair(pair.baseline, pair.current, labels)
    n, m = sum(pair.baseline), sum(pair.current)
    bins = pooled(pair)
    assert sum(bins.baseline) == pytest.approx(n)
    assert sum(bins.current) == pytest.approx(m)
    if len(bins.baseline) > 1:
        least = min(a + b for a, b in zip(bins.baseline, bins.current, strict=True))
        assert least * min(n, m) / (n + m) >= 5 - 1e-6


@given(pairs())
def test_v_and_p_are_between_0_and_1_and_the_order_of_the_two_does_not_matter(pair: Pair) -> None:
    judged, back = compare_by_chi_squared(pair), compare_by_chi_squared(swapped(pair))
    assert judged.finding is back.finding
    assert 0 <= judged.statistic <= 1
    assert 0 <= (judged.p or 0) <= 1
    assert judged.statistic == pytest.approx(back.statistic, abs=1e-9)


@given(pairs())
def test_the_effect_does_not_depend_on_how_many_values_there_are(pair: Pair) -> None:
    larger = Pair(pair.baseline, scaled(pair, 1000).current)
    assert effect_size(larger) == pytest.approx(effect_size(pair), abs=1e-9)


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=9).filter(any))
def test_of_equally_many_values_the_effect_is_cramers_v(counts: list[int]) -> None:
    pair = Pair(tuple(counts), tuple(reversed(counts)))
    v = (statistic(pair) / (2 * sum(counts))) ** 0.5
    assert effect_size(pair) == pytest.approx(v, abs=1e-12)
