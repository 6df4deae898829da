"""Who may act, by clocks that agree on nothing but how fast they run."""

import math
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.core.making import T0
from tocsin.core.leadership import (
    Attempt,
    Sighting,
    Term,
    after,
    attempt_lasts,
    in_doubt,
    is_sure,
    may_act,
    out_of_sight,
    sighted,
    takeable_at,
)
from tocsin.core.lease import Lease

EVERY = timedelta(seconds=5)
HELD = Lease("a", T0, T0, timedelta(seconds=15), version="1")

seconds = st.floats(0, 100)
offsets = st.floats(-1e6, 1e6)


def test_where_there_never_was_a_lease_it_is_taken_at_once() -> None:
    seen = sighted(None, None, 7)
    assert (seen.stored, takeable_at(seen, "b", EVERY)) == (None, 7)


def test_a_lease_that_was_given_back_is_taken_at_once() -> None:
    assert takeable_at(sighted(None, replace(HELD, holder=""), 7), "b", EVERY) == 7


def test_a_former_process_of_the_same_pod_is_not_waited_for() -> None:
    assert takeable_at(sighted(None, HELD, 7), "a", EVERY) == 7


def test_a_lease_of_another_is_taken_once_it_was_seen_not_to_change_for_its_duration() -> None:
    seen = sighted(None, HELD, 7)
    assert takeable_at(seen, "b", EVERY) == 22
    assert sighted(seen, HELD, 21.9) == seen
    renewed = sighted(seen, replace(HELD, version="2"), 21.9)
    assert takeable_at(renewed, "b", EVERY) == 36.9


def test_how_old_the_renewal_says_it_is_does_not_count() -> None:
    old = replace(HELD, renewed_at=T0 - timedelta(days=300))
    assert takeable_at(sighted(None, old, 7), "b", EVERY) == 22


def test_the_longer_of_both_durations_counts_but_not_one_that_was_made_up() -> None:
    def waited(duration: float) -> float:
        lease = replace(HELD, duration=timedelta(seconds=duration))
        return takeable_at(sighted(None, lease, 0), "b", EVERY)

    assert [waited(duration) for duration in (0, 15, 30, 1e6)] == [15, 15, 30, 60]


def test_a_lease_that_was_deleted_is_left_to_its_holder_for_its_duration() -> None:
    seen = sighted(None, HELD, 0)
    gone = sighted(seen, None, 10)
    assert (gone.stored, takeable_at(gone, "b", EVERY)) == (None, 25)
    assert sighted(gone, None, 12) == gone
    made_again = replace(HELD, version="9")
    assert sighted(gone, made_again, 13) == Sighting(made_again, 13)


def test_a_lease_that_was_made_again_with_the_same_version_is_another() -> None:
    gone = sighted(sighted(None, HELD, 0), None, 10)
    assert sighted(gone, HELD, 11) == Sighting(HELD, 11)


def test_after_the_api_server_was_out_of_sight_the_holder_gets_the_whole_time() -> None:
    blind = out_of_sight(sighted(None, HELD, 0))
    assert blind
    assert takeable_at(blind, "b", EVERY) == math.inf
    assert takeable_at(sighted(blind, HELD, 60), "b", EVERY) == 75
    assert takeable_at(sighted(blind, None, 60), "b", EVERY) == 75
    assert out_of_sight(None) is None


def test_a_renewal_counts_from_when_it_was_begun() -> None:
    term = after(Term(0), Attempt.RENEWED, EVERY, begun=5, ended=9)
    assert term == Term(5)
    assert may_act(term, EVERY, 14.9)
    assert not may_act(term, EVERY, 15)


def test_a_renewal_that_is_answered_after_a_pause_gives_nothing() -> None:
    term = after(Term(0), Attempt.RENEWED, EVERY, begun=5, ended=25)
    assert term
    assert not may_act(term, EVERY, 25)


def test_while_the_api_server_answers_nobody_its_holder_goes_on_but_is_not_sure() -> None:
    term: Term | None = Term(0)
    for begun in range(5, 600, 5):
        assert term
        assert may_act(term, EVERY, begun)
        term = after(term, Attempt.UNREACHABLE, EVERY, begun=begun, ended=begun + 5)
    assert term
    assert not is_sure(term, EVERY, 10)
    assert may_act(term, EVERY, 600)


def test_an_attempt_during_which_the_process_stood_still_excuses_nothing() -> None:
    term = after(Term(0), Attempt.UNREACHABLE, EVERY, begun=5, ended=25)
    assert term == Term(0)
    assert not may_act(term, EVERY, 25)


def test_a_pause_in_an_outage_ends_the_excuse() -> None:
    term = after(Term(0), Attempt.UNREACHABLE, EVERY, begun=20, ended=25)
    assert term
    assert may_act(term, EVERY, 34.9)
    assert not may_act(term, EVERY, 45)


def test_a_refusal_ends_the_term_once_it_is_over_and_another_holder_at_once() -> None:
    assert after(Term(0), Attempt.REFUSED, EVERY, begun=5, ended=6) == Term(0)
    assert after(Term(0), Attempt.REFUSED, EVERY, begun=9, ended=10) is None
    excused = Term(0, excused=100)
    assert after(excused, Attempt.REFUSED, EVERY, begun=20, ended=21) is None
    assert after(Term(0), Attempt.TAKEN, EVERY, begun=1, ended=2) is None


def test_in_doubt_nothing_is_done_before_the_lease_was_asked() -> None:
    assert not may_act(in_doubt(Term(0, excused=100)), EVERY, 1)


def test_an_attempt_ends_before_the_next_one_is_due() -> None:
    lasts = [attempt_lasts(timedelta(seconds=every)) for every in (1, 5, 10)]
    assert lasts == [1, 5, 5]


@given(
    renewals=st.lists(st.tuples(st.floats(0.1, 40), st.floats(0, 5)), min_size=1, max_size=20),
    late=st.floats(0, 30),
    holders=offsets,
    candidates=offsets,
)
def test_nobody_takes_it_while_its_holder_is_sure(
    renewals: list[tuple[float, float]], late: float, holders: float, candidates: float
) -> None:
    """`renewals`: after how long each is begun, and how long it takes until it is stored."""
    now, term, seen = 0.0, Term(holders), sighted(None, HELD, candidates)
    for version, (pause, lasts) in enumerate(renewals, 2):
        begun = now + pause
        stored = begun + lasts
        if takeable_at(seen, "b", EVERY) - candidates < stored:
            break  # by then it is taken, and the renewal conflicts
        renewed = after(term, Attempt.RENEWED, EVERY, begun=begun + holders, ended=stored + holders)
        assert renewed
        lease = replace(HELD, version=str(version))
        now, term = stored, renewed
        seen = sighted(seen, lease, stored + late + candidates)
    taken = takeable_at(seen, "b", EVERY) - candidates
    assert not is_sure(term, EVERY, taken + holders)
    assert not may_act(term, EVERY, taken + holders)


@given(
    attempts=st.lists(
        st.tuples(st.sampled_from(Attempt), st.floats(0, 20), st.floats(0, 40)), max_size=20
    ),
    idle=st.floats(0, 60),
)
def test_whoever_may_act_was_answered_or_knows_of_an_outage_within_two_renewals(
    attempts: list[tuple[Attempt, float, float]], idle: float
) -> None:
    now, term, word = 0.0, Term(0), 0.0
    for attempt, pause, lasts in attempts:
        begun, ended = now + pause, now + pause + lasts
        following = after(term, attempt, EVERY, begun=begun, ended=ended)
        if following is None:
            assert attempt in (Attempt.TAKEN, Attempt.REFUSED)
            return
        if attempt is Attempt.RENEWED:
            word = begun
        elif attempt is Attempt.UNREACHABLE and lasts <= 10:
            word = ended
        now, term = ended, following
    assert may_act(term, EVERY, now + idle) <= (now + idle - word <= 10 + 1e-6)
