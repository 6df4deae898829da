"""The engine's desk between played ports: nothing of it is left out, and nothing waits."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ParamSpec

from bench.dispatch import world
from bench.dispatch.world import BEGAN, OWN_NAMESPACE, Json, Size
from tocsin.adapters.templates import GoTemplates
from tocsin.api.limits import Limits
from tocsin.api.v1alpha1.parseroute import parse_route
from tocsin.api.v1alpha1.parsesilence import parse_silence
from tocsin.cli.scenarios.outside import (
    Faults,
    PlayedApi,
    PlayedClock,
    PlayedReceivers,
    PlayedRecorder,
)
from tocsin.core.notify.notification import Reason
from tocsin.core.notify.routes import Route, Timing
from tocsin.core.rules import RuleKey
from tocsin.engine.agenda import Agenda, Item
from tocsin.engine.cluster import Cluster
from tocsin.engine.namespaces import Namespaces
from tocsin.engine.notifying.assembly import build_desk
from tocsin.engine.notifying.board import KIND as ROUTE
from tocsin.engine.rationing import RationedTexts
from tocsin.engine.record import Record
from tocsin.engine.reporting import Reporter
from tocsin.engine.running import Running
from tocsin.engine.silencing.entry import KIND as SILENCE

P = ParamSpec("P")

_TIMING = Timing(timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=4))


class Stage:
    """A desk, what it reads, and what it did. Times are CPU seconds of the process."""

    def __init__(self, size: Size, storm_limit: int, group_by: str = "Workload") -> None:
        self.size = size
        self.clock = PlayedClock(BEGAN)
        faults = Faults((), BEGAN, self.clock)
        self.api = PlayedApi(faults)
        self.receivers = PlayedReceivers(self.clock, faults)
        self.records = {one.key: one for one in self._records()}
        for body in world.routes(size, group_by):
            self.keep(ROUTE, body)
        for body in world.silences(size):
            self.keep(SILENCE, body)
        self._storm_limit = storm_limit
        self.begin()

    def begin(self) -> None:
        """A process begins, and knows nothing but workloads yet."""
        self.agenda, cluster, clock = Agenda(), Cluster(), self.clock
        for body in world.deployments(self.size):
            cluster.saw("Deployment", body)
        limits = Limits()
        self.desk = build_desk(
            cluster_name="bench",
            external_url="",
            timing=_TIMING,
            storm_limit=self._storm_limit,
            namespaces=Namespaces(),
            parse=_parse,
            parse_silence=partial(parse_silence, own_namespace=OWN_NAMESPACE),
            clock=clock,
            agenda=self.agenda,
            record_of=self._record_of,
            cluster=cluster,
            renderer=RationedTexts(GoTemplates(), clock, limits.text_time_per_namespace),
            reporter=Reporter(PlayedRecorder(), self.agenda, clock),
            writer=self.api,
            receivers=self.receivers,
        )
        self._running = Running(self._do, _nobody)

    def keep(self, kind: str, body: Json) -> None:
        """An object is stored."""
        metadata = body["metadata"]
        self.api.objects[kind, metadata["namespace"], metadata["name"]] = body

    def read(self, *kinds: str) -> None:
        """Objects of these kinds are read, as from the first lists."""
        for (kind, _, _), body in tuple(self.api.objects.items()):
            if kind in kinds:
                self.desk.saw(kind, body)

    def hand_in(self, records: Iterable[Record]) -> None:
        """The alerts of these rules are as they say."""
        for record in records:
            self.desk.notifier.synced(record)

    async def settle(self, until: datetime) -> None:
        """Everything that is due up to `until` is done, each at its time."""
        while (due := self.agenda.next_due()) is not None and due <= until:
            self.clock.time = max(self.clock.time, due)
            for item, at in self.agenda.take_due(self.clock.time):
                self._running.start(item, at)
            await self._running.settle()
        self.clock.time = max(self.clock.time, until)

    async def until_told(self) -> None:
        """All is done that a group's first wait leaves to be done."""
        await self.settle(self.clock.time + world.GROUP_WAIT + timedelta(seconds=5))

    @property
    def others_told(self) -> Counter[str]:
        """How often something was told that is no first notice, by reason."""
        reasons = (one.notification.reason for one in self.receivers.delivered)
        return Counter(str(one) for one in reasons if one not in (Reason.FIRST, Reason.STORM))

    def _records(self) -> Iterable[Record]:
        return (world.record(self.size, owner) for owner in range(self.size.routes))

    def _record_of(self, key: RuleKey) -> Record | None:
        return self.records.get(key)

    async def _do(self, item: Item, due: datetime) -> None:  # noqa: ARG002  # of Running
        await self.desk.do(item)


def spent_on(
    do: Callable[P, Coroutine[Any, Any, None]], *args: P.args, **kwargs: P.kwargs
) -> float:
    """The CPU seconds that `do` takes."""
    started = time.process_time()
    asyncio.run(do(*args, **kwargs))
    return time.process_time() - started


def _parse(body: Mapping[str, Any]) -> Route | tuple[str, ...]:
    parsed = parse_route(body, default=_TIMING, own_namespace=OWN_NAMESPACE)
    return parsed if isinstance(parsed, Route) else tuple(map(str, parsed))


def _nobody() -> None:
    """Nobody waits for a step to end."""
