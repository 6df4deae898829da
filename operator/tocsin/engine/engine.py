"""The engine: takes in what watches tell, does what is due, and lets each rule fail alone.

A standby only takes in: it knows everything, and decides nothing before it leads.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Set
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from tocsin.core.inventory import ObjectRef
from tocsin.core.rules import RuleKey
from tocsin.engine.agenda import Agenda, Item, Task
from tocsin.engine.book import Book
from tocsin.engine.cluster import Cluster
from tocsin.engine.early import Early, name_of
from tocsin.engine.evaluating import Evaluator
from tocsin.engine.kinds import WATCHED_KINDS, WRITTEN_KINDS, to_be_listed
from tocsin.engine.namespaces import NAMESPACE
from tocsin.engine.notifying.desk import Desk
from tocsin.engine.publishing import Publisher
from tocsin.engine.record import KIND
from tocsin.engine.reporting import Reporter
from tocsin.engine.running import Pace, Running
from tocsin.engine.telling import Teller
from tocsin.engine.tidying import EVERY, Tidier
from tocsin.ports import Clock

_log = structlog.get_logger(__name__)

#: The loop looks around at least this often, so that its pulse tells whether it lives.
_PULSE: Final = timedelta(seconds=1)

#: What is not settled for so long is no busy moment.
_BEHIND: Final = timedelta(minutes=1)


class Engine:
    """Everything that happens happens here, on one event loop, one step at a time."""

    def __init__(  # noqa: PLR0913  # one for each thing that can be due, and what they share
        self,
        *,
        clock: Clock,
        agenda: Agenda,
        book: Book,
        cluster: Cluster,
        evaluator: Evaluator,
        publisher: Publisher,
        reporter: Reporter,
        teller: Teller,
        desk: Desk,
        namespaces: tuple[str, ...] = (),
    ) -> None:
        self._clock = clock
        self._agenda = agenda
        self._book = book
        self._cluster = cluster
        self._evaluator = evaluator
        self._publisher = publisher
        self._reporter = reporter
        self._teller = teller
        self._desk = desk
        self._spaces: tuple[str | None, ...] = namespaces or (None,)
        self._unlisted = to_be_listed(WATCHED_KINDS, self._spaces)
        # Rules that came before the workloads: what ends with an edit is told on these, too.
        self._early = Early()
        self._leads = True
        #: Told once everything was listed.
        self.on_listed: Callable[[], None] = lambda: None
        self._wake = asyncio.Event()
        self._running = Running(self._do, self._wake.set)
        agenda.on_put = self._wake.set
        self._closing = False
        self._tidier = Tidier()
        self.pulse: datetime = clock.now()

    def watch_also(self, kinds: Set[str]) -> None:
        """Before the watches begin: these are listed, too, before anything is decided."""
        self._unlisted |= to_be_listed(kinds, self._spaces)
        self._book.kinds |= kinds

    @property
    def unlisted(self) -> list[str]:
        """The kinds of which no whole list was read yet; nothing is decided before."""
        return sorted({kind for kind, _ in self._unlisted})

    @property
    def leads(self) -> bool:
        """Whether it decides, or is to once everything was listed."""
        return self._leads

    def stand_by(self) -> None:
        """From the start on, decide nothing until `lead` is called."""
        self._leads = False

    def lead(self, lived_until: datetime | None) -> None:
        """Go on from where the former leader ended, which looked at alerts until `lived_until`.

        What leaders write has to be listed anew before.
        """
        self._leads = True
        self._book.lived_until = lived_until
        self._unlisted |= to_be_listed(WRITTEN_KINDS, self._spaces)

    @property
    def cluster(self) -> Cluster:
        """What is known of the cluster."""
        return self._cluster

    def pace_of(self, key: RuleKey) -> Pace:
        """When a rule is evaluated next, if it is, and since when it is being evaluated."""
        return self._running.pace_of(Item(Task.EVALUATE, key), self._agenda)

    @property
    def unsettled_since(self) -> datetime | None:
        """Since when not all that was looked at stands in status and was told; None: all is."""
        due, now = self._agenda.next_due(), self._clock.now()
        times = [
            *self._running.evaluations,
            *(record.unwritten_since for record in self._book),
            *(record.unseen_since(now) for record in self._book),
            self._teller.waiting_since,
            self._reporter.waiting_since,
            due if due and due <= now else None,
        ]
        return min((time for time in times if time), default=None)

    @property
    def desk(self) -> Desk:
        """Those who tell people."""
        return self._desk

    @property
    def stale(self) -> str | None:
        """What of evaluating is behind for so long that somebody should notice."""
        since = self.unsettled_since
        if since is None or self._clock.now() - since < _BEHIND:
            return None
        return f"what was decided since {since:%H:%M:%SZ} is not written or told yet"

    def saw(self, kind: str, body: Mapping[str, Any]) -> None:
        """An object is there, or has changed."""
        if kind == NAMESPACE:
            self._desk.saw(kind, body)
        elif kind not in WRITTEN_KINDS:
            self._desk.saw(kind, body)
            self._cluster.saw(kind, body)
        elif self._waits:
            self._early.saw(kind, body)
        else:
            self._take_in(kind, body)

    def gone(self, kind: str, namespace: str, name: str) -> None:
        """An object was deleted."""
        self._early.gone(kind, namespace, name)
        self._desk.gone(kind, namespace, name)
        if kind == KIND:
            self._book.gone(RuleKey(namespace, name), self._clock.now())
            self._moved()
        elif kind not in (*WRITTEN_KINDS, NAMESPACE):
            self._cluster.gone(ObjectRef(kind, namespace, name))
        self._wake.set()

    def listed(self, kind: str, namespace: str | None, names: Set[tuple[str, str]]) -> None:
        """A whole list of `kind` was read: what it does not name (by namespace, name) is gone."""
        self._early.listed(kind, namespace, names)
        self._desk.listed(kind, namespace, names)
        if kind == KIND:
            self._book.listed(namespace, names, self._clock.now())
            self._moved()
        elif kind not in (*WRITTEN_KINDS, NAMESPACE):
            self._cluster.listed(kind, namespace, names)
        self._unlisted.discard((kind, namespace))
        if not self._waits:
            for taken, body in self._early.take(WRITTEN_KINDS):
                self._take_in(taken, body)
            for deleted in self._early.take_deleted():
                self._desk.gone(*deleted)
            self._desk.settle()
        if not self._unlisted:
            self.on_listed()
        self._wake.set()

    async def run(self) -> None:
        """Do what is due, until cancelled."""
        self._agenda.put(Item(Task.TIDY, None), self._clock.now() + EVERY)
        try:
            while True:
                self._wake.clear()
                self.start_due()
                await self._rest()
        finally:
            self._running.cancel()

    def start_due(self) -> None:
        """Start everything that is due now, except what is still at it from before."""
        now = self._clock.now()
        if now < self.pulse - _PULSE:  # the clock was set back: what was due soon still is
            self._agenda.shift(now - self.pulse)
        self.pulse = now
        if self._closing:
            return
        if self._waits:
            self._tidy_meanwhile(now)
            return
        for item, due in self._agenda.take_due(now):
            if item in self._running:
                self._still_busy(item, due)
            else:
                self._running.start(item, due)

    async def drain(self, seconds: float) -> None:
        """Before the end: write and tell what was decided, as far as that goes quickly."""
        self._closing = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                for key in self._teller.waiting:
                    await self._teller.tell_on(key)
                left = [Item(Task.PUBLISH, r.key) for r in self._book if r.status != r.written]
                left += [Item(Task.REPORT, number) for number in self._reporter.waiting]
                for item in left:
                    if item not in self._running:
                        self._running.start(item, self.pulse)
                await self.settle()
                await self._desk.dispatcher.drain()

    async def settle(self) -> None:
        """Wait until all that was started has ended."""
        await self._running.settle()

    @property
    def _waits(self) -> bool:
        """Whether nothing is decided yet."""
        return bool(self._unlisted) or not self._leads

    def _tidy_meanwhile(self, now: datetime) -> None:
        """A standby makes garbage, too, and may be one for weeks."""
        item = Item(Task.TIDY, None)
        if self._agenda.is_due(item, now) and item not in self._running:
            self._running.start(item, now)

    async def _rest(self) -> None:
        due = self._agenda.next_due()
        until = _PULSE if due is None else min(_PULSE, due - self._clock.now())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, until.total_seconds())):
                await self._wake.wait()

    def _take_in(self, kind: str, body: Mapping[str, Any]) -> None:
        try:
            self._desk.saw(kind, body)
            if kind == KIND:
                self._take_in_rule(body)
        except Exception:  # noqa: BLE001  # one object must not keep others from being taken in
            _log.exception("object not taken in", kind=kind, object="/".join(name_of(body)))
        self._wake.set()

    def _take_in_rule(self, body: Mapping[str, Any]) -> None:
        record = self._book.saw(body, self._clock.now())
        if record:
            self._evaluator.plan(record)
            self._publisher.mark(record)
        self._moved()

    def _moved(self) -> None:
        """Rules that lost their place in their namespace, or got one, say so."""
        for record in self._book.take_moved():
            self._evaluator.plan(record)
            self._publisher.mark(record)

    def _still_busy(self, item: Item, due: datetime) -> None:
        if item.task is Task.EVALUATE:
            self._evaluator.skip(item.key, due)
        else:  # what is being written now may be older than what is wanted
            self._agenda.put(item, self._clock.now() + _PULSE)

    async def _do(self, item: Item, due: datetime) -> None:
        try:
            match item.task:
                case Task.EVALUATE:
                    await self._evaluator.evaluate(item.key, due)
                case Task.PUBLISH:
                    await self._publisher.publish(item.key)
                case Task.REPORT:
                    await self._reporter.report(item.key)
                case Task.ASK:
                    self._evaluator.ask_on(item.key)
                case Task.TIDY:
                    self._tidier.tidy()
                    self._agenda.put(item, self._clock.now() + EVERY)
                case Task.TELL:
                    await self._teller.tell_on(item.key)
                case _:
                    await self._desk.do(item)
        except Exception:  # noqa: BLE001  # a bug in one step must not stop the others
            _log.exception("step failed", task=item.task, key=str(item.key))
