"""The routes that there are, and which of them take an alarm."""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tocsin.core.notify.alarms import Alarm
from tocsin.core.notify.index import Index
from tocsin.core.notify.routes import Route, RouteKey
from tocsin.ports import EventReason

#: Turns a stored object into a route, or into all that is wrong with it.
Parse = Callable[[Mapping[str, Any]], Route | tuple[str, ...]]


@dataclass
class Delivery:
    """How telling one receiver goes, over all incidents of its route."""

    sent: int = 0
    failed: int = 0
    last_sent_at: datetime | None = None
    failing_since: datetime | None = None
    last_error: str = ""


@dataclass
class RouteRecord:
    """A NotificationRoute as it was last seen.

    `route` is the last spec that could be understood: it goes on while `problems` are mended.
    `pointless` is what was said of annotations that come to nothing, `checked` whether it was
    looked whether its receivers could be told.
    """

    body: Mapping[str, Any]
    route: Route | None = None
    problems: tuple[str, ...] = ()
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    pointless: Mapping[EventReason, str] = field(default_factory=dict)
    checked: bool = False

    @property
    def key(self) -> RouteKey:
        """Its place."""
        metadata = self.body["metadata"]
        return RouteKey(metadata["namespace"], metadata["name"])


class Routes:
    """Records by route; a broken edit leaves the former spec in force."""

    def __init__(self, parse: Parse) -> None:
        self._parse = parse
        self._records: dict[RouteKey, RouteRecord] = {}
        self._index: Index[RouteKey] = Index()
        self._in_sight: dict[str, tuple[RouteRecord, ...]] = {}

    def __iter__(self) -> Iterator[RouteRecord]:
        return iter(tuple(self._records.values()))

    def get(self, key: RouteKey) -> Route | None:
        """The route in force under that key."""
        record = self._records.get(key)
        return record.route if record else None

    def record(self, key: RouteKey) -> RouteRecord | None:
        """All that is known of a route."""
        return self._records.get(key)

    def saw(self, body: Mapping[str, Any]) -> RouteRecord | None:
        """A route is there or has changed; its record if its meaning has changed."""
        fresh = RouteRecord(body)
        record = self._records.setdefault(fresh.key, fresh)
        is_edit = record is fresh or _generation(record.body) != _generation(body)
        record.body = body
        if not is_edit:
            return None
        return record if self._take_in(record) else None

    def again(self) -> list[RouteRecord]:
        """Read those anew that select namespaces; the ones whose meaning has changed."""
        selecting = [one for one in self if one.body["spec"].get("namespaceSelector")]
        return [record for record in selecting if self._take_in(record)]

    def gone(self, key: RouteKey) -> bool:
        """A route is no longer there; whether it was."""
        self._index.drop(key)
        self._in_sight.clear()
        return self._records.pop(key, None) is not None

    def listed(self, namespace: str | None, names: Set[tuple[str, str]]) -> list[RouteKey]:
        """The whole list was read: the routes that it does not name, which are gone."""
        gone = [
            key
            for key in self._records
            if namespace in (None, key.namespace) and (key.namespace, key.name) not in names
        ]
        for key in gone:
            self.gone(key)
        return gone

    def taking(self, alarm: Alarm) -> list[Route]:
        """The routes that take `alarm`, by key: fallbacks only where no other does."""
        fitting = [route for route in self.fitting(alarm) if not route.suspended]
        return [route for route in fitting if not route.fallback] or fitting

    def fitting(self, alarm: Alarm) -> list[Route]:
        """The routes whose selector fits `alarm`, by key, also those that do not take it."""
        routes = (self.get(key) for key in sorted(self._index.matching(alarm)))
        return [route for route in routes if route]

    def in_sight(self, namespace: str) -> tuple[RouteRecord, ...]:
        """The routes that could take an alert of `namespace`, by key.

        One that selects namespaces could, also where it does not select this one.
        """
        if namespace not in self._in_sight:
            found = [record for record in self if _sees(record, namespace)]
            self._in_sight[namespace] = tuple(sorted(found, key=lambda record: record.key))
        return self._in_sight[namespace]

    def _take_in(self, record: RouteRecord) -> bool:
        parsed = self._parse(record.body)
        before = record.route, record.problems
        self._in_sight.clear()
        if isinstance(parsed, Route):
            record.route, record.problems = parsed, ()
            self._index.put(record.key, parsed.selector)
        else:
            record.problems = parsed
        return before != (record.route, record.problems)


def _sees(record: RouteRecord, namespace: str) -> bool:
    here = frozenset({record.key.namespace})
    counts_in = record.route.selector.namespaces if record.route else here
    return counts_in is None or namespace in counts_in or counts_in != here


def _generation(body: Mapping[str, Any]) -> tuple[str, int]:
    metadata = body["metadata"]
    return metadata["uid"], metadata["generation"]
