"""One life of the operator: the real engine, its watches, and its way out through crash points."""

import asyncio
import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from tests.engine.fakes import CountingMeter
from tests.recover.apiserver import KINDS, NAMESPACE, RULE, WORKLOAD
from tests.recover.clockwork import ms_by, ms_of
from tests.recover.halting import Stillness, halting
from tests.recover.journal import Answered, Hindered, Recorded, Saw, Wrote
from tests.recover.objects import Objects
from tests.recover.receivers import Receivers
from tests.recover.streams import Stream
from tocsin.adapters.crashing import EFFECTS, crashing
from tocsin.adapters.templates import GoTemplates
from tocsin.api.settings import Settings
from tocsin.core.metrics import Question
from tocsin.core.rules import RuleKey
from tocsin.core.samples import Answer, Failure, FailureKind, Sample, Samples
from tocsin.engine.assembly import Outside, build_engine
from tocsin.engine.echo import Echo
from tocsin.engine.elector import Elector
from tocsin.engine.kinds import WATCHED_KINDS
from tocsin.engine.notices import DETAILS
from tocsin.engine.tenure import Standing, Tenure
from tocsin.ports import Notice, UnavailableError

if TYPE_CHECKING:
    from tests.recover.world import World

RENEWED_EVERY = timedelta(seconds=5)
SETTINGS = Settings.model_validate(
    {
        "clusterName": "test",
        "evaluation": {"offset": "0s"},
        "defaults": {"groupInterval": "15s"},  # of routes that were deleted
    }
)
RENDERER = GoTemplates()
DOWN = Failure(FailureKind.UNREACHABLE, "connection refused")
_ID = '"id": "'

Adapter = TypeVar("Adapter")


class CrashError(BaseException):
    """The process dies here. Nothing in the engine may catch it."""


class Process:
    """The engine as wiring builds it, in a pod; `passing` is told of each crash point."""

    def __init__(self, world: "World", life: int, pod: str) -> None:
        self.world = world
        self.life = life
        self.pod = pod
        self.alive = True
        self.stillness = Stillness(life)
        self.draining: asyncio.Task[None] | None = None
        ever = world.api.changes.items()  # a first list that does not name it tells that it is gone
        self._names = {kind: {change.name for change in changes} for kind, changes in ever}
        self.engine, self.book = build_engine(
            SETTINGS,
            Outside(
                clock=world.clockwork,
                sources={"default": self._around(_Source(self), "query")},
                writer=self._around(_Writer(self), "status"),
                objects=self._objects(),
                recorder=self._around(_Recorder(self), "event"),
                receivers=self._around(Receivers(self), "send"),
                renderer=RENDERER,
                meter=CountingMeter(),
            ),
        )
        kinds = KINDS if world.tells else (RULE, WORKLOAD)
        self.streams = {kind: Stream(self, kind) for kind in kinds}
        keeper, echo = self._around(world.leases, "lease"), Echo("lease", lambda: None)
        echo.heard()  # watches are alive here; nothing has to be renewed in haste to see it
        self.elector = Elector(
            keeper=keeper,
            tenure=Tenure(
                clock=world.clockwork,
                keeper=keeper,
                me=pod,
                address="",
                every=RENEWED_EVERY,
                standing=self._standing,
                count=lambda outcome: None,
            ),
            every=RENEWED_EVERY,
            echo=echo,
            on_lead=self._lead,
            on_lost=self._lost,
            count=lambda outcome: None,
            monotonic=lambda: world.clockwork.ms / 1000,
            sleep=lambda seconds: self._sleep(round(seconds * 1000)),
        )
        self.do(lambda: asyncio.get_running_loop().create_task(self._live()))

    def _objects(self) -> Objects:
        around = self._around(self._around(Objects(self), "create"), "incident")
        return halting(around, self.stillness, "delete")

    def _around(self, adapter: Adapter, effect: str) -> Adapter:
        """`adapter` with crash points at an effect, which a process that is stopped has not."""
        return halting(crashing(adapter, effect, self.passing), self.stillness, EFFECTS[effect])

    async def _sleep(self, ms: int) -> None:
        await self.world.clockwork.sleep(ms)
        await self.stillness.over()

    def do(self, do: Callable[[], object]) -> None:
        """Have this process do something, as soon as it can."""
        self.stillness.call(do)

    async def check(self) -> None:
        """Return if it may tell people, as `Election` has it."""
        if not self.elector.may_act():
            await self.elector.decide()

    async def check_write(self, effect: str) -> None:
        """Return if it may write, likewise; each adapter asks once it is called."""
        await self.check()
        if not self.elector.is_sure():
            self.world.note(Hindered, what=effect)
            raise UnavailableError("not written before the Lease is renewed")

    @property
    def decides(self) -> bool:
        """Whether it is the one that decides, as far as the world knows."""
        return self.alive and self.world.process is self

    async def _live(self) -> None:
        """As wiring has it: once it leads, what was written before is listed, and it decides."""
        self.elector.be_warm()
        while self.alive:
            if not self.elector.leads:
                await self.elector.listen()
            rest = await self.elector.step()
            await self._sleep(math.ceil(rest * 1000) or 1)

    def _lead(self, lived_until: datetime | None) -> None:
        self.world.led_by(self)
        self.engine.lead(lived_until)
        for kind in WATCHED_KINDS:
            if kind in self.streams:
                self.streams[kind].list_in(self.world.slow_start())
            else:
                self.engine.listed(kind, None, set())

    def _lost(self, why: str) -> None:
        if self.alive:
            self.world.lost(self, why)

    async def _standing(self) -> Standing:
        unobserved = bool(self.engine.unlisted) or self.book.has_unobserved()
        return Standing(unobserved, self.engine.unsettled_since)

    def passing(self, point: str) -> None:
        """Die here if that is planned; once dead, do nothing more."""
        if self.decides and self.world.dies_at(point):
            self.world.die(point)
        if not self.alive:
            raise CrashError

    def due(self) -> int | None:
        """When the engine has something to do next."""
        due = self.engine._agenda.next_due()
        idle = due is None or self.engine.unlisted or self.draining or self.stillness.is_still
        return None if idle or due is None else ms_by(due)

    def saw(self, kind: str, name: str, body: Mapping[str, Any] | None) -> None:
        """The watch tells of one object."""
        if self.decides:
            self.world.note(Saw, kind=kind, name=name, body=body)
        if body is None:
            self.engine.gone(kind, NAMESPACE, name)
            self._names[kind].discard(name)
        else:
            self.engine.saw(kind, body)
            self._names[kind].add(name)

    def listed(self, kind: str, names: set[str]) -> None:
        """A whole list was read."""
        for name in sorted(self._names[kind] - names) if self.decides else ():
            self.world.note(Saw, kind=kind, name=name, body=None)
        self._names[kind] = set(names)
        self.engine.listed(kind, None, {(NAMESPACE, name) for name in names})


class _Source:
    def __init__(self, process: Process) -> None:
        self._process = process

    async def ask(self, question: Question) -> Answer:
        world = self._process.world
        asked, values = world.clockwork.ms, world.values_of(str(question.query))
        if world.source_delay:
            await world.clockwork.sleep(world.source_delay)
        await self._process.stillness.over()
        if self._process.decides:
            world.note(Answered, query=str(question.query), asked=asked, values=values)
        if values is None:
            return DOWN
        labels = ({"namespace": NAMESPACE, "deployment": name} for name in values)
        return Samples(tuple(map(Sample, labels, values.values())))


class _Writer:
    def __init__(self, process: Process) -> None:
        self._process = process

    async def write(self, rule: RuleKey, resource_version: str, status: Mapping[str, Any]) -> str:
        world, life = self._process.world, self._process.life
        sent = world.clockwork.ms

        def done(uid: str) -> None:
            world.journal.add(Wrote(world.clockwork.ms, life, rule.name, uid, sent, status))

        await self._process.check_write("status")
        return await world.api.write(rule.name, resource_version, status, done)


class _Recorder:
    def __init__(self, process: Process) -> None:
        self._process = process

    async def record(self, notice: Notice) -> None:
        world, life = self._process.world, self._process.life
        details = notice.annotations.get(DETAILS, "")
        alert = details.partition(_ID)[2].partition('"')[0]

        def done(name: str, count: int, answered: bool) -> None:
            regarding = notice.regarding
            world.journal.add(
                Recorded(
                    world.clockwork.ms, life, str(notice.reason),
                    f"{regarding.kind}/{regarding.name}", regarding.uid, alert, notice.note,
                    ms_of(notice.at), name, count, answered,
                )
            )  # fmt: skip

        await self._process.check_write("event")
        await world.api.record(notice, done)
