"""The last looks at an alert: what is remembered of them, and what M of N is counted on."""

import math
from datetime import timedelta

import pytest

from tests.core.making import at
from tocsin.core.trails import LENGTH, Trail, Window
from tocsin.core.verdicts import Verdict

LETTERS = {verdict.value[0]: verdict for verdict in Verdict}
TWO_INTERVALS = timedelta(seconds=20)


def trail(letters: str) -> Trail:
    """A trail of looks by the first letters of their verdicts."""
    made = Trail()
    for letter in letters:
        made = made.after(LETTERS[letter], None)
    return made


def window(letters: str, of: int, *times: float) -> Window:
    """The window of `of` values after looks at `times`, by default ten seconds apart."""
    when = times or [10.0 * number for number in range(len(letters))]
    return trail(letters).window(of, [at(one) for one in when], TWO_INTERVALS)


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("", Window(0, 0)),
        ("M", Window(1, 0)),
        ("MNM", Window(2, 1)),
        ("MNDM", Window(2, 2)),
        ("MMMNN", Window(3, 2)),
        ("MMMMNN", Window(3, 2)),
        ("NNNNNMM", Window(2, 3)),
    ],
)
def test_met_and_other_values_of_the_last_five_are_counted(letters: str, expected: Window) -> None:
    assert window(letters, 5) == expected


def test_unobserved_looks_take_no_place_in_the_window() -> None:
    assert window("MUMFM", 3) == Window(3, 0)
    assert window("MMUUN", 3, 0, 10, 12, 14, 20) == Window(2, 1)


def test_what_lies_before_a_gap_of_more_than_two_intervals_does_not_count() -> None:
    assert window("MMM", 3, 0, 10, 30) == Window(3, 0)
    assert window("MMM", 3, 0, 10, 31) == Window(1, 0)
    assert window("MMUUM", 3, 0, 10, 20, 30, 40) == Window(1, 0)


def test_times_are_counted_from_the_latest_as_a_trail_may_have_begun_later() -> None:
    assert window("MM", 5, 0, 10, 20, 30, 40) == Window(2, 0)


def test_a_trail_holds_the_last_looks_with_verdict_and_value() -> None:
    made = Trail()
    for number in range(LENGTH + 5):
        made = made.after(Verdict.MET, float(number))
    made = made.after(Verdict.FAILED, None)
    looks = list(made.looks())
    assert len(looks) == LENGTH
    assert looks[0] == (Verdict.MET, 6.0)
    verdict, value = looks[-1]
    assert verdict is Verdict.FAILED
    assert math.isnan(value)


def test_every_verdict_is_told_from_the_others() -> None:
    assert [verdict for verdict, _ in trail("MNDUF").looks()] == [LETTERS[x] for x in "MNDUF"]
