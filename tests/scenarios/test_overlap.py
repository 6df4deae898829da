"""Two processes that both take themselves for the leader, before one API server."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from tocsin.adapters.templates import GoTemplates
from tocsin.api.v1alpha1.parseroute import parse_route
from tocsin.api.v1alpha1.parsesilence import parse_silence
from tocsin.cli.scenarios.outside import (
    Faults,
    PlayedApi,
    PlayedClock,
    PlayedReceivers,
    PlayedRecorder,
)
from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.alarms import Alarm
from tocsin.core.notify.routes import Route, Timing
from tocsin.core.rules import RuleKey, Severity
from tocsin.engine.agenda import Agenda
from tocsin.engine.cluster import Cluster
from tocsin.engine.namespaces import Namespaces
from tocsin.engine.notifying.assembly import build_desk
from tocsin.engine.notifying.case import KIND
from tocsin.engine.reporting import Reporter

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
TIMING = Timing(timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=4))
SCORER = ObjectRef("Deployment", "fraud", "scorer")
ALARM = Alarm("a1", RuleKey("fraud", "latency"), SCORER, "fraud", Severity.HIGH, NOW)
ROUTE = {
    "metadata": {
        "name": "oncall", "namespace": "fraud", "uid": "u", "generation": 1, "resourceVersion": "1",
    },
    "spec": {
        "selector": {"all": True},
        "receivers": [{"name": "chat", "webhook": {"url": "https://chat.example/in"}}],
    },
}  # fmt: skip


def parsed(body: Any) -> Route | tuple[str, ...]:
    route = parse_route(body, default=TIMING, own_namespace="tocsin")
    return route if isinstance(route, Route) else tuple(map(str, route))


class Leader:
    """A process that takes itself for the leader."""

    def __init__(self, clock: PlayedClock, api: PlayedApi, receivers: PlayedReceivers) -> None:
        self.clock, self.api, self.agenda = clock, api, Agenda()
        self.desk = build_desk(
            cluster_name="prod",
            external_url="",
            timing=TIMING,
            storm_limit=20,
            namespaces=Namespaces(),
            parse=parsed,
            parse_silence=partial(parse_silence, own_namespace="tocsin"),
            clock=clock,
            agenda=self.agenda,
            record_of=lambda _: None,
            cluster=Cluster(),
            renderer=GoTemplates(),
            reporter=Reporter(PlayedRecorder(), self.agenda, clock),
            writer=api,
            receivers=receivers,
        )
        self.desk.saw("NotificationRoute", ROUTE)
        self.desk.notifier.fires(ALARM)

    def watch(self) -> None:
        """The watch tells of all incidents as they are now."""
        for (kind, _, _), body in tuple(self.api.objects.items()):
            if kind == KIND:
                self.desk.saw(kind, body)

    async def work(self, steps: int = 100) -> None:
        """Do what is due now, at most so many steps of it."""
        for item, _ in list(self.agenda.take_due(self.clock.now()))[:steps]:
            await self.desk.do(item)


async def test_two_leaders_that_overlap_make_one_incident_and_tell_under_one_id() -> None:
    """Slack may show it twice; the Lease and the guard before each send see to it that it does not
    come to that."""
    clock = PlayedClock(NOW)
    faults = Faults((), NOW, clock)
    api, receivers = PlayedApi(faults), PlayedReceivers(clock, faults)
    leaders = [Leader(clock, api, receivers) for _ in range(2)]
    for second in range(60):
        clock.time = NOW + timedelta(seconds=second)
        for leader in leaders:
            leader.watch()
        await asyncio.gather(*(leader.work() for leader in leaders))
    assert {str(one.notification.reason) for one in receivers.delivered} == {"First"}
    assert len({one.notification.id for one in receivers.delivered}) == 1
    assert len(receivers.delivered) <= 2
    assert len([one for one in api.objects if one[0] == KIND]) == 1


async def test_a_leader_that_takes_over_between_intent_and_send_sends_under_the_same_id() -> None:
    clock = PlayedClock(NOW)
    faults = Faults((), NOW, clock)
    api, receivers = PlayedApi(faults), PlayedReceivers(clock, faults)
    first = Leader(clock, api, receivers)
    clock.time = NOW + timedelta(seconds=30)
    await first.work()  # the intent is stored; the paused process still has the send before it
    second = Leader(clock, api, receivers)
    second.watch()
    for _ in range(3):
        await second.work()
    await first.work()  # it goes on, although it no longer leads
    ids = {one.notification.id for one in receivers.delivered}
    assert len(receivers.delivered) == 2
    assert len(ids) == 1, "whoever deduplicates counts it once"
