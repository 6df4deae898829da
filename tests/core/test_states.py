"""The table of states: each cell, and that there is no other."""

import pytest

from tocsin.core.states import MOVES, Move, State
from tocsin.core.verdicts import Verdict

I, P, F = State.INACTIVE, State.PENDING, State.FIRING  # noqa: E741  # as in the table
K, R = State.RECOVERING, State.RESOLVED

CELLS = [
    (I, Verdict.MET, Move.BEGIN),
    (I, Verdict.NOT_MET, Move.REST),
    (I, Verdict.DEADBAND, Move.REST),
    (I, Verdict.UNKNOWN, Move.REST),
    (I, Verdict.FAILED, Move.REST),
    (P, Verdict.MET, Move.RIPEN),
    (P, Verdict.NOT_MET, Move.DROP),
    (P, Verdict.DEADBAND, Move.DROP),
    (P, Verdict.UNKNOWN, Move.HOLD),
    (P, Verdict.FAILED, Move.HOLD),
    (F, Verdict.MET, Move.CONTINUE),
    (F, Verdict.NOT_MET, Move.RESOLVE),
    (F, Verdict.DEADBAND, Move.CONTINUE),
    (F, Verdict.UNKNOWN, Move.HOLD),
    (F, Verdict.FAILED, Move.HOLD),
    (K, Verdict.MET, Move.RELAPSE),
    (K, Verdict.NOT_MET, Move.SETTLE),
    (K, Verdict.DEADBAND, Move.CONTINUE),
    (K, Verdict.UNKNOWN, Move.HOLD),
    (K, Verdict.FAILED, Move.HOLD),
    (R, Verdict.MET, Move.BEGIN),
    (R, Verdict.NOT_MET, Move.REST),
    (R, Verdict.DEADBAND, Move.REST),
    (R, Verdict.UNKNOWN, Move.REST),
    (R, Verdict.FAILED, Move.REST),
]


@pytest.mark.parametrize(("state", "verdict", "move"), CELLS)
def test_a_state_and_a_verdict_make_a_move(state: State, verdict: Verdict, move: Move) -> None:
    assert MOVES[state][verdict] is move


def test_the_table_is_complete() -> None:
    cells = {(state, verdict) for state, row in MOVES.items() for verdict in row}
    assert cells == {(state, verdict) for state in State for verdict in Verdict}
    assert cells == {(state, verdict) for state, verdict, _ in CELLS}


def test_each_move_occurs() -> None:
    assert {move for row in MOVES.values() for move in row.values()} == set(Move)


def test_only_an_observed_good_value_resolves() -> None:
    resolving = {
        (state, verdict)
        for state, row in MOVES.items()
        for verdict, move in row.items()
        if move in (Move.RESOLVE, Move.SETTLE)
    }
    assert resolving == {(State.FIRING, Verdict.NOT_MET), (State.RECOVERING, Verdict.NOT_MET)}
