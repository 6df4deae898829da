"""Statuses on their way: what is stored, what others write, what is on its way."""

from datetime import timedelta
from typing import Any

from tests.engine.fakes import START
from tocsin.cli.scenarios.language import ScenarioObject
from tocsin.cli.scenarios.outside import Faults, PlayedApi, PlayedClock
from tocsin.engine.agenda import Agenda
from tocsin.engine.posting import Place, Poster

PLACE = Place("NotificationRoute", "default", "oncall")
READY = {"type": "Ready", "status": "True"}
OURS: dict[str, Any] = {"openIncidents": 1, "conditions": [READY]}


class Office:
    """A poster over an API server that a test may change by hand."""

    def __init__(self) -> None:
        self.clock = PlayedClock(START)
        self.api = PlayedApi(Faults([], START, self.clock))
        self.agenda = Agenda()
        self.poster = Poster(self.api, self.agenda, self.clock)
        self.api.apply(PLACE.kind, ScenarioObject(name=PLACE.name, spec={}), START)
        self.wanted = OURS
        self.writes = 0
        self.poster.saw(PLACE.kind, self.stored)
        self.poster.want(PLACE, lambda _: self.wanted)

    @property
    def stored(self) -> dict[str, Any]:
        """The object as the API server holds it."""
        return self.api.objects[PLACE]

    async def by_hand(self, **status: Any) -> None:
        """Somebody writes these fields of the status; the watch tells of it."""
        there = self.stored["metadata"]["resourceVersion"]
        await self.api.write_status(*PLACE, there, {**self.stored["status"], **status})
        self.poster.saw(PLACE.kind, self.stored)

    async def second(self) -> None:
        """A second passes."""
        self.clock.time += timedelta(seconds=1)
        for item, _ in list(self.agenda.take_due(self.clock.now())):
            before = self.stored["metadata"]["resourceVersion"]
            await self.poster.post(item.key)
            self.writes += self.stored["metadata"]["resourceVersion"] != before
            self.poster.saw(PLACE.kind, self.stored)


async def test_what_somebody_puts_beside_ours_stays() -> None:
    office = Office()
    await office.second()
    assert office.stored["status"] == OURS
    await office.by_hand(conditions=[READY, {"type": "Seen", "status": "True"}])
    for _ in range(5):
        await office.second()
    assert office.writes == 1


async def test_who_insists_on_another_status_is_answered_less_and_less() -> None:
    office = Office()
    for _ in range(60):
        await office.second()
        if office.stored["status"] == OURS:
            await office.by_hand(openIncidents=7)
    assert 3 < office.writes < 12


async def test_after_a_restore_to_older_versions_it_goes_on() -> None:
    office = Office()
    await office.second()
    office.stored["metadata"]["resourceVersion"] = "1"
    office.poster.saw(PLACE.kind, office.stored)
    office.wanted = {"openIncidents": 2}
    office.poster.want(PLACE, lambda _: office.wanted)
    for _ in range(5):
        await office.second()
    assert office.stored["status"] == office.wanted
