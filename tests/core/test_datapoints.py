"""M of N: when it fires, what ends it, and what gaps, restarts and edits do to its window."""

from dataclasses import replace

import pytest

from tests.core.making import (
    SCORER,
    alert,
    answer,
    at,
    evaluated,
    inventory,
    of_scorer,
    rule,
    seconds,
    steps,
    workload,
)
from tocsin.core.alerts import EndReason
from tocsin.core.evaluate import Evaluation, Past, evaluate
from tocsin.core.gathering import gather
from tocsin.core.rules import Datapoints, Rule
from tocsin.core.samples import Answer, Failure, FailureKind
from tocsin.core.states import State

THERE = inventory(workload(SCORER))
THREE_OF_FIVE = rule(datapoints=Datapoints(3, 5))
SAID: dict[str, Answer] = {
    "M": answer(of_scorer(12)),
    "D": answer(of_scorer(7)),
    "N": answer(of_scorer(3)),
    "U": answer(),
    "F": Failure(FailureKind.TIMEOUT, "no answer within 10s"),
}


def lived(letters: str, of: Rule = THREE_OF_FIVE) -> list[Evaluation]:
    """Evaluations ten seconds apart, each after the answer that a letter stands for."""
    return steps(of, [(10.0 * n, SAID[letter]) for n, letter in enumerate(letters)], THERE)


def states(letters: str, of: Rule = THREE_OF_FIVE) -> str:
    """The first letter of the state after each answer; - where there is no alert."""
    alerts = ([*one.alerts.values()] for one in lived(letters, of))
    return "".join(its[0].state.value[0] if its else "-" for its in alerts)


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("MMM", "PPF"),
        ("MNMNM", "PPPPF"),
        ("MNNMNM", "PPPPPP"),  # three, but of six
        ("MNNNNN", "PPPPP-"),
        ("MDDDDD", "PPPPP-"),
        ("NNNNN", "-----"),
        ("MMDDM", "PPPPF"),
    ],
)
def test_it_fires_once_so_many_of_the_last_values_were_met_one_after_the_other_or_not(
    letters: str, expected: str
) -> None:
    assert states(letters) == expected


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("MMMNN", "PPFFF"),  # three of five still
        ("MMMNNN", "PPFFF-"),
        ("MMMNMNMN", "PPFFFFF-"),  # the last five are NMNMN
        ("MMMDDN", "PPFFF-"),
        ("MMMDDD", "PPFFFF"),  # no good value was seen
    ],
)
def test_it_ends_at_a_good_value_once_fewer_were_met(letters: str, expected: str) -> None:
    assert states(letters) == expected


@pytest.mark.parametrize("unseen", ["U", "F"])
def test_what_is_unobserved_in_between_takes_no_place(unseen: str) -> None:
    assert states(f"M{unseen}M{unseen}M") == "PPPPF"
    assert states(f"MMM{unseen}N{unseen}N{unseen}N") == "PPFFFFFF-"


def test_one_of_one_fires_at_once_and_ends_at_once() -> None:
    assert states("MNMD", rule(datapoints=Datapoints(1, 1))) == "F-FF"


def test_the_value_that_makes_it_fire_is_a_met_one() -> None:
    narrower = rule(datapoints=Datapoints(1, 5))
    before = lived("MM", rule(datapoints=Datapoints(3, 5)))[-1]
    good = evaluate(narrower, before.past, gather(narrower, THERE, SAID["N"]), at(20))
    assert [one.state for one in good.alerts.values()] == [State.PENDING]
    bad = evaluate(narrower, good.past, gather(narrower, THERE, SAID["M"]), at(30))
    assert bad.fired


@pytest.mark.parametrize("matching", [1, 2])
def test_fewer_that_match_count_from_the_next_met_value_on(matching: int) -> None:
    before = lived("MM")[-1]
    edited = rule(datapoints=Datapoints(matching, 5))
    after = evaluate(edited, before.past, gather(edited, THERE, SAID["M"]), at(20))
    assert after.fired


def test_more_that_match_let_what_fires_end_only_as_they_say() -> None:
    before = lived("MMM")[-1]
    edited = rule(datapoints=Datapoints(5, 5))
    same = evaluate(edited, before.past, gather(edited, THERE, SAID["M"]), at(30))
    assert [one.state for one in same.alerts.values()] == [State.FIRING]
    after = evaluate(edited, same.past, gather(edited, THERE, SAID["N"]), at(40))
    assert [one.reason for one in after.ended] == [EndReason.RECOVERED]


def test_what_lies_before_a_gap_does_not_help_to_fire() -> None:
    *_, last = steps(
        THREE_OF_FIVE, [(0, SAID["M"]), (10, SAID["M"]), (31, SAID["M"]), (41, SAID["M"])], THERE
    )
    assert [one.state for one in last.alerts.values()] == [State.PENDING]
    assert last.fired == ()


def test_after_a_gap_or_a_restart_it_ends_after_as_many_good_values_as_ever() -> None:
    gap = steps(
        THREE_OF_FIVE,
        [
            *((10.0 * n, SAID["M"]) for n in range(5)),
            *((100.0 + 10 * n, SAID["N"]) for n in (0, 1)),
        ],
        THERE,
    )[-1]
    restarted = alert(observed_at=None)
    first = evaluated(THREE_OF_FIVE, {restarted.id: restarted}, SAID["N"], THERE, at(100))
    second = evaluate(THREE_OF_FIVE, first.past, gather(THREE_OF_FIVE, THERE, SAID["N"]), at(110))
    for before in (gap, second):
        assert [one.state for one in before.alerts.values()] == [State.FIRING]
        third = evaluate(
            THREE_OF_FIVE, before.past, gather(THREE_OF_FIVE, THERE, SAID["N"]), at(120)
        )
        assert [one.reason for one in third.ended] == [EndReason.RECOVERED]


def test_a_pending_alert_that_comes_back_needs_a_whole_new_window() -> None:
    pending = replace(alert(state=State.PENDING, fired_at=None), observed_at=None)
    past = Past({pending.id: pending})
    for number, expected in enumerate(["P", "P", "F"]):
        done = evaluate(
            THREE_OF_FIVE, past, gather(THREE_OF_FIVE, THERE, SAID["M"]), at(50 + 10 * number)
        )
        past = done.past
        assert [one.state.value[0] for one in done.alerts.values()] == [expected]


def test_one_met_value_does_not_fire_a_recovering_alert_again_but_m_of_n_do() -> None:
    kept = rule(datapoints=Datapoints(2, 3), keep_firing_for=seconds(60))
    assert states("MMNNMNMM", kept) == "PFFRRRFF"
