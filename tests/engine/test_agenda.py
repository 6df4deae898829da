"""The agenda: each item due once, earliest first; and how long to wait before trying again."""

from datetime import timedelta

from tests.core.making import at
from tocsin.engine.agenda import Agenda, Item, Task
from tocsin.engine.backoff import delay_after

A, B, C = (Item(Task.EVALUATE, name) for name in "abc")


def taken(agenda: Agenda, when: float) -> list[Item]:
    return [item for item, _ in agenda.take_due(at(when))]


def test_what_is_due_comes_earliest_first_and_once() -> None:
    agenda = Agenda()
    for item, when in ((B, 2), (A, 1), (C, 9)):
        agenda.put(item, at(when))
    assert taken(agenda, 5) == [A, B]
    assert taken(agenda, 5) == []
    assert agenda.next_due() == at(9)


def test_putting_an_item_again_moves_it_either_way() -> None:
    agenda = Agenda()
    agenda.put(A, at(1))
    agenda.put(A, at(5))
    assert taken(agenda, 4) == []
    agenda.put(A, at(2))
    assert (taken(agenda, 4), agenda.next_due()) == ([A], None)


def test_put_by_only_makes_an_item_due_earlier() -> None:
    agenda = Agenda()
    agenda.put_by(A, at(5))
    agenda.put_by(A, at(9))
    assert agenda.next_due() == at(5)
    agenda.put_by(A, at(1))
    assert agenda.next_due() == at(1)


def test_what_is_dropped_is_not_due() -> None:
    agenda = Agenda()
    agenda.put(A, at(1))
    agenda.drop(A)
    agenda.drop(B)
    assert (taken(agenda, 9), agenda.next_due()) == ([], None)


def test_all_that_is_due_can_be_shifted_and_keeps_its_order() -> None:
    agenda = Agenda()
    agenda.put(A, at(1))
    agenda.put(B, at(5))
    agenda.put(A, at(9))
    agenda.shift(at(2) - at(5))
    assert taken(agenda, 2) == [B]
    assert agenda.next_due() == at(6)


def test_items_due_at_the_same_time_come_in_the_order_in_which_they_were_put() -> None:
    agenda = Agenda()
    for item in (C, A, B):
        agenda.put(item, at(1))
    assert taken(agenda, 1) == [C, A, B]


def test_waits_double_up_to_half_a_minute() -> None:
    waits = [delay_after(attempts) for attempts in (0, 1, 2, 3, 4, 5, 6, 1_000_000)]
    assert waits == [timedelta(seconds=count) for count in (1, 1, 2, 4, 8, 16, 30, 30)]


def test_it_says_what_waits_to_be_taken_and_that_something_was_put() -> None:
    agenda, put = Agenda(), []
    agenda.on_put = lambda: put.append(1)
    agenda.put(A, at(3))
    assert (agenda.is_due(A, at(2)), agenda.is_due(A, at(3)), agenda.is_due(B, at(3))) == (
        False,
        True,
        False,
    )
    assert put == [1]
