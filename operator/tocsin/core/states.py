"""The life of an alert, as a table.

Two rules: only an observed good value or a named end resolves an alert, so Unknown and Failed
hold; and an alert fires only after its condition was observed for as long as the rule says.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from tocsin.core.verdicts import Verdict


class State(StrEnum):
    """Where an alert stands. An inactive one has no entry anywhere."""

    INACTIVE = "Inactive"
    PENDING = "Pending"
    FIRING = "Firing"
    RECOVERING = "Recovering"  # good again, and kept firing for `keepFiringFor`
    RESOLVED = "Resolved"


class Move(StrEnum):
    """What a verdict does to an alert."""

    REST = "nothing to do"
    BEGIN = "becomes Pending, and Firing at once where the rule has no `for`"
    RIPEN = "becomes Firing once the condition has held for `for`, or in M of N values"
    CONTINUE = "goes on, observed"
    DROP = "ends without having fired"
    RESOLVE = "ends: a good value was observed; Recovering where the rule keeps it firing"
    RELAPSE = "is Firing again, as the same alert"
    SETTLE = "ends once good values were observed for `keepFiringFor`"
    HOLD = "stays as it is, unobserved"


_IDLE: Final = {
    Verdict.MET: Move.BEGIN,
    Verdict.NOT_MET: Move.REST,
    Verdict.DEADBAND: Move.REST,
    Verdict.UNKNOWN: Move.REST,
    Verdict.FAILED: Move.REST,
}

MOVES: Final[Mapping[State, Mapping[Verdict, Move]]] = {
    State.INACTIVE: _IDLE,
    State.PENDING: {
        Verdict.MET: Move.RIPEN,
        Verdict.NOT_MET: Move.DROP,
        Verdict.DEADBAND: Move.DROP,
        Verdict.UNKNOWN: Move.HOLD,
        Verdict.FAILED: Move.HOLD,
    },
    State.FIRING: {
        Verdict.MET: Move.CONTINUE,
        Verdict.NOT_MET: Move.RESOLVE,
        Verdict.DEADBAND: Move.CONTINUE,
        Verdict.UNKNOWN: Move.HOLD,
        Verdict.FAILED: Move.HOLD,
    },
    State.RECOVERING: {
        Verdict.MET: Move.RELAPSE,
        Verdict.NOT_MET: Move.SETTLE,
        Verdict.DEADBAND: Move.CONTINUE,
        Verdict.UNKNOWN: Move.HOLD,
        Verdict.FAILED: Move.HOLD,
    },
    State.RESOLVED: _IDLE,  # a resolved alert that is met again is a new one under the same id
}
