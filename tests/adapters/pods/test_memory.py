"""How counters grew, by looks that are kept within bounds."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.adapters.pods.memory import Course, Memory
from tocsin.core.queries.home import Home
from tocsin.core.queries.pods import PodsQuery

KEY = (("a", "b"),)


def grown(course: Course, value: float, at: float, over: float = 60) -> float | None:
    growth = course.grow({KEY: value}, at, over).get(KEY)
    return None if growth is None else growth.amount


def test_a_window_begins_with_the_look_that_is_long_enough_ago() -> None:
    course = Course()
    for second in range(0, 301, 15):
        growth = course.grow({KEY: float(second)}, float(second), 60)
    assert growth[KEY].seconds == 60
    assert growth[KEY].amount == 60


def test_looks_farther_apart_than_the_window_still_make_a_rate() -> None:
    course = Course()
    assert grown(course, 0, 0) is None
    assert grown(course, 90, 300) == 90
    assert grown(course, 100, 600) == 10


def test_a_look_of_long_ago_begins_no_window() -> None:
    course = Course()
    grown(course, 0, 0)
    assert grown(course, 90, 7200) is None
    assert grown(course, 91, 7230) == 1


def test_a_series_that_was_away_begins_anew() -> None:
    course = Course()
    course.grow({KEY: 5.0}, 0, 60)
    course.grow({}, 30, 60)
    assert grown(course, 9, 60) is None
    assert grown(course, 10, 90) == 1


def test_a_counter_that_is_nan_is_as_if_it_were_away() -> None:
    course = Course()
    grown(course, 5, 0)
    assert grown(course, math.nan, 30) is None
    assert grown(course, 7, 60) is None


def test_two_looks_at_the_same_moment_make_no_rate() -> None:
    course = Course()
    grown(course, 1, 5)
    assert grown(course, 2, 5) is None


@given(
    steps=st.lists(st.tuples(st.floats(1, 200), st.integers(0, 1000)), min_size=1, max_size=60),
    over=st.floats(10, 900),
)
def test_growth_is_never_negative_and_few_looks_are_kept(
    steps: list[tuple[float, int]], over: float
) -> None:
    course, at = Course(), 0.0
    for seconds, value in steps:
        at += seconds
        growth = course.grow({KEY: float(value)}, at, over)
        assert all(one.amount >= 0 and one.seconds > 0 for one in growth.values())
        assert course.size <= 9


@given(values=st.lists(st.integers(0, 1000), min_size=2, max_size=20))
def test_with_resets_undone_the_growth_is_the_sum_of_the_steps(values: list[int]) -> None:
    course = Course()
    for second, value in enumerate(values):
        growth = course.grow({KEY: float(value)}, float(second), 900)
    steps = (now - before if now >= before else now for before, now in pairwise(values))
    assert growth[KEY].amount == pytest.approx(sum(steps))


def test_of_many_queries_that_which_was_not_asked_longest_is_forgotten() -> None:
    memory = Memory(most=10)
    queries = [PodsQuery(80, f"x{number}", home=Home("fraud")) for number in range(3)]
    for query in queries:
        course = memory.courses(query, ["uid"])["uid"]
        course.grow({(("n", str(n)),): 1.0 for n in range(2)}, 0, 60)
        memory.keep_within(query)
    kept = [memory.courses(query, ["uid"])["uid"].size for query in reversed(queries)]
    assert kept == [4, 4, 0]


def test_a_pod_that_is_gone_is_forgotten() -> None:
    memory, query = Memory(), PodsQuery(80, "x")
    memory.courses(query, ["old"])["old"].grow({KEY: 1.0}, 0, 60)
    assert set(memory.courses(query, ["new"])) == {"new"}
    assert memory.courses(query, ["old"])["old"].size == 0
