"""The Kolmogorov-Smirnov test on bins."""

import pytest
from hypothesis import given

from tocsin.core.statistics.aligning import Pair
from tocsin.core.statistics.comparing import Finding
from tocsin.core.statistics.ks import compare_by_ks, distance

from .cases import R1, R2, R3, R4, R5, pairs, scaled, swapped

REFERENCES = [
    (R1, 0.035, 0.2153738742, Finding.SAME),
    (R2, 0.25, 1.437556e-27, Finding.DRIFTED),
    (R3, 0.07, 0.0148931600, Finding.SAME),
    (R4, 0.15, 0.7601756524, Finding.SAME),
    (R5, 0.0025, 1.437556e-27, Finding.SAME),
]


@pytest.mark.parametrize(("pair", "d", "p", "finding"), REFERENCES)
def test_it_agrees_with_the_references(pair: Pair, d: float, p: float, finding: Finding) -> None:
    judged = compare_by_ks(pair)
    assert judged.statistic == pytest.approx(d, rel=1e-9)
    assert judged.p == pytest.approx(p, rel=1e-6)
    assert judged.finding is finding


def test_it_says_why() -> None:
    assert "D 0.25 is at least 0.1 (p below 0.000001; buckets make D" in compare_by_ks(R2).reason
    assert compare_by_ks(R4).reason == "D 0.15 may be chance (p 0.76)"
    assert compare_by_ks(R5).reason == "D 0.0025 is below 0.1"


@pytest.mark.parametrize("pair", [Pair((0, 0), (1, 2)), Pair((1, 2), (0, 0)), Pair((5,), (7,))])
def test_nothing_and_one_bin_are_too_few(pair: Pair) -> None:
    assert compare_by_ks(pair).finding is Finding.TOO_FEW


@given(pairs())
def test_d_and_p_are_between_0_and_1_and_the_order_of_the_two_does_not_matter(pair: Pair) -> None:
    judged, back = compare_by_ks(pair, least=0), compare_by_ks(swapped(pair), least=0)
    assert 0 <= judged.statistic <= 1
    assert judged.p is not None
    assert back.p is not None
    assert 0 <= judged.p <= 1
    assert judged.statistic == pytest.approx(back.statistic, abs=1e-12)
    assert judged.p == pytest.approx(back.p, abs=1e-9)


@given(pairs())
def test_d_does_not_depend_on_how_many_values_there_are(pair: Pair) -> None:
    assert distance(scaled(pair, 7.5)) == pytest.approx(distance(pair), abs=1e-9)


@given(pairs(least=3))
def test_joining_bins_does_not_make_d_larger(pair: Pair) -> None:
    joined = Pair(
        (pair.baseline[0] + pair.baseline[1], *pair.baseline[2:]),
        (pair.current[0] + pair.current[1], *pair.current[2:]),
    )
    assert distance(joined) <= distance(pair) + 1e-9
