"""All incidents that there are, found by what they hold."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from tocsin.core.notify.incidents import Incident, IncidentKey
from tocsin.core.notify.routes import RouteKey
from tocsin.core.rules import RuleKey
from tocsin.engine.notifying.case import Case

_Group = tuple[RouteKey, frozenset[tuple[str, str]]]


class Cases:
    """Cases by key; the open ones also by group, by alert, and by rule."""

    def __init__(self) -> None:
        self._cases: dict[IncidentKey, Case] = {}
        self._open: dict[_Group, IncidentKey] = {}
        self._storms: dict[RouteKey, IncidentKey] = {}
        self._holding: defaultdict[str, set[IncidentKey]] = defaultdict(set)
        self._of_rule: defaultdict[RuleKey, set[str]] = defaultdict(set)
        self._of_route: defaultdict[RouteKey, set[IncidentKey]] = defaultdict(set)
        self._stirred: defaultdict[RouteKey, int] = defaultdict(int)
        self._expected: dict[IncidentKey, tuple[str, str]] = {}

    def __iter__(self) -> Iterator[Case]:
        return iter(tuple(self._cases.values()))

    def __len__(self) -> int:
        return len(self._cases)

    def get(self, key: IncidentKey) -> Case | None:
        """The case of that key, if there is one."""
        return self._cases.get(key)

    def open_of(self, route: RouteKey, group: Mapping[str, str]) -> Case | None:
        """The open case of a group of `route`."""
        key = self._open.get((route, frozenset(group.items())))
        return self._cases.get(key) if key else None

    def storm_of(self, route: RouteKey) -> Case | None:
        """The open storm of `route`."""
        key = self._storms.get(route)
        return self._cases.get(key) if key else None

    def holding(self, alarm: str) -> list[Case]:
        """The open cases that hold an alert, by key."""
        return [self._cases[key] for key in sorted(self._holding.get(alarm, ()))]

    def holds(self, alarm: str) -> bool:
        """Whether an open case holds an alert."""
        return alarm in self._holding

    def held_of(self, rule: RuleKey) -> set[str]:
        """The ids of the alerts of `rule` that fire as far as the open cases know."""
        return set(self._of_rule.get(rule, ()))

    def rules(self) -> list[RuleKey]:
        """The rules of which an alert fires as far as the open cases know."""
        return [rule for rule, ids in self._of_rule.items() if ids]

    def of_route(self, route: RouteKey) -> list[Case]:
        """The open cases of `route`."""
        return [self._cases[key] for key in sorted(self._of_route.get(route, ()), key=_place)]

    def stirred(self, route: RouteKey) -> int:
        """How often an alert of an open case of `route` has come or changed, or more."""
        return self._stirred.get(route, 0)

    def add(self, case: Case) -> None:
        """A new case, or one that was read."""
        self._cases[case.incident.key] = case
        if not case.uid and case.incident.key in self._expected:
            case.uid, version = self._expected.pop(case.incident.key)
            case.version.saw(version)
        self._put_in_index(case.incident)

    def expect(self, key: IncidentKey, uid: str, version: str) -> None:
        """There is an object of that name which cannot be read: the case of it takes it over."""
        self._expected[key] = uid, version

    def forget(self, key: IncidentKey) -> None:
        """There is no longer an object of that name."""
        self._expected.pop(key, None)

    def update(self, case: Case, incident: Incident, alert: str | None = None) -> bool:
        """The incident of `case` has become `incident`; whether that is anything new.

        `alert` is the only one of its alerts that differs, where that is known: others are not
        compared then, and an incident may have thousands.
        """
        before = case.incident
        if incident is before or (alert is None and incident == before):
            return False
        case.incident = incident
        if before.closed_at or incident.closed_at:
            for id_ in before.members.keys() - incident.members.keys():
                self._let_go(incident.key, id_, before.members[id_].rule)
            self._put_in_index(incident)
        elif incident.members is not before.members:
            for id_ in [alert] if alert else _differing(before, incident):
                self._put_alert_in_index(incident, id_, before)
        return True

    def drop(self, case: Case) -> None:
        """There is no such case any more."""
        self._take_out_of_index(case.incident)
        self._cases.pop(case.incident.key, None)

    def _put_in_index(self, incident: Incident) -> None:
        key = incident.key
        if incident.closed_at:
            self._take_out_of_index(incident)
            return
        if incident.storm:
            self._storms[incident.route] = key
        else:
            self._open[incident.route, frozenset(incident.group.items())] = key
        self._of_route[incident.route].add(key)
        for id_ in incident.members:
            self._put_alert_in_index(incident, id_, incident)

    def _put_alert_in_index(self, incident: Incident, id_: str, before: Incident) -> None:
        key, member = incident.key, incident.members.get(id_)
        self._stirred[incident.route] += 1
        if member is None:
            self._let_go(key, id_, before.members[id_].rule)
            return
        self._holding[id_].add(key)
        if member.fires:
            self._of_rule[member.rule].add(id_)
        elif not self._fires_elsewhere(id_, key):
            self._of_rule[member.rule].discard(id_)

    def _take_out_of_index(self, incident: Incident) -> None:
        key = incident.key
        if self._storms.get(incident.route) == key:
            del self._storms[incident.route]
        group = incident.route, frozenset(incident.group.items())
        if self._open.get(group) == key:
            del self._open[group]
        self._of_route[incident.route].discard(key)
        if not self._of_route[incident.route]:
            del self._of_route[incident.route]
        for member in incident.members.values():
            self._let_go(key, member.id, member.rule)

    def _let_go(self, key: IncidentKey, id_: str, rule: RuleKey) -> None:
        self._holding[id_].discard(key)
        if not self._holding[id_]:
            del self._holding[id_]
        if not self._fires_elsewhere(id_, key):
            self._of_rule[rule].discard(id_)
            if not self._of_rule[rule]:
                del self._of_rule[rule]

    def _fires_elsewhere(self, id_: str, but: IncidentKey) -> bool:
        return any(
            self._cases[key].incident.members[id_].fires
            for key in self._holding.get(id_, ())
            if key != but and id_ in self._cases[key].incident.members
        )


def _differing(before: Incident, after: Incident) -> list[str]:
    """The ids of the alerts that are not the same in both."""
    ids = before.members.keys() | after.members.keys()
    return [id_ for id_ in ids if before.members.get(id_) is not after.members.get(id_)]


def _place(key: IncidentKey) -> tuple[str, str]:
    return key.namespace, key.name
