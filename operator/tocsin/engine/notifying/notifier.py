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
from tocsin.core.notify.silences import SilenceKey
from tocsin.core.notify.storms import is_storm, storm_of
from tocsin.engine.agenda import Agenda, Item, Task
from tocsin.engine.notifying.alarms import Alarms, RecordOf, end_of
from tocsin.engine.notifying.case import Case
from tocsin.engine.notifying.cases import Cases
from tocsin.engine.notifying.routing import Routes
from tocsin.engine.record import Record
from tocsin.engine.silencing.silencing import Silencing
from tocsin.engine.wording import word
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
        self._renderer = renderer
        self._before: dict[RouteKey, Route] = {}

    def synced(self, record: Record) -> None:
        """The alerts of a rule are as its status says now, or as it would if it could be written.

        An alert is told only after its firing stands in the status of its rule: a process that
        goes on after this one knows of it.
        """
        now, key = self._clock.now(), record.key
        changed = self._alarms.update(record)
        for id_ in sorted(self._cases.held_of(key) - self._alarms.of_rule(key).keys()):
            self._over(id_, record, now)
        record.ends.clear()
        for alarm in changed:
            self.place(alarm, now)

    def rule_gone(self, record: Record) -> None:
        """A rule was deleted: what it had firing is over."""
        self._alarms.drop(record.key)
        for id_ in sorted(self._cases.held_of(record.key)):
            self._over(id_, record, self._clock.now())

    def settle(self) -> None:
        """All was read once: alerts of rules that were deleted meanwhile are over."""
        now = self._clock.now()
        end = AlarmEnd(now, EndReason.RULE_DELETED, "the rule was deleted")
        for rule in self._cases.rules():
            if self._record_of(rule) is None:
                for id_ in sorted(self._cases.held_of(rule)):
                    self.ended(id_, end)

    def silence_changed(self, _: SilenceKey, alarms: Iterable[str]) -> None:
        """A silence has begun, stopped or changed that is about these alerts."""
        now = self._clock.now()
        for id_ in sorted(alarms):
            if alarm := self._alarms.get(id_):
                self.place(alarm, now)

    def route_changed(self, key: RouteKey) -> None:
        """A route was made, edited or deleted: what it takes, or took, is placed anew."""
        route, before = self._routes.get(key), self._before.pop(key, None)
        if route:
            self._before[key] = route
        for case in self._cases.of_route(key):
            if not case.is_stored and not self._is_for(route, case):
                self._cases.drop(case)  # nobody was told of it, and nobody is to be
            else:
                self.look_at(case)
        now = self._clock.now()
        for alarm in self._alarms:
            if any(one.takes(alarm) for one in (route, before) if one):
                self.place(alarm, now)

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
            if self._cases.update(case, ends(case.incident, id_, end)):
                self.look_at(case)

    def gather(self, limit: int, route: Route, now: datetime) -> bool:
        """Make one storm of all incidents of `route` that wait to be told, if more than `limit` are
        new; whether they were."""
        cases = self._cases.of_route(route.key)
        waiting = [case for case in cases if not case.matters and not case.incident.storm]
        told = [case.incident for case in cases if case.matters]
        incidents = [case.incident for case in waiting]
        if not is_storm(incidents, told, route.timing.group_interval, limit, now):
            return False
        storm = self._cases.storm_of(route.key)
        if storm is None:
            opened_at = min(incident.opened_at for incident in incidents)
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
        if self._cases.update(case, after):
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
        return word(self._renderer, record.rule, alert).summary
