"""A token bucket: a burst, and then one at a time."""

from datetime import timedelta

from tests.core.making import T0, at
from tocsin.core.budgets import Budget

EVERY = timedelta(seconds=10)


def spend_all(budget: Budget) -> tuple[int, Budget]:
    """How many tokens there are, and the budget without them."""
    count = 0
    while spent := budget.spend():
        budget, count = spent, count + 1
    return count, budget


def test_a_full_budget_has_its_burst() -> None:
    assert spend_all(Budget.full(3, T0))[0] == 3


def test_a_spent_budget_gains_one_token_for_each_time_that_passes() -> None:
    _, empty = spend_all(Budget.full(3, T0))
    assert spend_all(empty.refilled(3, EVERY, at(9.9)))[0] == 0
    assert spend_all(empty.refilled(3, EVERY, at(10)))[0] == 1
    assert spend_all(empty.refilled(3, EVERY, at(25)))[0] == 2


def test_parts_of_a_token_are_kept() -> None:
    _, empty = spend_all(Budget.full(3, T0))
    assert spend_all(empty.refilled(3, EVERY, at(5)).refilled(3, EVERY, at(10)))[0] == 1


def test_a_budget_never_holds_more_than_its_burst() -> None:
    assert spend_all(Budget.full(3, T0).refilled(3, EVERY, at(1_000_000)))[0] == 3


def test_a_clock_that_went_back_gives_nothing_at_once_and_then_as_ever() -> None:
    _, empty = spend_all(Budget.full(3, at(3600)))
    back = empty.refilled(3, EVERY, at(0))
    assert spend_all(back)[0] == 0
    assert spend_all(back.refilled(3, EVERY, at(10)))[0] == 1


def test_a_spent_budget_says_when_the_next_token_is_there() -> None:
    _, empty = spend_all(Budget.full(3, T0))
    assert empty.next_token(EVERY) == at(10)
    assert empty.refilled(3, EVERY, at(4)).next_token(EVERY) == at(10)
    assert Budget.full(3, T0).next_token(EVERY) == T0
