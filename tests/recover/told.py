"""What must hold of Events: each episode is told, once for each object, and nothing else is."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.recover.apiserver import RULE
from tests.recover.clockwork import SECOND, read_ms
from tests.recover.journal import Recorded
from tests.recover.observed import Observed
from tests.recover.statuses import alerts, history
from tests.recover.violations import INVENTED, LOST, Causes, Violation

FIRING, RESOLVED = "AlertFiring", "AlertResolved"
#: A status that was decided on stands at last after so long, if its process lives on.
_WRITTEN_BY: Final = 60 * SECOND


@dataclass(frozen=True)
class Happened:
    """An alert fired, or it ended, at `at`."""

    reason: str
    uid: str
    alert: str
    at: int


class Told:
    """Checks the Events of a history."""

    def __init__(self, observed: Observed) -> None:
        self._observed = observed
        self._causes = Causes(observed)
        self._events = [e for e in observed.events if e.reason in (FIRING, RESOLVED)]

    def violations(self) -> Iterator[Violation]:
        """All that is wrong with them."""
        stood = self._stood()
        told = {_happened(e) for e in self._events if e.on.startswith(RULE)}
        for happened, shown in stood.items():
            if happened in told or self._met_unreadable(happened, shown):
                continue
            if not self._gone_with_its_rule(happened, shown):
                yield Violation(LOST, shown, f"nobody was told: {happened}")
        times: Counter[Any] = Counter()
        for event in self._events:
            yield from self._caused(event)
            times[event.life, event.on, event.uid, _happened(event)] += event.answered
            if times[event.life, event.on, event.uid, _happened(event)] > 1:
                yield Violation(INVENTED, event.at, f"told twice: {event}")
            if event.on.startswith(RULE) and event.reason == FIRING:
                yield from self._stands(event, stood)

    def _gone_with_its_rule(self, happened: Happened, shown: int) -> bool:
        """Rule and process are gone: nobody is left who could tell, and nothing to tell it on."""
        rule, _ = self._observed.names[happened.alert]
        gone = [
            c.at for c in self._observed.changes[RULE, rule] if c.body is None and c.at >= shown
        ]
        lives = {wrote.life for wrote in self._observed.writes[happened.uid] if wrote.at >= shown}
        return bool(gone) and all(life in self._observed.deaths for life in lives)

    def _met_unreadable(self, happened: Happened, shown: int) -> bool:
        """The process that knew is dead, and its successors met a rule that nobody understood.

        What it had not told then stands in status only. Nothing is kept for when it is mended.
        """
        rule, _ = self._observed.names[happened.alert]
        bodies = [c.body or {} for c in self._observed.changes[RULE, rule] if c.at >= shown]
        lives = {wrote.life for wrote in self._observed.writes[happened.uid] if wrote.at <= shown}
        unreadable = any(body.get("severity") == "nonsense" for body in bodies)
        return unreadable and all(life in self._observed.deaths for life in lives)

    def _caused(self, event: Recorded) -> Iterator[Violation]:
        rule, workload = self._observed.names[event.alert]
        if event.reason == FIRING:
            yield from self._causes.of_firing(event.at, rule, workload, event.since)
        else:
            named = re.search(r" \((\w+)\): ", event.note)
            reason = named[1] if named else "Recovered"
            yield from self._causes.of_end(event.at, rule, workload, event.since, reason)

    def _stood(self) -> dict[Happened, int]:
        """What stood in status, and since when."""
        stood: dict[Happened, int] = {}
        for uid, writes in self._observed.writes.items():
            for wrote in writes:
                for entry in [*alerts(wrote), *history(wrote)]:
                    for field, reason in (("firedAt", FIRING), ("resolvedAt", RESOLVED)):
                        if field in entry:
                            at = read_ms(entry[field])
                            stood.setdefault(Happened(reason, uid, entry["id"], at), wrote.at)
        return stood

    def _stands(self, event: Recorded, stood: Mapping[Happened, int]) -> Iterator[Violation]:
        """What was told stands in status, unless process or rule went before it could."""
        deadline = event.at + _WRITTEN_BY
        changes = self._observed.changes[RULE, event.on.partition("/")[2]]
        born = self._observed.born[event.uid]
        gone = [change.at for change in changes if change.body is None and change.at >= born]
        died = self._observed.deaths.get(event.life, deadline)
        if _happened(event) not in stood and min([died, *gone]) >= deadline:
            yield Violation(LOST, event.at, f"told, and never in status: {event}")


def _happened(event: Recorded) -> Happened:
    """What an Event tells; on a workload it says by its alert which rule is meant."""
    uid = event.uid if event.on.startswith(RULE) else ""
    return Happened(event.reason, uid, event.alert, event.since)
