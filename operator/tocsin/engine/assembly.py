"""The engine, put together of its parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from tocsin.api.settings import Settings
from tocsin.api.v1alpha1.parseroute import parse_route
from tocsin.api.v1alpha1.parsesilence import parse_silence
from tocsin.core.metrics import BUILT_IN, KUBERNETES_SOURCE
from tocsin.core.notify.routes import Route, Timing
from tocsin.engine.agenda import Agenda
from tocsin.engine.asking import Asker
from tocsin.engine.book import Book
from tocsin.engine.cluster import Cluster
from tocsin.engine.cluster_metrics import ClusterMetrics
from tocsin.engine.confinement import confinement_of
from tocsin.engine.engine import Engine
from tocsin.engine.evaluating import Evaluator
from tocsin.engine.ledger import Ledger
from tocsin.engine.namespaces import Namespaces
from tocsin.engine.notifying.assembly import build_desk
from tocsin.engine.notifying.desk import Desk
from tocsin.engine.notifying.routing import Parse
from tocsin.engine.publishing import Publisher
from tocsin.engine.rationing import RationedTexts
from tocsin.engine.reporting import Reporter
from tocsin.engine.silencing.muted import muted_times
from tocsin.engine.telling import Teller
from tocsin.engine.timetable import Timetable
from tocsin.engine.turns import Rations, pools_of
from tocsin.ports import (
    Clock,
    EventRecorder,
    Meter,
    ObjectWriter,
    Receivers,
    Renderer,
    Source,
    StatusWriter,
)


@dataclass(frozen=True)
class Outside:
    """What the engine has of the outside."""

    clock: Clock
    sources: Mapping[str, Source]
    writer: StatusWriter
    objects: ObjectWriter
    recorder: EventRecorder
    receivers: Receivers
    renderer: Renderer
    meter: Meter


def build_engine(
    settings: Settings,
    outside: Outside,
    *,
    own_namespace: str | None = None,
    cluster: Cluster | None = None,
) -> tuple[Engine, Book]:
    """The engine with the given adapters, and the book of its rules.

    `own_namespace` is where the operator runs, if it is known. `cluster` is what the watches are
    to tell of, where an adapter looks at it, too.
    """
    clock, agenda, cluster = outside.clock, Agenda(), cluster or Cluster()
    ledger = Ledger(outside.sources.keys() - BUILT_IN, outside.meter)
    reporter = Reporter(outside.recorder, agenda, clock)
    limits = settings.limits
    texts = RationedTexts(outside.renderer, clock, limits.text_time_per_namespace)
    teller = Teller(cluster, reporter, texts, agenda, clock, settings.external_url or "")
    timetable = Timetable(agenda, clock, settings.evaluation.offset)
    book = Book(
        frozenset(outside.sources),
        settings.defaults.interval,
        teller,
        timetable,
        max_rules=limits.rules_per_namespace,
        max_alerts=limits.alerts_per_rule,
    )
    desk = _desk(settings, outside, own_namespace, agenda, cluster, book, texts, reporter)
    book.on_gone = desk.notifier.rule_gone
    publisher = Publisher(
        clock=clock,
        agenda=agenda,
        book=book,
        writer=outside.writer,
        reporter=reporter,
        renderer=texts,
        on_written=desk.notifier.synced,
    )
    desk.notifier.strays.on_change = publisher.mark
    evaluator = Evaluator(
        clock=clock,
        timetable=timetable,
        book=book,
        cluster=cluster,
        asker=_asker(settings, outside, cluster, ledger, agenda, book),
        publisher=publisher,
        teller=teller,
        ledger=ledger,
    )
    evaluator.usual.muted = partial(muted_times, desk.silencing.silences, cluster)
    engine = Engine(
        clock=clock,
        agenda=agenda,
        book=book,
        cluster=cluster,
        evaluator=evaluator,
        publisher=publisher,
        reporter=reporter,
        teller=teller,
        desk=desk,
        namespaces=tuple(settings.watch_namespaces),
    )
    return engine, book


def _asker(
    settings: Settings,
    outside: Outside,
    cluster: Cluster,
    ledger: Ledger,
    agenda: Agenda,
    book: Book,
) -> Asker:
    return Asker(
        {**outside.sources, KUBERNETES_SOURCE: ClusterMetrics(cluster, outside.clock)},
        outside.clock,
        ledger,
        agenda,
        pools_of(settings),
        Rations(settings.limits.queries_per_second),
        confinement_of(settings),
        book,
    )


def _desk(
    settings: Settings,
    outside: Outside,
    own_namespace: str | None,
    agenda: Agenda,
    cluster: Cluster,
    book: Book,
    texts: RationedTexts,
    reporter: Reporter,
) -> Desk:
    timing, namespaces = settings.defaults.timing, Namespaces()
    known = None if settings.watch_namespaces else namespaces
    return build_desk(
        cluster_name=settings.cluster_name,
        external_url=settings.external_url or "",
        timing=timing,
        storm_limit=settings.limits.new_incidents_per_route,
        namespaces=namespaces,
        parse=_parsing(timing, own_namespace, known),
        parse_silence=partial(parse_silence, own_namespace=own_namespace, namespaces=known),
        clock=outside.clock,
        agenda=agenda,
        record_of=book.get,
        cluster=cluster,
        renderer=texts,
        reporter=reporter,
        writer=outside.objects,
        receivers=outside.receivers,
    )


def _parsing(timing: Timing, own_namespace: str | None, namespaces: Namespaces | None) -> Parse:
    """What turns stored objects into routes."""

    def parse(body: Mapping[str, Any]) -> Route | tuple[str, ...]:
        parsed = parse_route(
            body, default=timing, own_namespace=own_namespace, namespaces=namespaces
        )
        return parsed if isinstance(parsed, Route) else tuple(map(str, parsed))

    return parse
