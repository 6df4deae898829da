"""Which of many selectors one alarm matches, without trying each: for routes and silences alike.

A selector lies in the buckets of one exact term, the most selective that it has: the workload that
it names, one value of a label, the rule, a label of the workload, the namespace. An alarm is tried
only against what lies in the buckets of its own terms.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import product
from typing import Final, Generic, TypeVar

from tocsin.core.labels import Operator
from tocsin.core.notify.alarms import ANY, Alarm, Term
from tocsin.core.notify.selectors import AlertSelector, Comparison

K = TypeVar("K", bound=Hashable)

#: A term, and the namespace in which it counts; None: in all of them.
_Bucket = tuple[str | None, Term]

#: A selector of many names in many namespaces lies in fewer, larger buckets.
_MOST_BUCKETS: Final = 256


@dataclass(frozen=True)
class _Entry:
    selector: AlertSelector
    buckets: tuple[_Bucket, ...]


class Index(Generic[K]):
    """Selectors by key."""

    def __init__(self) -> None:
        self._entries: dict[K, _Entry] = {}
        self._spaces: dict[str | None, dict[Term, dict[K, AlertSelector]]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, key: K, selector: AlertSelector) -> None:
        """Have `key` stand for `selector`, whatever it stood for before."""
        self.drop(key)
        entry = _Entry(selector, _buckets_of(selector))
        self._entries[key] = entry
        for space, term in entry.buckets:
            self._spaces.setdefault(space, {}).setdefault(term, {})[key] = selector

    def drop(self, key: K) -> None:
        """Forget `key`, if it is there."""
        entry = self._entries.pop(key, None)
        for space, term in entry.buckets if entry else ():
            terms = self._spaces[space]
            del terms[term][key]
            if not terms[term]:
                del terms[term]
            if not terms:
                del self._spaces[space]

    def matching(self, alarm: Alarm) -> list[K]:
        """The keys whose selectors match `alarm`, each once, in no order that means anything."""
        found: list[K] = []
        for space in (alarm.namespace, None):
            if not (terms := self._spaces.get(space)):
                continue
            for term in alarm.terms:
                if candidates := terms.get(term):
                    found += [key for key, one in candidates.items() if one.matches(alarm)]
        return found


def _buckets_of(selector: AlertSelector) -> tuple[_Bucket, ...]:
    """Every alarm that `selector` matches has exactly one of these around it."""
    terms = terms_of(selector)
    spaces: tuple[str | None, ...] = (None,)
    if selector.namespaces is not None:
        spaces = tuple(sorted(selector.namespaces))
        if len(spaces) * len(terms) > _MOST_BUCKETS:
            terms = [ANY]
    return tuple(product(spaces, terms))


def terms_of(selector: AlertSelector) -> list[Term]:
    """The most selective terms that it has: every alarm that it matches has exactly one of them."""
    if selector.workloads:
        return sorted(("workload", one.kind, one.name) for one in selector.workloads)
    listed = [one for one in selector.expressions if one.comparison is Comparison.IN]
    if listed:
        fewest = min(listed, key=lambda one: len(one.values))
        return sorted(("label", fewest.key, value) for value in fewest.values)
    if selector.rules:
        return sorted(("rule", "", name) for name in selector.rules)
    requirements = selector.workload_selector.requirements if selector.workload_selector else ()
    of_workload = [one for one in requirements if one.operator is Operator.IN]
    if of_workload:
        smallest = min(of_workload, key=lambda one: len(one.values))
        return sorted(("workload label", smallest.key, value) for value in smallest.values)
    return [ANY]
