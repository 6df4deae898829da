"""A scenario, played: the engine's own notifier over an outside that is made up."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from tocsin.cli.scenarios.language import Action, Scenario, ScenarioAlert
from tocsin.cli.scenarios.outside import (
    Delivered,
    Died,
    Faults,
    PlayedApi,
    PlayedClock,
    PlayedReceivers,
)
from tocsin.core.alerts import EndReason
from tocsin.core.durations import format_duration
from tocsin.core.notify.alarms import Alarm, AlarmEnd
from tocsin.core.rules import RuleKey
from tocsin.engine.notifying.board import KIND as ROUTE
from tocsin.engine.notifying.desk import Desk
from tocsin.engine.silencing.entry import KIND as SILENCE

#: Makes a desk over a played outside: clock, API server, receivers, and what is due when.
MakeDesk = Callable[..., tuple[Desk, Any]]
_INCIDENT: Final = "MLIncident"


class ImpossibleError(Exception):
    """A scenario has somebody do what cannot be done then; the message says what and when."""


class Play:
    """One playing of a scenario; `make` gives a new desk, as a new process would have it."""

    def __init__(self, scenario: Scenario, make: MakeDesk) -> None:
        self._scenario = scenario
        self._make = make
        self.began = datetime.fromisoformat(scenario.start).astimezone(UTC)
        self._clock = PlayedClock(self.began)
        faults = Faults(scenario.faults, self.began, self._clock)
        self._api = PlayedApi(faults)
        self._receivers = PlayedReceivers(self._clock, faults)
        for one in scenario.routes:
            self._api.apply(ROUTE, one, self.began)
        for one in scenario.silences:
            self._api.apply(SILENCE, one, self.began)
        self._firing: dict[str, Alarm] = {}

    @property
    def delivered(self) -> list[Delivered]:
        """All that receivers were told."""
        return self._receivers.delivered

    async def play(self) -> None:
        """From the beginning to the end."""
        self._begin()
        happenings = sorted(self._happenings(), key=itemgetter(0))
        for at, at_once in groupby(happenings, key=itemgetter(0)):
            await self._until(self.began + at)
            for _, happen in at_once:
                happen()
        await self._until(self.began + self._scenario.until)

    def _happenings(self) -> Iterator[tuple[timedelta, Callable[[], None]]]:
        for alert in self._scenario.alerts:
            yield alert.from_, partial(self._fires, alert)
            if alert.without_data_from is not None:
                yield alert.without_data_from, partial(self._becomes, alert, missing=True)
            for at, severity in alert.severities.items():
                yield at, partial(self._becomes, alert, severity=severity)
            if alert.to is not None:
                yield alert.to, partial(self._ends, alert)
        for action in self._scenario.actions:
            yield action.at, partial(self._act, action)
            if action.down_for:
                yield action.at + action.down_for, self._begin

    def _begin(self) -> None:
        """A process begins: it reads what is there, and then goes on."""
        self._up = True
        self._desk, self._agenda = self._make(self._clock, self._api, self._receivers)
        for (kind, _, _), body in self._api.objects.items():
            self._desk.saw(kind, body)
        for alarm in self._firing.values():
            self._desk.notifier.fires(alarm)
        for case in self._desk.cases:
            for id_ in case.incident.members.keys() - self._firing.keys():
                self._desk.notifier.ended(id_, AlarmEnd(self._clock.now(), EndReason.RECOVERED))

    async def _until(self, end: datetime) -> None:
        """Everything that is due before `end` happens, each at its time."""
        while self._up:
            due = self._agenda.next_due()
            if due is None or due > end:
                break
            self._clock.time = max(self._clock.time, due)
            await self._do_due()
        self._clock.time = max(self._clock.time, end)

    async def _do_due(self) -> None:
        for item, _ in list(self._agenda.take_due(self._clock.now())):
            try:
                await self._desk.do(item)
            except Died:
                self._begin()
                return

    def _fires(self, alert: ScenarioAlert) -> None:
        alarm = _alarm(alert, self._clock.now())
        self._firing[alarm.id] = alarm
        if self._up:
            self._desk.notifier.fires(alarm)

    def _becomes(self, alert: ScenarioAlert, **changes: Any) -> None:
        if before := self._firing.get(_id(alert)):
            alarm = self._firing[before.id] = replace(before, **changes)
            if self._up:
                self._desk.notifier.fires(alarm)

    def _ends(self, alert: ScenarioAlert) -> None:
        id_ = _id(alert)
        self._firing.pop(id_, None)
        if self._up:
            self._desk.notifier.ended(id_, AlarmEnd(self._clock.now(), EndReason.RECOVERED))

    def _act(self, action: Action) -> None:
        if action.restart:
            self._begin()
        elif action.down_for:
            self._up = False
        elif action.route:
            self._desk.saw(ROUTE, self._api.apply(ROUTE, action.route, self._clock.now()))
        elif action.silence:
            self._desk.saw(SILENCE, self._api.apply(SILENCE, action.silence, self._clock.now()))
        elif action.delete_route:
            self._delete(ROUTE, action.delete_route)
        elif action.delete_silence:
            self._delete(SILENCE, action.delete_silence)
        elif action.acknowledge:
            self._acknowledge(action.acknowledge.alert, action.acknowledge.comment)
        elif action.delete_incidents:
            self._delete(_INCIDENT)

    def _delete(self, kind: str, named: str | None = None) -> None:
        for found, namespace, name in list(self._api.objects):
            if found == kind and named in (None, name):
                del self._api.objects[kind, namespace, name]
                self._desk.gone(kind, namespace, name)

    def _acknowledge(self, alert: str, comment: str) -> None:
        ids = {_id(one) for one in self._scenario.alerts if one.name == alert}
        holding = [c for c in self._desk.cases if c.is_open and ids & c.incident.members.keys()]
        keys = [case.incident.key for case in holding if case.is_stored]
        if not keys:
            after = format_duration(self._clock.now() - self.began, parts=6)
            why = "nobody was told of it yet" if holding else "no open incident holds it"
            raise ImpossibleError(f"at {after} nobody can acknowledge {alert}: {why}")
        for key in keys:
            annotated = self._api.annotate(_INCIDENT, key.namespace, key.name, ack=comment)
            self._desk.saw(_INCIDENT, annotated)


def play(scenario: Scenario, make: MakeDesk) -> Play:
    """`scenario`, played to its end."""
    playing = Play(scenario, make)
    asyncio.run(playing.play())
    return playing


def _id(alert: ScenarioAlert) -> str:
    spelled = f"{alert.namespace}/{alert.name}/{sorted(alert.labels.items())}"
    return hashlib.sha256(spelled.encode()).hexdigest()[:16]


def _alarm(alert: ScenarioAlert, now: datetime) -> Alarm:
    return Alarm(
        id=_id(alert),
        rule=RuleKey(alert.namespace, alert.rule),
        workload=alert.ref,
        namespace=alert.namespace,
        severity=alert.severity,
        fired_at=now,
        labels=alert.labels,
        workload_labels=alert.workload_labels,
    )
