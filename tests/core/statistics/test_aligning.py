"""Two histograms on common edges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.statistics.aligning import Pair, Unlike, aligned, paired
from tocsin.core.statistics.histograms import Counts, native

from .cases import amounts


@st.composite
def histograms(draw: st.DrawFn, *, of: bool) -> Counts:
    edges = tuple(sorted(draw(st.sets(st.integers(0, 12), min_size=1))))
    sizes = st.lists(amounts, min_size=len(edges) + 1, max_size=len(edges) + 1)
    return Counts(edges, tuple(draw(sizes)), native=of)


def test_bins_between_edges_that_only_one_has_are_joined() -> None:
    pair = aligned(Counts((1, 2, 3), (1, 2, 3, 4)), Counts((1, 3, 4), (10, 20, 30, 40)))
    assert pair == Pair((1, 5, 4), (10, 20, 70))


def test_a_redeploy_that_changed_the_edges_is_no_drift() -> None:
    answer = aligned(Counts((1, 2, 3, 4, 5), (1,) * 6), Counts((1, 20, 30), (1,) * 4))
    assert answer == Unlike("the edges of the buckets changed: 5 in the baseline, 3 now, 1 in both")


def test_classic_and_native_are_not_compared() -> None:
    answer = aligned(Counts((1,), (1, 2), native=True), Counts((1,), (1, 2)))
    assert isinstance(answer, Unlike)
    assert "the baseline is a native histogram and the current one a classic one" in answer.reason


def test_a_histogram_of_one_bin_says_nothing() -> None:
    assert isinstance(aligned(Counts((), (3,)), Counts((), (5,))), Unlike)


def test_a_bucket_that_a_native_histogram_does_not_list_has_edges_all_the_same() -> None:
    before = native([[0, "1", "2", "10"], [0, "2", "4", "20"]])
    now = native([[0, "4", "8", "20"], [0, "8", "16", "5"]])
    assert isinstance(before, Counts)
    assert isinstance(now, Counts)
    pair = aligned(before, now)
    assert pair == Pair((0, 10, 20, 0, 0, 0), (0, 0, 0, 20, 5, 0))


def test_a_native_histogram_of_half_the_resolution_is_met_at_its_edges() -> None:
    fine = native([[0, 1, 2, 1], [0, 2, 4, 2], [0, 4, 8, 3], [0, 8, 16, 4]])
    coarse = native([[0, 1, 4, 30], [0, 4, 16, 70]])
    assert isinstance(fine, Counts)
    assert isinstance(coarse, Counts)
    assert aligned(fine, coarse) == Pair((0, 3, 7, 0), (0, 30, 70, 0))


@given(st.booleans().flatmap(lambda of: st.tuples(histograms(of=of), histograms(of=of))))
def test_no_count_is_lost_and_the_order_of_the_two_does_not_matter(
    both: tuple[Counts, Counts],
) -> None:
    pair, back = aligned(*both), aligned(both[1], both[0])
    if isinstance(pair, Unlike):
        assert isinstance(back, Unlike)
        return
    assert isinstance(back, Pair)
    assert (pair.baseline, pair.current) == (back.current, back.baseline)
    assert len(pair.baseline) == len(pair.current) >= 2
    assert sum(pair.baseline) == pytest.approx(both[0].total)
    assert sum(pair.current) == pytest.approx(both[1].total)


@given(histograms(of=False))
def test_a_histogram_is_like_itself(histogram: Counts) -> None:
    assert aligned(histogram, histogram) == Pair(histogram.counts, histogram.counts)


def test_categories_stand_by_label_and_a_new_one_had_no_values() -> None:
    pair = paired({"b": 2, "a": 1}, {"b": 3, "c": 4})
    assert pair == Pair((1, 2, 0), (0, 3, 4), ("a", "b", "c"))
