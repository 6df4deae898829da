"""What can be wrong with a history, and the causes that everything in it must have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.recover.apiserver import RULE
from tests.recover.clockwork import SECOND
from tests.recover.observed import (
    AT_REST,
    GONE,
    MET,
    OTHERS,
    UNTOLD,
    WELL,
    Look,
    Observed,
    duration,
)

LOST, INVENTED, CHANGED, DOUBLED = "lost", "invented", "changed", "doubled"
_STATES: Final = {"WorkloadDeleted": GONE, "WorkloadDeselected": OTHERS, "ScaledToZero": AT_REST}


@dataclass(frozen=True)
class Violation:
    """What does not hold, since when it shows."""

    kind: str
    at: int
    what: str

    def __str__(self) -> str:
        return f"{self.at / SECOND:8.3f}  {self.kind}: {self.what}"


class Causes:
    """Whether there was a reason to fire or to resolve."""

    def __init__(self, observed: Observed) -> None:
        self._observed = observed

    def of_firing(self, shown: int, rule: str, workload: str, at: int) -> Iterator[Violation]:
        """It was observed to hold for as long as the rule said."""
        looks = self._observed.looks[rule, workload]
        met = [look for look in looks if look.at == at and look.verdict == MET]
        if not met:
            what = f"{rule}/{workload} fired at {at / SECOND} without a sample that met it"
            yield Violation(INVENTED, shown, what)
            return
        longest = max(self._observed.held(rule, workload, look) for look in met)
        needed = min(self._least_for(rule, look) for look in met)
        if longest < needed:
            what = f"{rule}/{workload} fired at {at / SECOND} after {longest} of {needed} ms"
            yield Violation(INVENTED, shown, what)

    def of_end(
        self, shown: int, rule: str, workload: str, at: int, reason: str
    ) -> Iterator[Violation]:
        """A good value was observed, or what `reason` names had happened."""
        if not self._ended(rule, workload, at, reason):
            what = f"{rule}/{workload} resolved at {at / SECOND} as {reason} without a cause"
            yield Violation(INVENTED, shown, what)

    def _least_for(self, rule: str, look: Look) -> int:
        """The `for` that the operator went by, or the shortest that it may have gone by."""
        known = [look.known] if look.sure else [k for k in self._observed.rules[rule] if k.spec]
        return min(duration(one.spec["for"]) for one in known)

    def _ended(self, rule: str, workload: str, at: int, reason: str) -> bool:
        looks = self._observed.looks[rule, workload]
        if reason == "Recovered":
            return any(look.at == at and look.verdict == WELL for look in looks)
        # A decision bears the time of its question, and knows what came until the answer.
        until = self._observed.answered.get((rule, at), at)
        if reason in _STATES:
            states = [(time, state) for time, _, state in self._observed.workloads[workload]]
            return _STATES[reason] in _in_force(states, UNTOLD, at, until)
        rules = [(known.at, known) for known in self._observed.rules[rule]]
        match reason:
            case "RuleSuspended":
                return any(known and known.suspended for known in _in_force(rules, None, at, until))
            case "RuleChanged":
                changes = [c for c in self._observed.changes[RULE, rule] if c.at <= at and c.body]
                return len({str(_criterion(change.body)) for change in changes}) > 1
            case "RuleDeleted":
                changes = self._observed.changes[RULE, rule]
                return any(change.body is None and change.at <= at for change in changes)
        return False


def _in_force(states: list[tuple[int, Any]], first: Any, at: int, until: int) -> list[Any]:
    """All that was known at some time from `at` to `until`."""
    before = [state for time, state in states if time < at]
    return [before[-1] if before else first] + [s for time, s in states if at <= time <= until]


def _criterion(body: Mapping[str, Any] | None) -> Any:
    return body["criterion"] if body else None
