"""A simulated world: API server, source, and operators that lead. Seeded, never waiting.

What people and faults do are `Action`s, so that a schedule is data: it can be printed, run again,
and made smaller.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

import structlog

from tests.recover.apiserver import INCIDENT, RULE, SLOWEST, WORKLOAD, ApiServer, Trouble
from tests.recover.clockwork import SECOND, Clockwork
from tests.recover.halting import Living
from tests.recover.journal import STOPPED, Began, Bug, Changed, Died, Entry, Hindered, Journal
from tests.recover.leases import Leases
from tests.recover.process import Process
from tests.recover.receivers import SLOWEST_ANSWER, Fault

#: How long a process that was told to end may still write and tell.
LAST_WORDS = 2 * SECOND

#: A process that ends is followed by one in the same pod; the other pod has the standby.
PODS = ("operator-0", "operator-1")

#: Rounds within one millisecond after which the world is said to turn in a circle.
_CIRCLE = 1000


@dataclass(frozen=True)
class Action:
    """At `at` milliseconds, the method `do` of the world is called with `args`."""

    at: int
    do: str
    args: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"{self.at / SECOND:8.3f}  {self.do}({', '.join(map(repr, self.args))})"


class World:
    """Everything around the engine, and what happens to it; `tells`: there are routes, too.

    `process` leads, or is about to. Where it was stopped, `standby` waits for its Lease; who has
    that taken away is the `former` one, until it notices.
    """

    def __init__(self, seed: int, tells: bool = False) -> None:
        self.tells = tells
        self.journal = Journal()
        self.clockwork = Clockwork()
        self.api = ApiServer(self.clockwork, self._trouble)
        self.api.on_change = self._on_change
        self.leases = Leases(self.api)
        self.process: Process | None = None
        self.standby: Process | None = None
        self.former: Process | None = None
        self.source_down = False
        self.source_delay = 0
        self._values: dict[tuple[str, str], float | None] = {}
        self._random = Random(seed)  # noqa: S311  # chance that can be repeated is what is wanted
        self._lives = 0
        self._life = 0
        self._living = Living()
        self._dead: list[int] = []
        self._pod = PODS[0]
        self._stopped = 0, 0
        self._trouble_rate: dict[str, float] = {}
        self._faults: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._watch_delay = 0
        self._dies_at: tuple[str, int] | None = None
        self._down_for = 0

    # What people and faults do: the actions.

    def start(self) -> None:
        """An operator starts, unless one runs."""
        if self.process is None:
            self._lives += 1
            self._life = self._lives
            self.note(Began)
            self.process = Process(self, self._lives, self._pod)

    def crash(self, down_for: int) -> None:
        """kill -9, wherever the process is; the next one starts after `down_for`."""
        self._down_for = down_for
        if self.process and not self.standby:
            self.die("kill -9")

    def pause(self, ms: int) -> None:
        """SIGSTOP for so long, for one that leads; its standby takes over as soon as it may."""
        process = self.process
        if process is None or process.draining or not process.elector.leads:
            return
        if self.standby is None and self.former is None:
            process.stillness.begin()
            self._stopped = len(self.journal.entries), self.clockwork.ms
            self._lives += 1
            other = PODS[self._pod == PODS[0]]
            self.standby = Process(self, self._lives, other)
            self.clockwork.later(ms, lambda: self._go_on(process))

    def stop(self, down_for: int) -> None:
        """SIGTERM: what was decided is still written and told, if that is quick."""
        self._down_for = down_for
        process = self.process
        if process and not self.standby:
            process.do(lambda: self._drain(process))
            self.clockwork.later(LAST_WORDS, lambda: self._end(process))

    def crash_at(self, point: str, times: int, down_for: int) -> None:
        """The process dies when it passes `point` so many times from now on."""
        self._dies_at, self._down_for = (point, times), down_for

    def spare(self) -> None:
        """The process dies at no crash point any more."""
        self._dies_at = None

    def value(self, rule: str, workload: str, value: float | None) -> None:
        """From now on the query of `rule` gives this value for `workload`, or none."""
        self._values[rule, workload] = value

    def source(self, down: bool, delay: int) -> None:
        """The source fails from now on, or is slow, or is well."""
        self.source_down, self.source_delay = down, delay

    def api_trouble(self, rate: float, *kinds: str) -> None:
        """From now on so many of the requests of these effects meet trouble."""
        self._trouble_rate = dict.fromkeys(kinds, rate)

    def watch_delay(self, ms: int) -> None:
        """From now on watches are late by up to so much."""
        self._watch_delay = ms

    def cut(self, kind: str, ms: int, listed: bool) -> None:
        """The watch of `kind` is cut for so long, and then goes on, or begins with a new list."""
        if self.process:
            stream = self.process.streams[kind]
            (stream.list_in if listed else stream.resume_in)(ms)

    def rule(self, name: str, spec: dict[str, Any], soft: bool = False) -> None:
        """kubectl apply of a rule; `soft`: an edit of what does not decide who alerts on what."""
        self.note(Changed, kind=RULE, name=name, body=spec, soft=soft)
        self.api.apply(RULE, name, spec)

    def workload(self, name: str, replicas: int, serves: bool) -> None:
        """kubectl apply of a Deployment, which rules select if it serves."""
        labels = {"serves": "yes" if serves else "no"}
        self.note(Changed, kind=WORKLOAD, name=name, body={"replicas": replicas, **labels})
        self.api.apply(WORKLOAD, name, {"replicas": replicas}, **labels)

    def delete(self, kind: str, name: str) -> None:
        """kubectl delete."""
        self.note(Changed, kind=kind, name=name, body=None)
        self.api.delete(kind, name)

    def apply(self, kind: str, name: str, spec: dict[str, Any]) -> None:
        """kubectl apply of a route or a silence."""
        self.note(Changed, kind=kind, name=name, body=spec)
        self.api.apply(kind, name, spec)

    def acknowledge(self, number: int, comment: str) -> None:
        """A person asks to acknowledge an incident that is open, or, with no comment, no more."""
        if name := self._open(number):
            self.api.annotate(INCIDENT, name, **{"tocsin.dev/ack": comment, "tocsin.dev/by": "ann"})

    def delete_open(self, number: int) -> None:
        """A person deletes an incident that is open."""
        if name := self._open(number):
            self.delete(INCIDENT, name)

    def receiver_trouble(self, name: str, rate: float, *faults: str) -> None:
        """From now on so many of the notifications to this receiver meet one of these faults."""
        self._faults[name] = rate, faults

    def _open(self, number: int) -> str | None:
        bodies = self.api.objects[INCIDENT].items()
        names = sorted(name for name, body in bodies if "closedAt" not in body["status"])
        return names[number % len(names)] if names else None

    # What the process asks of its surroundings.

    def note(self, entry: type[Entry], **facts: Any) -> None:
        """Write down what happens now, in the life that is or was last."""
        self.journal.add(entry(at=self.clockwork.ms, life=self._life, **facts))

    def delay(self) -> int:
        """How late a watch is this time."""
        return self._random.randint(0, self._watch_delay) if self._watch_delay else 0

    def slow_start(self) -> int:
        """How long a first list takes this time: kinds are listed in any order."""
        return self.delay() + self._random.choice((0, 0, 500, 6000))

    def values_of(self, query: str) -> dict[str, float] | None:
        """What the source says now; None: it fails."""
        if self.source_down:
            return None
        values = ((w, v) for (rule, w), v in self._values.items() if f"q-{rule}" == query)
        return {workload: value for workload, value in values if value is not None}

    def fault(self, receiver: str) -> tuple[Fault, int]:
        """What goes wrong when `receiver` is told now, and how long it takes."""
        rate, faults = self._faults.get(receiver, (0.0, ()))
        if self._random.random() >= rate:
            return Fault.NONE, 0
        self.note(Hindered, what=f"telling {receiver}")
        return Fault(self._random.choice(faults)), self._random.randint(1, SLOWEST_ANSWER)

    def dies_at(self, point: str) -> bool:
        """Whether the process was to die at `point`, this time."""
        if self._dies_at is None or self._dies_at[0] != point:
            return False
        self._dies_at = (point, self._dies_at[1] - 1)
        return self._dies_at[1] <= 0

    def die(self, cause: str) -> None:
        """The process is gone from here on; what was sent may still arrive."""
        if self.process:
            self._gone(self.process)
            self.process, self._dies_at = None, None
            self.note(Died, cause=cause)
            self.clockwork.later(self._down_for, self.start)

    def led_by(self, process: Process) -> None:
        """It leads now; who was stopped and led before is as good as dead since then."""
        if process is self.standby and self.process:
            place, at = self._stopped
            self.journal.entries.insert(place, Died(at, self.process.life, STOPPED))
            self.former, self.process, self.standby = self.process, process, None
            self._life, self._pod, self._dies_at = process.life, process.pod, None
            self.note(Began)

    def lost(self, process: Process, why: str) -> None:
        """It has noticed that it does not lead any more: it ends."""
        if process is self.process:
            self.die(why)
        else:
            self._gone(process)
            self.former = None

    def _go_on(self, process: Process) -> None:
        if self.standby:  # it was too short a time to take over
            self._gone(self.standby)
            self.standby = None
        process.stillness.end()

    def _drain(self, process: Process) -> None:
        process.draining = asyncio.get_running_loop().create_task(process.engine.drain(60))
        process.draining.add_done_callback(lambda _: self._end(process))

    def _end(self, process: Process) -> None:
        if process.alive:
            self.die("SIGTERM")

    def _gone(self, process: Process) -> None:
        process.alive = False
        self._dead.append(process.life)

    def _trouble(self, request: str) -> tuple[Trouble, int]:
        if request == "lease" and self.former:  # it is answered, and has some time until then
            return Trouble.SLOW, self._random.randint(1, SLOWEST)
        if self._random.random() >= self._trouble_rate.get(request, 0.0):
            return Trouble.NONE, 0
        self.note(Hindered, what=request)
        return self._random.choice(list(Trouble)), self._random.randint(1, SLOWEST)

    def _on_change(self, kind: str) -> None:
        for process in (self.former, self.process):
            if process:
                process.streams[kind].changed(self.delay())

    # How time goes on.

    async def run(self, actions: Sequence[Action], until: int) -> Journal:
        """Let everything happen; the journal of it."""
        for action in actions:
            self.clockwork.later(action.at, partial(self._act, action))
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, __: None)  # of those who died nobody hears
        loop.set_task_factory(self._living.make)
        with structlog_into(self):
            while self.clockwork.ms <= until:
                await self._work(loop)
                times = [time for time in (self._due(), self.clockwork.next()) if time is not None]
                self.clockwork.ms = max(self.clockwork.ms, min(times, default=until + 1))
            self.process = None
            await self._living.bury()
        return self.journal

    def _act(self, action: Action) -> None:
        getattr(self, action.do)(*action.args)

    async def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        """All that happens at this time."""
        for _ in range(_CIRCLE):
            some = self.clockwork.do_due()
            for process in self._moving():
                process.do(process.engine.start_due)
            while loop._ready:  # type: ignore[attr-defined]  # noqa: ASYNC110  # until it is idle
                await asyncio.sleep(0)
            if self._dead:
                dead, self._dead = self._dead, []
                await self._living.bury(*dead)
            due = self._due()
            if not some and (due is None or due > self.clockwork.ms):
                return
        raise RuntimeError(f"at {self.clockwork.ms} ms the world turns in a circle")

    def _moving(self) -> list[Process]:
        """Those that believe to lead, and are not stopped."""
        both = (self.process, self.former)
        return [one for one in both if one and not one.stillness.is_still]

    def _due(self) -> int | None:
        """When any of them has something to do next."""
        return min((due for one in self._moving() if (due := one.due()) is not None), default=None)


class structlog_into:  # noqa: N801  # reads as a function where it is used
    """While this lasts, what is logged goes nowhere, and an exception into the journal."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._before: dict[str, Any] = {}

    def __enter__(self) -> None:
        self._before = structlog.get_config()
        structlog.configure(processors=[self._take], wrapper_class=structlog.BoundLogger)

    def __exit__(self, *_: object) -> None:
        structlog.configure(**self._before)

    def _take(self, _: Any, method: str, event: structlog.typing.EventDict) -> str:
        if event.get("exc_info"):
            self._world.note(Bug, what=f"{event['event']}: {event}")
        raise structlog.DropEvent
