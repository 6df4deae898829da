"""A small world around silences: time that is stepped, alerts that a test lets fire."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from tests.engine.fakes import START, FakeEvents, SteppedClock
from tests.engine.silencing.objects import FakeObjects
from tocsin.api.v1alpha1.parsesilence import parse_silence
from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.alarms import Alarm
from tocsin.core.notify.silences import SilenceKey
from tocsin.core.rules import RuleKey, Severity
from tocsin.engine.agenda import Agenda, Task
from tocsin.engine.posting import Poster
from tocsin.engine.reporting import Reporter
from tocsin.engine.silencing.entry import KIND
from tocsin.engine.silencing.silencing import WATCHED, Silencing

SCORER = ObjectRef("Deployment", "fraud", "scorer")
ALARM = Alarm("a1", RuleKey("fraud", "latency"), SCORER, "fraud", Severity.HIGH, START)
RANKER = replace(ALARM, id="a2", workload=ObjectRef("Deployment", "fraud", "ranker"))


def silence(name: str = "deploy", **spec: Any) -> dict[str, Any]:
    """An AlertSilence for everything in fraud, for two hours, with other fields in its spec."""
    whole = {"selector": {"all": True}, "duration": "2h", "comment": "deploy of v18"} | spec
    return {
        "metadata": {"name": name, "namespace": "fraud"},
        "spec": {field: value for field, value in whole.items() if value is not None},
    }


class Quiet:
    """Silences, and what a test does to them; `changes` is what those who listen were told."""

    def __init__(self) -> None:
        self.clock = SteppedClock()
        self.objects = FakeObjects(self.clock)
        self.events = FakeEvents()
        self.edits = 0
        self.bodies: dict[tuple[str, str], dict[str, Any]] = {}
        self.alarms: dict[str, Alarm] = {}
        self.namespaces: dict[str, dict[str, str]] = {"fraud": {}, "credit": {}}
        self._start()

    def _start(self) -> None:
        self.agenda = Agenda()
        self.reporter = Reporter(self.events, self.agenda, self.clock)
        parse = partial(parse_silence, own_namespace="ops", namespaces=self.namespaces)
        self.poster = Poster(self.objects, self.agenda, self.clock)
        self.silencing = Silencing(
            parse, self.objects, self.poster, self.agenda, self.clock, self.reporter
        )
        self.changes: list[tuple[str, frozenset[str]]] = []
        self.silencing.tell(lambda key, alarms: self.changes.append((str(key), alarms)))
        self.objects.saw = partial(self.silencing.saw, KIND)
        self.objects.gone = partial(self.silencing.gone, KIND)

    async def restart(self) -> None:
        """A new process: the watches list everything, alerts are restored, silences come first."""
        self.objects.told = []
        self._start()
        for stored in tuple(self.objects.stored.values()):
            self.silencing.saw(KIND, stored)
        for (kind, _), body in self.bodies.items():
            self.silencing.saw(kind, body)
        self.list_all()
        for alarm in self.alarms.values():
            self.silencing.fires(alarm)
        await self.work()

    def list_all(self) -> None:
        """The watches have read all lists."""
        for kind in WATCHED:
            names = {
                (body["metadata"].get("namespace", ""), body["metadata"]["name"])
                for (one, _), body in self.bodies.items()
                if one == kind
            }
            listed = set(self.objects.stored) if kind == KIND else names
            self.silencing.listed(kind, None, listed)

    async def apply(self, body: Mapping[str, Any]) -> None:
        """kubectl apply of a silence."""
        self.objects.store(body)
        await self.work()

    async def fire(self, *alarms: Alarm) -> None:
        """These alerts fire."""
        for alarm in alarms:
            self.alarms[alarm.id] = alarm
            self.silencing.fires(alarm)
        await self.work()

    async def resolve(self, *alarms: Alarm) -> None:
        """These alerts fire no more."""
        for alarm in alarms:
            del self.alarms[alarm.id]
            self.silencing.over(alarm.id)
        await self.work()

    async def annotate(
        self,
        text: str | None,
        kind: str = "Deployment",
        name: str = "scorer",
        uid: str = "u1",
        *,
        version: str = "v17",
    ) -> None:
        """An object bears this annotation, or none; it runs `version`. Its generation grows with
        each change, as a Deployment's does with annotations, too."""
        annotations = {"other": "x"} | ({} if text is None else {"tocsin.dev/silence": text})
        self.edits += 1
        metadata: dict[str, Any] = {"name": name, "uid": uid, "generation": self.edits}
        if kind != "Namespace":
            metadata["namespace"] = "fraud"
        metadata["annotations"] = annotations | {"tocsin.dev/by": "alice"}
        spec = {"template": {"metadata": {"labels": {"version": version}}}}
        self.bodies[kind, name] = {"metadata": metadata, "spec": spec}
        self.silencing.saw(kind, self.bodies[kind, name])
        await self.work()

    async def tick(self, seconds: float) -> None:
        """So much time passes; everything that falls due meanwhile is done when it is due."""
        until = self.clock.now().timestamp() + seconds
        while (due := self.agenda.next_due()) and due.timestamp() <= until:
            self.clock.time = max(self.clock.time, due)
            await self.work()
        self.clock.step(until - self.clock.now().timestamp())

    async def work(self) -> None:
        """Everything that is due now is done, and the watch tells of it."""
        while True:
            for item, _ in list(self.agenda.take_due(self.clock.now())):
                if item.task is Task.SILENCE:
                    await self.silencing.do(item.key)
                elif item.task is Task.POST:
                    await self.poster.post(item.key)
                elif item.task is Task.REPORT:
                    await self.reporter.report(item.key)
            told, self.objects.told = self.objects.told, []
            for tell in told:
                tell()
            due = self.agenda.next_due()
            if not told and (due is None or due > self.clock.now()):
                return

    def silenced_by(self, alarm: Alarm = ALARM) -> str | None:
        """The name of the silence that mutes `alarm` now."""
        one = self.silencing.silencing(alarm, self.clock.now())
        return one.key.name if one else None

    def status(self, name: str = "deploy") -> dict[str, Any]:
        """The status that the API server holds."""
        return dict(self.objects.stored["fraud", name]["status"])

    def names(self) -> list[str]:
        """The silences that there are."""
        return sorted(name for _, name in self.objects.stored)

    def take_told(self) -> list[tuple[str, str]]:
        """The Events since the last time that this was asked: reason, and kind of the object."""
        told, self.events.notices = self.events.notices, []
        return [(str(one.reason), one.regarding.kind) for one in told]

    def matched(self, name: str = "deploy") -> int:
        """How many firing alerts the engine counts for a silence."""
        entry = self.silencing.silences.get(SilenceKey("fraud", name))
        assert entry
        return entry.matched
