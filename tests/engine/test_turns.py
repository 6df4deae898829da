"""Whose query is next: namespaces in turn, within their share of the slots and their ration."""

from datetime import timedelta

from tests.core.making import T0, at
from tocsin.api.settings import Settings
from tocsin.engine.turns import Pool, Rations, Turn, Turns, pools_of


def turns(slots: int = 4, share: int = 2, per_second: int = 1000) -> Turns[str]:
    return Turns(Pool(slots, share, timedelta(seconds=10)), Rations(per_second))


def join(waiting: Turns[str], namespace: str, count: int) -> None:
    for number in range(count):
        waiting.join(f"{namespace}{number}", namespace, T0)


def test_namespaces_that_wait_take_turns_whatever_the_length_of_their_queues() -> None:
    waiting = turns(slots=1, share=1)
    join(waiting, "a", 100)
    join(waiting, "b", 2)
    join(waiting, "c", 1)
    asked = []
    for _ in range(6):
        [turn] = waiting.take(T0)
        asked.append(turn.question)
        waiting.done(turn)
    assert asked == ["a0", "b0", "c0", "a1", "b1", "a2"]


def test_no_namespace_holds_more_than_its_share_of_the_slots() -> None:
    waiting = turns(slots=4, share=2)
    join(waiting, "a", 100)
    held = list(waiting.take(T0))
    assert [turn.question for turn in held] == ["a0", "a1"]
    waiting.done(held[0])
    assert [turn.question for turn in waiting.take(T0)] == ["a2"]


def test_a_quarter_of_the_slots_is_for_namespaces_that_hold_none() -> None:
    assert [Pool(n, 1).kept for n in (2, 4, 7, 8, 64)] == [1, 1, 1, 2, 16]
    waiting = turns(slots=4, share=2)
    join(waiting, "a", 100)
    join(waiting, "b", 100)
    assert [turn.namespace for turn in waiting.take(T0)] == ["a", "b", "a"]
    join(waiting, "c", 1)
    assert [turn.namespace for turn in waiting.take(T0)] == ["c"]


def test_a_namespace_whose_share_is_everything_takes_everything() -> None:
    waiting = turns(slots=3, share=3)
    join(waiting, "a", 5)
    assert len(list(waiting.take(T0))) == 3


def test_all_slots_are_used_and_not_one_more() -> None:
    waiting = turns(slots=3, share=2)
    for namespace in "abc":
        join(waiting, namespace, 5)
    assert [turn.namespace for turn in waiting.take(T0)] == ["a", "b", "c"]
    assert list(waiting.take(T0)) == []


def test_a_question_of_two_namespaces_is_asked_in_the_turn_of_the_first_and_once() -> None:
    waiting = turns(slots=1, share=1, per_second=2)
    join(waiting, "a", 50)
    waiting.join("shared", "a", T0)
    waiting.join("shared", "b", T0)
    [first] = waiting.take(T0)
    waiting.done(first)
    [second] = waiting.take(T0)
    assert second == Turn("shared", "b")
    assert not waiting.waits("shared")
    waiting.done(second)
    left = []
    for _ in range(60):
        for turn in waiting.take(at(100)):
            left.append(turn.question)
            waiting.done(turn)
    assert "shared" not in left


def test_a_namespace_asks_as_often_in_a_second_as_it_may_and_not_once_more() -> None:
    waiting = turns(slots=100, share=100, per_second=20)
    join(waiting, "a", 50)
    join(waiting, "b", 1)
    asked = list(waiting.take(T0))
    assert [turn.namespace for turn in asked].count("a") == 20
    assert [turn.namespace for turn in asked].count("b") == 1
    assert waiting.due(T0) == T0 + timedelta(milliseconds=50)
    assert [turn.question for turn in waiting.take(at(0.05))] == ["a20"]
    assert [turn.question for turn in waiting.take(at(0.5))] == [f"a{n}" for n in range(21, 30)]


def test_an_answer_that_was_much_work_counts_like_so_many_queries() -> None:
    rations = Rations(10)
    waiting = Turns[str](Pool(9, 9, timedelta(seconds=10)), rations)
    join(waiting, "a", 2)
    [first, _] = waiting.take(T0)
    rations.charge(first.namespace, 20, T0)
    waiting.join("next", "a", T0)
    assert waiting.due(T0) == at(1.3)
    assert list(waiting.take(at(1.2))) == []
    assert [turn.question for turn in waiting.take(at(1.3))] == ["next"]


def test_a_ration_holds_for_all_sources_together() -> None:
    rations = Rations(3)
    one, other = (Turns[str](Pool(9, 9, timedelta(seconds=10)), rations) for _ in range(2))
    join(one, "a", 2)
    join(other, "a", 2)
    assert len([*one.take(T0), *other.take(T0)]) == 3


def test_what_finds_no_slot_for_too_long_is_given_up() -> None:
    waiting = turns(slots=2, share=1)
    join(waiting, "a", 3)
    assert len(list(waiting.take(T0))) == 1
    assert waiting.due(T0) == at(10)
    assert list(waiting.give_up(at(9.9))) == []
    assert [turn.question for turn in waiting.give_up(at(10))] == ["a1", "a2"]
    assert waiting.due(at(10)) is None


def test_what_waits_for_its_ration_is_not_given_up() -> None:
    waiting = turns(slots=9, share=9, per_second=1)
    join(waiting, "a", 30)
    for second in range(30):
        for turn in waiting.take(at(second)):
            waiting.done(turn)
        assert list(waiting.give_up(at(second))) == []
    assert waiting.due(at(30)) is None


def test_a_shared_question_is_given_up_only_when_no_namespace_waits_for_it_any_more() -> None:
    waiting = turns(slots=1, share=1)
    join(waiting, "a", 1)
    list(waiting.take(T0))
    waiting.join("shared", "a", T0)
    waiting.join("shared", "b", at(5))
    assert list(waiting.give_up(at(10))) == []
    assert list(waiting.give_up(at(15))) == [Turn("shared", "b")]


def sourced(**more: object) -> Settings:
    source = {"name": "a", "prometheus": {"url": "http://p", "timeout": "7s", **more}}
    return Settings.model_validate({"clusterName": "c", "sources": [source]})


def test_a_namespace_has_half_of_the_slots_at_least_one_or_what_is_set() -> None:
    patience = timedelta(seconds=7)
    assert pools_of(sourced()) == {"a": Pool(8, 4, patience)}
    assert pools_of(sourced(concurrency=1)) == {"a": Pool(1, 1, patience)}
    assert pools_of(sourced(concurrency=5, perNamespace=4)) == {"a": Pool(5, 4, patience)}
    assert pools_of(sourced(concurrency=2, perNamespace=9)) == {"a": Pool(2, 2, patience)}


def test_a_namespace_that_is_watched_alone_has_all_slots() -> None:
    settings = sourced().model_copy(update={"watch_namespaces": ["fraud"]})
    assert pools_of(settings)["a"].share == 8
