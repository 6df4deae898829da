"""Constructs everything, runs it, and ends it: the only place that knows adapters by name."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, TypedDict

import structlog
from kubernetes.aio.client import ApiClient

from tocsin.adapters.clock import SystemClock
from tocsin.adapters.crashing import Around, points_around
from tocsin.adapters.kube.baselines import KubeBaselines
from tocsin.adapters.kube.connecting import connect, own_namespace
from tocsin.adapters.kube.events import KubeEvents
from tocsin.adapters.kube.objects import KubeObjects
from tocsin.adapters.kube.rights import Own, missing_rights
from tocsin.adapters.kube.rules import KubeRules
from tocsin.adapters.kube.secrets import KubeSecrets
from tocsin.adapters.kube.serving import installed
from tocsin.adapters.kube.statuses import KubeStatuses
from tocsin.adapters.metrics import Metrics
from tocsin.adapters.permitting import permitted
from tocsin.adapters.receivers import VARIABLES, AllReceivers, CountedReceivers
from tocsin.adapters.templates import Bounds, GoTemplates
from tocsin.adapters.transport import Guard, GuardedTransport, addresses_of
from tocsin.adapters.transport.addresses import Address
from tocsin.api.settings import Settings, SettingsError, load_settings
from tocsin.core.metrics import STORED_SOURCE
from tocsin.core.serving import ServingKind
from tocsin.electing import Candidate, election
from tocsin.engine.assembly import Outside, build_engine
from tocsin.engine.cluster import Cluster
from tocsin.engine.echo import Echo
from tocsin.engine.election import Election
from tocsin.engine.engine import Engine
from tocsin.engine.explaining import Explainer
from tocsin.engine.kinds import WRITTEN_KINDS
from tocsin.engine.own_rules import apply_own_rules
from tocsin.engine.rationing import RationedTexts, of_route
from tocsin.engine.tenure import Standing
from tocsin.handlers.operator import watch
from tocsin.handlers.streams import Streams
from tocsin.ports import EventRecorder, ObjectWriter, Source, StatusWriter
from tocsin.sourcing import build_sources
from tocsin.web.explain import explain_routes
from tocsin.web.leading import by_the_leader
from tocsin.web.logs import set_up_logs
from tocsin.web.pages import OperatorPages
from tocsin.web.readiness import Readiness
from tocsin.web.server import serving

_log = structlog.get_logger(__name__)

#: Seconds for what is still to be written and told when the operator ends; five in all.
_LAST_WORDS: Final = 2.0
#: Seconds for giving back the Lease after that.
_HAND_OVER: Final = 1.0


def tune_interpreter() -> None:
    """Make this process one that answers many and holds up none; the engine looks for garbage."""
    gc.disable()
    sys.setswitchinterval(0.001)  # seconds for which a busy thread may keep the loop waiting


def run(config: Path) -> int:
    """Run the operator until it is told to end; the exit code of the process."""
    try:
        settings, around = load_settings(config), points_around(os.environ)
    except (SettingsError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    set_up_logs(settings.log.level, settings.cluster_name)
    tune_interpreter()
    try:
        asyncio.run(_serve(settings, around))
        code = 0
    except Exception:  # noqa: BLE001  # whatever it was, it is logged and ends the process
        _log.exception("the operator ends")
        code = 1
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    # A thread that still waits for a source would hold the exit for as long as it hangs.
    os._exit(code)


async def _serve(settings: Settings, around: Around) -> None:
    clock, metrics, streams = SystemClock(), Metrics(), Streams()
    bounds, own = Bounds.of(settings.limits), _own(settings)
    renderer, per_namespace = GoTemplates(bounds), settings.limits.text_time_per_namespace
    texts = RationedTexts(GoTemplates(bounds, VARIABLES), clock, per_namespace, of_route)
    me = Candidate.of(os.environ, settings.web.port)
    api_server = _of_the_api_server()
    transport = GuardedTransport(Guard(settings.receivers.allowed_networks, api_server))
    loop, beside = asyncio.get_running_loop(), list[asyncio.Task[None]]()
    echo = Echo(own.lease, lambda: loop.call_soon_threadsafe(streams.cut))

    def standing() -> Standing:
        unobserved = bool(engine.unlisted) or book.has_unobserved()
        return Standing(unobserved, engine.unsettled_since)

    def lead(lived_until: datetime | None) -> None:
        engine.lead(lived_until)
        streams.cut(*WRITTEN_KINDS)
        if own.rules:
            applying = apply_own_rules(rules, own.namespace)
            beside.append(asyncio.create_task(applying, name="own rules"))

    elected = election(
        settings, me, own,
        around=around, metrics=metrics, echo=echo, standing=standing, on_lead=lead,
    )  # fmt: skip
    async with await connect() as api:
        rules = permitted(KubeRules(api, metrics.requested), elected.check_write, "apply")
        cluster = Cluster()
        secrets = KubeSecrets(api, metrics.requested, time.monotonic)
        sources = build_sources(settings, secrets, cluster, clock, api_server)
        told = CountedReceivers(AllReceivers(transport, secrets, clock, texts), metrics.notified)
        stored = KubeBaselines(api, metrics.requested, time.monotonic)
        asked: dict[str, Source] = {**sources.by_name, STORED_SOURCE: stored}
        outside = Outside(
            clock=clock,
            sources={name: around(source, "query") for name, source in asked.items()},
            **_acting(api, elected, metrics, me.name, around),
            receivers=around(permitted(told, elected.check, "tell", "beat"), "send"),
            renderer=renderer,
            meter=metrics,
        )
        engine, book = build_engine(settings, outside, own_namespace=own.namespace, cluster=cluster)
        engine.desk.beater.stale = lambda: echo.problem() or engine.stale
        engine.stand_by()
        engine.on_listed = elected.be_warm
        also = list[ServingKind]()
        rights = _rights(api, metrics, settings, own, also)
        readiness = Readiness(engine, echo, elected, clock, rights, lambda: metrics.forbidden)
        pages = OperatorPages(engine, book, echo, clock, metrics.page, readiness)
        watches = partial(_watch_all, api, engine, metrics, streams, settings, me.name, also)
        explainer = Explainer(
            settings.cluster_name, engine=engine, book=book, renderer=renderer, clock=clock
        )
        explained = by_the_leader(explain_routes(explainer), elected, me.name, own.namespace)
        async with serving(pages, settings.web.host, settings.web.port, explained) as port:
            _log.info("listening", host=settings.web.host, port=port)
            await _until_told(engine, elected, partial(_watch_alive, elected, watches))
        await transport.close()
        await sources.close()


class _Acting(TypedDict):
    writer: StatusWriter
    objects: ObjectWriter
    recorder: EventRecorder


def _acting(
    api: ApiClient, elected: Election, metrics: Metrics, name: str, around: Around
) -> _Acting:
    """What writes into the API server: only while this process leads."""
    count, sure = metrics.requested, elected.check_write
    statuses = permitted(KubeStatuses(api, count), sure, "write")
    objects = permitted(KubeObjects(api, count), sure, "create", "write_status", "delete")
    events = permitted(KubeEvents(api, count, name), sure, "record")
    return {
        "writer": around(statuses, "status"),
        "objects": around(around(objects, "create"), "incident"),
        "recorder": around(events, "event"),
    }


async def _until_told(
    engine: Engine,
    elected: Election,
    watch_all: Callable[[asyncio.Event], Coroutine[Any, Any, None]],
) -> None:
    """Run engine and watches; SIGTERM and SIGINT end both, and so does the end of either.

    The Lease is given back last: by then nothing is written or told any more.
    """
    ready = asyncio.Event()
    deciding = asyncio.create_task(engine.run(), name="engine")
    watching = asyncio.create_task(watch_all(ready), name="watches")
    handing_over = asyncio.create_task(_end_quickly(ready, watching), name="signals")
    tasks = (deciding, watching, handing_over)
    try:
        done, _ = await asyncio.wait({deciding, watching}, return_when=asyncio.FIRST_COMPLETED)
        elected.stand_down()
        await engine.drain(_LAST_WORDS)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await elected.end(_HAND_OVER)
    for task in done:
        with contextlib.suppress(asyncio.CancelledError):
            task.result()


async def _watch_all(
    api: ApiClient,
    engine: Engine,
    metrics: Metrics,
    streams: Streams,
    settings: Settings,
    identity: str,
    also: list[ServingKind],
    ready: asyncio.Event,
) -> None:
    """Watch what every cluster has, and what this one has; `also` is told of that."""
    also.extend(await installed(api, metrics.requested))
    engine.watch_also({one.kind for one in also})
    await watch(
        engine, metrics.requested, streams,
        namespaces=settings.watch_namespaces, identity=identity, ready=ready, also=also,
    )  # fmt: skip


async def _watch_alive(
    elected: Election, watches: Callable[..., Awaitable[None]], ready: asyncio.Event
) -> None:
    """Stand for election, and watch."""
    await elected.start()
    await watches(ready=ready)


def _of_the_api_server() -> frozenset[Address]:
    """The API server's addresses: no receiver leads there."""
    return addresses_of(os.environ.get("KUBERNETES_SERVICE_HOST", ""))


def _own(settings: Settings) -> Own:
    """What the operator has in its own namespace; a rule only where it would see it."""
    namespace = settings.lease.namespace or own_namespace()
    seen = not settings.watch_namespaces or namespace in settings.watch_namespaces
    return Own(namespace, settings.lease.name, settings.own_rules.enabled and seen)


async def _end_quickly(ready: asyncio.Event, watching: asyncio.Task[None]) -> None:
    """End on a signal, also once kopf has set its own handlers: its way to end takes over 5 s."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, watching.cancel)
    await ready.wait()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, watching.cancel)


def _rights(
    api: ApiClient, metrics: Metrics, settings: Settings, own: Own, also: Sequence[ServingKind]
) -> Callable[[], Awaitable[list[str]]]:
    namespaces = settings.watch_namespaces or (None,)
    return lambda: missing_rights(api, metrics.requested, namespaces, own, also)
