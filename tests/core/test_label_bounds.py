"""Labels beyond their bounds lose no series, and no two series become one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.label_bounds import FOLDED, LabelBounds, bounded

BOUNDS = LabelBounds(count=16, name=32, value=128)
LABELS = st.dictionaries(
    st.text(min_size=1, max_size=40), st.text(max_size=300) | st.just("x" * 500), max_size=24
)


@pytest.mark.parametrize(
    "labels",
    [
        {f"l{n}": "v" for n in range(16)},
        {"n" * 32: "v"},
        {"name": "v" * 128},
        {"name": "🔥\x00\x1b[31m\n"},
        {},
    ],
)
def test_labels_at_the_bounds_stay_as_they_are(labels: dict[str, str]) -> None:
    assert BOUNDS.hold(labels)
    assert bounded(labels, BOUNDS) == labels


def test_a_longer_value_keeps_its_beginning_and_says_what_became_of_it() -> None:
    shown = bounded({"prompt": "v" * 65_536, "pod": "a"}, BOUNDS)
    assert shown["pod"] == "a"
    assert len(shown["prompt"]) == 128
    assert shown["prompt"].startswith("vvvvvvvv")
    assert "… (65536 characters, sha256 " in shown["prompt"]


def test_values_that_differ_behind_what_is_shown_still_differ() -> None:
    one, other = ({"a": "v" * 500 + end} for end in "12")
    assert bounded(one, BOUNDS) != bounded(other, BOUNDS)


def test_labels_beyond_the_count_become_one_and_those_that_place_a_series_stay() -> None:
    labels = {f"a{n:02}": str(n) for n in range(20)} | {"pod": "p", "namespace": "n"}
    shown = bounded(labels, BOUNDS)
    assert len(shown) == 16
    assert (shown["pod"], shown["namespace"], shown["a00"]) == ("p", "n", "0")
    assert shown[FOLDED].startswith("7 labels, sha256 ")
    assert bounded({**labels, "a19": "other"}, BOUNDS) != shown


def test_a_label_under_a_name_beyond_the_length_is_folded() -> None:
    shown = bounded({"n" * 33: "v", "pod": "p"}, BOUNDS)
    assert shown.keys() == {"pod", FOLDED}


@given(LABELS)
def test_what_is_bounded_is_within_the_bounds_and_stays_so(labels: dict[str, str]) -> None:
    shown = bounded(labels, BOUNDS)
    assert BOUNDS.hold(shown)
    assert bounded(shown, BOUNDS) == shown


@given(LABELS, LABELS)
def test_no_two_series_become_one(one: dict[str, str], other: dict[str, str]) -> None:
    assert (bounded(one, BOUNDS) == bounded(other, BOUNDS)) == (one == other)
