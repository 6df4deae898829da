"""Alarms come and go, and each finds the incidents that it belongs to."""

from collections.abc import Iterable
from datetime import datetime

import structlog

from tocsin.core.alerts import EndReason
from tocsin.core.notify.alarms import Alarm, AlarmEnd
from tocsin.core.notify.happenings import ends, fires
from tocsin.core.notify.incidents import Incident, IncidentKey
from tocsin.core.notify.names import incident_name
from tocsin.core.notify.routes import Route, RouteKey, group_of
from tocsin.core.notify.selectors import AlertSelector
from tocsin.core.notify.silences import SilenceKey
from tocsin.core.notify.storms import storm_of
from tocsin.core.rules import RuleKey
from tocsin.engine.agenda import Agenda, Item, Task
from tocsin.engine.notifying.alarms import Alarms, RecordOf, end_of
from tocsin.engine.notifying.case import Case
from tocsin.engine.notifying.cases import Cases
from tocsin.engine.notifying.routing import Routes
from tocsin.engine.notifying.storms import StormWatch
from tocsin.engine.notifying.strays import Strays
from tocsin.engine.record import Record
from tocsin.engine.silencing.silencing import Silencing
from tocsin.engine.wording import summary_of
from tocsin.ports import Clock, Renderer

_log = structlog.get_logger(__name__)


class Notifier:
    """Puts alarms into incidents, and says when each incident is to be looked at."""

    def __init__(
        self,
        *,
        clock: Clock,
        agenda: Agenda,
        record_of: RecordOf,
        alarms: Alarms,
        routes: Routes,
        silencing: Silencing,
        cases: Cases,
        renderer: Renderer,
    ) -> None:
        self._clock = clock
        self._agenda = agenda
        self._record_of = record_of
        self._alarms = alarms
        self._routes = routes
        self._silencing = silencing
        self._cases = cases
        self._storms = StormWatch(cases)
        self._selectors: dict[RouteKey, AlertSelector] = {}
        self._renderer = renderer
        self.strays = Strays(routes)
        self._asked_again: set[str] = set()

    def synced(self, record: Record) -> None:
        """The alerts of a rule are as its status says now, or as it would if it could be written.

        An alert is told only after its firing stands in the status of its rule: a process that
        goes on after this one knows of it.
        """
        now, key = self._clock.now(), record.key
        before = self._alarms.of_rule(key).keys()
        changed = self._alarms.update(record)
        for id_ in sorted(self._cases.held_of(key) - self._alarms.of_rule(key).keys()):
            self._over(id_, record, now)
        self._silences_forget(before - self._alarms.of_rule(key).keys())
        record.ends.clear()
        for alarm in changed:
            self.place(alarm, now)
        firing = self._alarms.of_rule(key)
        if changed or (record.unrouted and record.unrouted.keys() - firing.keys()):
            self.strays.look(record, changed, firing)

    def rule_gone(self, record: Record) -> None:
        """A rule was deleted: what it had firing is over, also where nobody knows more of it."""
        before, now = self._alarms.of_rule(record.key).keys(), self._clock.now()
        self._alarms.drop(record.key)
        for id_ in sorted(self._cases.held_of(record.key)):
            self._over(id_, record, now)
        for id_ in sorted(self._cases.held_of(record.key)):
            self.ended(id_, _deleted(now))
        self._silences_forget(before)

    def settle(self) -> None:
        """All was read once: alerts of rules that were deleted meanwhile are over."""
        now = self._clock.now()
        for rule in self._cases.rules():
            if self._record_of(rule) is None:
                for id_ in sorted(self._cases.held_of(rule)):
                    self.ended(id_, _deleted(now))

    def silence_changed(self, _: SilenceKey, alarms: Iterable[str]) -> None:
        """A silence has begun, stopped or changed that is about these alerts."""
        now = self._clock.now()
        for id_ in sorted(alarms):
            if alarm := self._alarms.get(id_):
                self.place(alarm, now)

    def route_changed(self, key: RouteKey) -> None:
        """A route was made, edited or deleted."""
        route, cases = self._routes.get(key), self._cases.of_route(key)
        self._storms.forget(key)
        ids = {id_ for case in cases for id_ in case.incident.members}
        for case in cases:
            if not case.matters and not self._is_for(route, case):
                self._cases.drop(case)  # nobody was told of it, and nobody is to be
            else:
                self.look_at(case)
        now = self._clock.now()
        for selector in self._selectors_of(key, route):
            ids |= self._silencing.about(selector)
        for alarm in self._alarms:
            if alarm.id in ids:
                self.place(alarm, now)
        self._asked_again |= ids
        self._agenda.put_by(Item(Task.STRAY, None), now)

    def look_for_strays(self) -> None:
        """Routes have changed, perhaps many: which alerts are taken by none is asked again."""
        ids, self._asked_again = self._asked_again, set()
        of_rule = dict[RuleKey, list[Alarm]]()
        for alarm in self._alarms:
            record = self._record_of(alarm.rule)
            is_stray = record is not None and alarm.id in (record.unrouted or ())
            if alarm.id in ids or is_stray or not self._cases.holds(alarm.id):
                of_rule.setdefault(alarm.rule, []).append(alarm)
        for rule, alarms in of_rule.items():
            if record := self._record_of(rule):
                self.strays.look(record, alarms, self._alarms.of_rule(rule))

    def _silences_forget(self, ids: Iterable[str]) -> None:
        """These alerts are over, also those that no route took."""
        for id_ in sorted(ids):
            self._silencing.over(id_)

    def _selectors_of(self, key: RouteKey, route: Route | None) -> list[AlertSelector]:
        """Those that a route has, and had: other alerts go where they went before."""
        before = self._selectors.pop(key, None)
        if route:
            self._selectors[key] = route.selector
        return [one for one in (route.selector if route else None, before) if one]

    def place(self, alarm: Alarm, now: datetime) -> None:
        """Bring the incidents up to date that hold `alarm`, and find it those of its routes."""
        self._silencing.fires(alarm)
        silence = self._silencing.silencing(alarm, now)
        muted = str(silence.key) if silence else ""
        holding = self._cases.holding(alarm.id)
        for case in holding:
            self._fire(case, alarm, muted, now)
        served = {case.incident.route for case in holding}
        for route in self._routes.taking(alarm):
            if route.key not in served:
                self._fire(self._case_for(route, alarm, now), alarm, muted, now)

    def fires(self, alarm: Alarm) -> None:
        """An alert fires."""
        if self._alarms.put(alarm):
            self.place(alarm, self._clock.now())

    def ended(self, id_: str, end: AlarmEnd) -> None:
        """An alert is over."""
        self._alarms.remove(id_)
        self._silencing.over(id_)
        for case in self._cases.holding(id_):
            if self._cases.update(case, ends(case.incident, id_, end), id_):
                self.look_at(case)

    def gather(self, limit: int, route: Route, now: datetime) -> bool:
        """Make one storm of all incidents of `route` that wait to be told, if more than `limit` are
        new; whether they were."""
        waiting = self._storms.caught(limit, route, now)
        if not waiting:
            return False
        storm = self._cases.storm_of(route.key)
        if storm is None:
            opened_at = min(case.incident.opened_at for case in waiting)
            storm = Case(storm_of(route.key, opened_at))
            self._cases.add(storm)
        for case in waiting:
            self._cases.drop(case)
            for member in case.incident.firing():
                if alarm := self._alarms.get(member.id):
                    self._fire(storm, alarm, member.silenced_by, now)
        return True

    def look_at(self, case: Case) -> None:
        """Something has happened to an incident: decide soon what follows."""
        self._agenda.put_by(Item(Task.DISPATCH, case.incident.key), self._clock.now())

    def _is_for(self, route: Route | None, case: Case) -> bool:
        members = case.incident.firing()
        alarms = [alarm for one in members if (alarm := self._alarms.get(one.id))]
        return route is not None and all(
            route.takes(alarm) and dict(group_of(route, alarm)) == dict(case.incident.group)
            for alarm in alarms
        )

    def _case_for(self, route: Route, alarm: Alarm, now: datetime) -> Case:
        group = group_of(route, alarm)
        if case := self._cases.open_of(route.key, group):
            return case
        opened_at = min(alarm.fired_at, now)
        key = IncidentKey(alarm.namespace, incident_name(route.key, group, opened_at))
        if self._cases.get(key):  # over, and kept for a while: this is another one
            key = IncidentKey(alarm.namespace, incident_name(route.key, group, now))
        case = Case(Incident(key, route.key, group, opened_at))
        self._cases.add(case)
        return case

    def _fire(self, case: Case, alarm: Alarm, muted: str, now: datetime) -> None:
        incident = case.incident
        before = incident.members.get(alarm.id)
        summary = "" if before and before.fires else self._summary(alarm)
        after = fires(incident, alarm, now, summary=summary, silenced_by=muted)
        if self._cases.update(case, after, alarm.id):
            self.look_at(case)

    def _over(self, id_: str, record: Record, now: datetime) -> None:
        for case in self._cases.holding(id_):
            member = case.incident.members[id_]
            if member.fires and (end := end_of(record, id_, member.fired_at, now)):
                self.ended(id_, end)
                return

    def _summary(self, alarm: Alarm) -> str:
        record = self._record_of(alarm.rule)
        alert = record.alerts.get(alarm.id) if record else None
        if record is None or record.rule is None or alert is None:
            return ""
        return summary_of(self._renderer, record.rule, alert)


def _deleted(now: datetime) -> AlarmEnd:
    return AlarmEnd(now, EndReason.RULE_DELETED, "the rule was deleted")
