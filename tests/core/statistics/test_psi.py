"""The population stability index and its guards."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.statistics.aligning import Pair
from tocsin.core.statistics.comparing import Finding
from tocsin.core.statistics.psi import compare_by_psi, psi

from .cases import R1, R2, R3, R4, R5, pairs, scaled, swapped


@pytest.mark.parametrize(
    ("pair", "index"),
    [(R1, 0.0092159694), (R2, 0.3242892967), (R3, 0.1959166467), (R4, 0.3655838387)],
)
def test_the_smoothed_index_agrees_with_the_references(pair: Pair, index: float) -> None:
    assert psi(pair) == pytest.approx(index, abs=5e-11)


@pytest.mark.parametrize(("pair", "index"), [(R1, 0.0093103752), (R2, 0.3257356345)])
def test_the_raw_index_agrees_with_the_references(pair: Pair, index: float) -> None:
    assert psi(pair, smoothing=0) == pytest.approx(index, abs=5e-11)


@pytest.mark.parametrize("smoothing", [0, 0.5])
def test_the_index_of_large_samples_agrees_with_the_reference(smoothing: float) -> None:
    assert psi(R5, smoothing) == pytest.approx(3.8601e-05, rel=1e-5)


@pytest.mark.parametrize(
    ("pair", "finding"),
    [
        (R1, Finding.SAME),
        (R2, Finding.DRIFTED),
        (R3, Finding.SAME),
        (R4, Finding.TOO_FEW),
        (R5, Finding.SAME),
    ],
)
def test_each_reference_is_found_to_be_what_it_is(pair: Pair, finding: Finding) -> None:
    assert compare_by_psi(pair).finding is finding


def test_the_limit_is_what_chance_makes_of_so_few_values() -> None:
    judged = compare_by_psi(R4, least=0)
    assert judged.limit == pytest.approx(1.085466, abs=5e-7)
    assert judged.finding is Finding.SAME
    assert judged.reason == "PSI 0.366 is within 1.09, which chance makes of so few values"
    assert compare_by_psi(R1, threshold=0.001).limit == pytest.approx(0.023833, abs=5e-7)


def test_it_says_what_was_found() -> None:
    assert compare_by_psi(R2).reason == "PSI 0.324 is above 0.2"
    few = compare_by_psi(R4)
    assert few.reason == "the current window has 20 values: at least 200 are needed"
    assert compare_by_psi(swapped(R4)).reason.startswith("the baseline has 20 values")


def test_one_bin_is_too_few() -> None:
    assert compare_by_psi(Pair((1000,), (500,))).finding is Finding.TOO_FEW


@pytest.mark.parametrize(("size", "plain"), [(50, 0.2), (100, 0.005)])
def test_what_chance_makes_of_few_values_is_no_drift(size: int, plain: float) -> None:
    """Samples of the baseline's own distribution: a plain limit of 0.2 would often be exceeded."""
    chance = random.Random(2)  # noqa: S311  # a sample, not a secret
    samples = [Counter(chance.choices(range(10), k=size)) for _ in range(1000)]
    pairs = [Pair((1000,) * 10, tuple(sample[bin_] for bin_ in range(10))) for sample in samples]
    assert sum(psi(pair) > 0.2 for pair in pairs) / len(pairs) > plain
    assert sum(compare_by_psi(pair, least=0).drifted for pair in pairs) / len(pairs) < 0.02


@given(pairs())
def test_it_is_never_negative_and_the_order_of_the_two_does_not_matter(pair: Pair) -> None:
    assert psi(pair) >= 0
    assert psi(pair) == pytest.approx(psi(swapped(pair)), abs=1e-12)


@given(pairs())
def test_a_sample_is_like_itself(pair: Pair) -> None:
    assert psi(Pair(pair.baseline, pair.baseline)) == 0


@given(st.lists(st.floats(1, 1e6), min_size=2, max_size=20), st.floats(1e-2, 1e3))
def test_without_smoothing_only_shares_matter(counts: list[float], by: float) -> None:
    pair = Pair(tuple(counts), tuple(reversed(counts)))
    assert psi(scaled(pair, by), 0) == pytest.approx(psi(pair, 0), rel=1e-6, abs=1e-9)
    assert psi(Pair(pair.baseline, scaled(pair, by).current), 0) == pytest.approx(
        psi(pair, 0), rel=1e-6, abs=1e-9
    )


@given(pairs(), st.integers(1, 24))
def test_the_order_of_bins_does_not_matter(pair: Pair, by: int) -> None:
    bins = list(zip(pair.baseline, pair.current, strict=True))
    bins = bins[by:] + bins[:by]
    mixed = Pair(tuple(a for a, _ in bins), tuple(b for _, b in bins))
    assert psi(mixed) == pytest.approx(psi(pair), rel=1e-9, abs=1e-12)
