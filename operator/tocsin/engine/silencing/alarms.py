"""The alerts that fire, found by what a selector names: which of them a silence is about."""

from collections.abc import Hashable
from typing import Final, TypeVar

from tocsin.core.notify.alarms import Alarm, Term
from tocsin.core.notify.index import terms_of
from tocsin.core.notify.selectors import AlertSelector

K = TypeVar("K", bound=Hashable)

_NONE: Final[dict[str, Alarm]] = {}


class Alarms:
    """Alarms by id, by namespace, and by each term that they have."""

    def __init__(self) -> None:
        self._by_id: dict[str, Alarm] = {}
        self._spaces: dict[str, dict[str, Alarm]] = {}
        self._terms: dict[Term, dict[str, Alarm]] = {}

    def get(self, alarm_id: str) -> Alarm | None:
        """The alarm of that id, if it fires."""
        return self._by_id.get(alarm_id)

    def put(self, alarm: Alarm) -> None:
        """`alarm` fires, or has changed."""
        self.drop(alarm.id)
        self._by_id[alarm.id] = alarm
        self._spaces.setdefault(alarm.namespace, {})[alarm.id] = alarm
        for term in alarm.terms:
            self._terms.setdefault(term, {})[alarm.id] = alarm

    def drop(self, alarm_id: str) -> Alarm | None:
        """It fires no more; what it was, if it did."""
        alarm = self._by_id.pop(alarm_id, None)
        if alarm:
            _take_out(self._spaces, alarm.namespace, alarm_id)
            for term in alarm.terms:
                _take_out(self._terms, term, alarm_id)
        return alarm

    def matching(self, selector: AlertSelector) -> frozenset[str]:
        """The ids of those that `selector` is about.

        Only those are tried that have what it names, or that are in its namespaces: the fewer.
        """
        candidates = [self._terms.get(term, _NONE) for term in terms_of(selector)]
        if selector.namespaces is not None:
            there = [self._spaces.get(space, _NONE) for space in selector.namespaces]
            candidates = min(candidates, there, key=lambda some: sum(map(len, some)))
        return frozenset(
            key for some in candidates for key, alarm in some.items() if selector.matches(alarm)
        )


def _take_out(places: dict[K, dict[str, Alarm]], place: K, alarm_id: str) -> None:
    there = places[place]
    del there[alarm_id]
    if not there:
        del places[place]
