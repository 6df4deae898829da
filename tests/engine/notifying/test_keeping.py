"""Incidents on their way into the API server, and what the watch tells of them meanwhile."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from structlog.testing import capture_logs

from tests.engine.fakes import START, FakeEvents, SteppedClock
from tocsin.cli.scenarios.outside import Faults, PlayedApi, PlayedClock
from tocsin.core.notify.incidents import Incident, IncidentKey, Intent, Told
from tocsin.core.notify.notification import Reason
from tocsin.core.notify.receivers import Receiver
from tocsin.core.notify.routes import RouteKey
from tocsin.engine.agenda import Agenda
from tocsin.engine.notifying.case import KIND, Case
from tocsin.engine.notifying.cases import Cases
from tocsin.engine.notifying.keeping import Keeper
from tocsin.engine.notifying.reading import Reader
from tocsin.engine.reporting import Reporter
from tocsin.ports import RefusedError, UnavailableError, WriteError

KEY = IncidentKey("fraud", "scorer-1")
CHAT = Receiver("chat", "webhook", "https://chat.example")
INTENT = Intent(1, Reason.FIRST, 1, START)
INCIDENT = Incident(KEY, RouteKey("fraud", "oncall"), {"namespace": "fraud"}, START,
                    told=(Told(CHAT, intent=INTENT),))  # fmt: skip


class Store:
    """A keeper of one case over an API server whose watch a test lets speak."""

    def __init__(self) -> None:
        self.api = Overtaken(Faults([], START, PlayedClock(START)))
        self.cases, self.case = Cases(), Case(INCIDENT)
        self.cases.add(self.case)
        self.keeper = Keeper(self.api, SteppedClock())
        reporter = Reporter(FakeEvents(), Agenda(), SteppedClock())
        self.reader = Reader(self.cases, SteppedClock(), lambda case: None, reporter)

    def watch(self) -> None:
        """The watch tells of the incident as it is."""
        self.reader.saw(self.api.objects[KIND, KEY.namespace, KEY.name])

    def happens(self) -> None:
        """The incident is another one."""
        told = replace(self.case.incident.told[0], sent=self.case.incident.told[0].sent + 1)
        self.cases.update(self.case, replace(self.case.incident, told=(told,)))


class Overtaken(PlayedApi):
    """An API server whose answers come late: `meanwhile` is what happens before."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(faults)
        self.meanwhile: Any = lambda: None
        self.refuses_statuses = False
        self.refuses_with: WriteError = UnavailableError("503")

    async def write_status(
        self, kind: str, namespace: str, name: str, resource_version: str, status: Mapping[str, Any]
    ) -> str:
        if self.refuses_statuses:
            raise self.refuses_with
        version = await super().write_status(kind, namespace, name, resource_version, status)
        self.meanwhile()
        return version


async def test_an_answer_that_is_late_does_not_hide_what_a_person_has_done_since() -> None:
    store = Store()
    assert await store.keeper.store(store.case)

    def acknowledged() -> None:
        store.api.annotate(KIND, KEY.namespace, KEY.name, ack="on it")
        store.watch()

    store.happens()
    store.api.meanwhile = acknowledged
    assert await store.keeper.store(store.case)
    store.api.meanwhile = lambda: None
    assert await store.keeper.store(store.case)
    stored = store.api.objects[KIND, KEY.namespace, KEY.name]
    assert stored["status"]["acknowledgement"]["comment"] == "on it"
    assert store.case.written == stored["status"]


async def test_what_the_api_server_refuses_again_and_again_is_logged_once_for_each_cause() -> None:
    store = Store()
    store.api.refuses_statuses = True
    with capture_logs() as lines:
        for why in ("being terminated", "being terminated", "too large"):
            store.api.refuses_with = RefusedError(f"403: {why}")
            assert await store.keeper.store(store.case), "people are told all the same"
    said = [line["error"] for line in lines if line["event"] == "incident refused"]
    assert said == ["403: being terminated", "403: too large"]


async def test_who_finds_an_incident_without_a_status_takes_it_for_told() -> None:
    store = Store()
    store.api.refuses_statuses = True
    assert await store.keeper.store(store.case), "people may be told: the API server is away"
    successor = Store()
    successor.cases.drop(successor.case)
    successor.reader.saw(store.api.objects[KIND, KEY.namespace, KEY.name])
    case = successor.cases.get(KEY)
    assert case
    (told,) = case.incident.told
    assert (told.intent, told.uncertain) == (INTENT, True)
    assert case.written == {}, "its status is still to be written"


async def test_what_a_late_watch_tells_of_a_first_status_is_no_news_to_its_author() -> None:
    store = Store()
    store.api.refuses_statuses = True
    await store.keeper.store(store.case)
    store.cases.drop(store.case)
    store.reader.settled = True
    store.watch()
    case = store.cases.get(KEY)
    assert case
    assert case.incident.told == ()


async def test_after_a_restore_to_older_versions_people_are_told_again() -> None:
    store = Store()
    for _ in range(3):
        store.happens()
        assert await store.keeper.store(store.case)
    stored = store.api.objects[KIND, KEY.namespace, KEY.name]
    stored["metadata"]["resourceVersion"] = "1"
    store.watch()
    store.happens()
    assert not await store.keeper.store(store.case)  # who knows who has changed it
    assert await store.keeper.store(store.case)
    assert stored["metadata"]["uid"] == store.case.uid
    assert store.api.objects[KIND, KEY.namespace, KEY.name]["status"] == store.case.status()


async def test_what_cannot_even_be_put_into_an_object_is_told_all_the_same() -> None:
    store = Store()
    case = Case(replace(INCIDENT, group={"label text": "x" * 70_000}))
    assert await store.keeper.store(case)
    assert not case.is_stored
