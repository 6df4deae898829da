"""From alerts to people: 10,000 alerts, 10,000 silences and 100 routes, and then one change.

The engine's own desk, templates and index; the API server and the receivers are played and take
everything at once, so that what is measured is Tocsin's own work, in CPU time of the process.
"""

import asyncio
import gc
import os
import resource
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from bench.dispatch import world
from bench.dispatch.stage import Stage, spent_on
from bench.dispatch.world import Json, Size
from bench.errors import BenchError
from bench.results import Figures
from tocsin.api.limits import Limits
from tocsin.engine.notifying.board import KIND as ROUTE
from tocsin.engine.notifying.case import KIND as INCIDENT
from tocsin.engine.record import Record
from tocsin.engine.silencing.entry import KIND as SILENCE
from tocsin.wiring import tune_interpreter

CHANGES = 20
_SMALL = Size(alerts=100, silences=100, routes=1)
_ONE_GROUP = Size(routes=1)
_SMALL_RUNS = 15


@dataclass(frozen=True)
class Measured:
    """CPU seconds until all were told, and what was done in them."""

    seconds: float
    told: int
    silenced: int


def run() -> Figures:
    """Seconds, milliseconds and MiB, as docs/performance.md says."""
    tune_interpreter()
    with _logs_to_nowhere():
        stage = _stage(Size())
        big = measure(stage)
        changed, silenced = one_more_alert(stage), one_more_silence(stage)
        rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KiB, on Linux
        restart = restarted(stage)
        del stage
        small = statistics.median(measure(_stage(_SMALL)).seconds for _ in range(_SMALL_RUNS))
        storms = measure(_stage(Size(), storms=True))
        group = measure(_stage(_ONE_GROUP, "Namespace"))
    return {
        "seconds": big.seconds,
        "changed_ms": changed * 1000,
        "rss_mib": rss,
        "flat": (big.seconds / Size().alerts) / (small / _SMALL.alerts),
        "told": big.told,
        "silenced": big.silenced,
        "silence_ms": silenced * 1000,
        "restart_seconds": restart,
        "storm_seconds": storms.seconds,
        "group_seconds": group.seconds,
    }


def measure(stage: Stage) -> Measured:
    """All of its alerts at once, until every group that is not silenced was told.

    Raises:
        BenchError: not everybody was told once, or somebody of what is silenced.
    """
    stage.read(ROUTE, SILENCE)
    asyncio.run(stage.settle(stage.clock.time))
    seconds = spent_on(_hand_in_all, stage)
    members = [one for case in stage.desk.cases for one in case.incident.firing()]
    silenced = sum(bool(one.silenced_by) for one in members)
    told = sum(one.notification.firing_count for one in stage.receivers.delivered)
    audible = stage.size.alerts - stage.size.silenced
    expected = stage.size.alerts, stage.size.silenced, audible
    if (len(members), silenced, told) != expected or stage.others_told:
        raise BenchError(
            f"{len(members)} alerts, {silenced} of them silenced; {told} were told, for other "
            f"reasons {stage.others_told}: expected {expected}"
        )
    return Measured(seconds, len(stage.receivers.delivered), silenced)


def one_more_alert(stage: Stage) -> float:
    """CPU seconds from one more alert to the receiver that has taken it: the mean of some.

    Raises:
        BenchError: one of them was not told.
    """
    before, spent = len(stage.receivers.delivered), 0.0
    records = list(stage.records.values())
    for number in range(CHANGES):
        record = records[number % len(records)]
        more = world.with_one_more(record, stage.size.per_route + number, stage.clock.time)
        spent += spent_on(_hand_in_one, stage, more)
    if len(stage.receivers.delivered) - before != CHANGES:
        raise BenchError(f"{CHANGES} more alerts: {len(stage.receivers.delivered) - before} told")
    return spent / CHANGES


def one_more_silence(stage: Stage) -> float:
    """CPU seconds from one more silence until all that it mutes is muted, and stored as such."""
    spent = 0.0
    for number in range(CHANGES):
        body = world.one_more_silence(stage.size, number)
        stage.keep(SILENCE, body)
        spent += spent_on(_silence, stage, body)
    muted = sum(one.silenced_by != "" for c in stage.desk.cases for one in c.incident.firing())
    if muted != stage.size.silenced + CHANGES:
        raise BenchError(f"{CHANGES} more silences: {muted - stage.size.silenced} more muted")
    return spent / CHANGES


def restarted(stage: Stage) -> float:
    """CPU seconds of a new process until it is where the one before it was; it tells nothing."""
    told = len(stage.receivers.delivered)
    stage.begin()
    spent = spent_on(_read_after_alerts, stage)
    if len(stage.receivers.delivered) != told:
        raise BenchError(f"{len(stage.receivers.delivered) - told} told again after a restart")
    return spent


async def _hand_in_all(stage: Stage) -> None:
    stage.hand_in(stage.records.values())
    await stage.until_told()


async def _hand_in_one(stage: Stage, record: Record) -> None:
    stage.hand_in([record])
    await stage.until_told()


async def _silence(stage: Stage, body: Json) -> None:
    stage.desk.saw(SILENCE, body)
    await stage.until_told()


async def _read_after_alerts(stage: Stage) -> None:
    stage.read(INCIDENT)
    stage.hand_in(stage.records.values())
    stage.read(SILENCE, ROUTE)
    await stage.until_told()


def _stage(size: Size, group_by: str = "Workload", *, storms: bool = False) -> Stage:
    gc.collect()  # what the run before has left is not this one's
    limit = Limits().new_incidents_per_route if storms else size.per_route + CHANGES
    return Stage(size, limit, group_by)


@contextmanager
def _logs_to_nowhere() -> Iterator[None]:
    """Lines are composed as ever, and read by nobody."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123  # a device, no path
        structlog.configure(
            processors=[structlog.processors.JSONRenderer()],
            logger_factory=structlog.PrintLoggerFactory(nowhere),
        )
        try:
            yield
        finally:
            structlog.reset_defaults()
