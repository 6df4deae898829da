"""What is done about an annotation, given the silences that were made for it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.annotated import Decision, Made, Source, decide
from tocsin.core.notify.silences import SilenceKey

T0 = datetime(2026, 1, 31, 12, tzinfo=UTC)
SOURCE = Source(ObjectRef("Deployment", "fraud", "scorer"), "u1", "2h deploy", "alice")


def made_for(source: Source, name: str = "one", *, removed: bool = False) -> Made:
    """A silence for what `source` asks."""
    return Made(SilenceKey("fraud", name), source.mark, removed)


def nobody(_: SilenceKey) -> bool:
    """No name is taken."""
    return False


def test_a_text_that_nothing_was_made_for_is_silenced_in_the_objects_namespace() -> None:
    decision = decide(SOURCE, [], nobody, T0)
    assert decision.make
    assert str(decision.make.key) == f"fraud/scorer-{SOURCE.mark[:10]}"
    assert decision.make.asked.lasts == timedelta(hours=2)
    whole = Source(ObjectRef("Namespace", "", "fraud"), "u2", "2h move")
    order = decide(whole, [], nobody, T0).make
    assert order
    assert order.key.namespace == "fraud"


def test_a_text_that_was_silenced_is_left_alone_however_often_it_is_applied() -> None:
    again = replace(SOURCE, text=" 2h deploy\n", by="gitops")
    assert decide(again, [made_for(SOURCE)], nobody, T0) == Decision()


def test_a_text_that_was_taken_away_ends_its_silence_and_silences_anew_when_it_comes_back() -> None:
    gone = decide(replace(SOURCE, text=""), [made_for(SOURCE)], nobody, T0)
    assert gone == Decision(end=(SilenceKey("fraud", "one"),))
    before = made_for(SOURCE, f"scorer-{SOURCE.mark[:10]}", removed=True)
    back = decide(SOURCE, [before], lambda key: key == before.key, T0)
    assert back.make
    assert back.make.key.name == f"scorer-{SOURCE.mark[:10]}-1"
    assert back.end == ()


def test_another_text_ends_what_the_former_asked_for() -> None:
    decision = decide(replace(SOURCE, text="3h deploy"), [made_for(SOURCE)], nobody, T0)
    assert decision.make
    assert decision.end == (SilenceKey("fraud", "one"),)


def test_the_same_text_on_an_object_that_was_made_again_silences_anew() -> None:
    assert replace(SOURCE, uid="u2").mark != SOURCE.mark


def test_a_malformed_text_is_a_problem_and_silences_nothing() -> None:
    decision = decide(replace(SOURCE, text="soon"), [made_for(SOURCE)], nobody, T0)
    assert decision.make is None
    assert "no duration" in decision.problem or "say why" in decision.problem
    assert decision.end == (SilenceKey("fraud", "one"),)


def test_a_time_that_has_passed_is_a_problem_unless_it_was_silenced_until_then() -> None:
    late = replace(SOURCE, text="until 2026-01-31T11:00Z deploy")
    assert "has passed" in decide(late, [], nobody, T0).problem
    assert decide(late, [made_for(late)], nobody, T0) == Decision()
    far = replace(SOURCE, text="until 2028-01-31T11:00Z deploy")
    assert "more than 365 days away" in decide(far, [], nobody, T0).problem


def test_one_that_somebody_deleted_comes_back_ended() -> None:
    forever = replace(SOURCE, text="untilResolved deploy")
    order = decide(forever, [], nobody, T0, lost={forever.mark}).make
    assert order
    assert (order.asked.until, order.asked.until_resolved) == (T0, False)


NAMES = st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?", fullmatch=True)


@given(NAMES, st.integers(0, 3))
def test_any_objects_name_gives_a_silence_a_name_that_fits(name: str, others: int) -> None:
    source = replace(SOURCE, ref=ObjectRef("Deployment", "fraud", name))
    taken = {f"-{number}" for number in range(1, others)}
    order = decide(
        source,
        [],
        lambda key: bool(others) and (key.name[-2:] in taken or key.name[-2] != "-"),
        T0,
    ).make
    assert order
    assert len(order.key.name) <= 63
    assert order.key.name.replace("-", "").isalnum()
    assert order.key.name[0] != "-"
