"""The desk, put together of its parts."""

from functools import partial

from tocsin.core.notify.routes import Timing
from tocsin.engine.agenda import Agenda
from tocsin.engine.cluster import Cluster
from tocsin.engine.namespaces import Namespaces
from tocsin.engine.notifying.alarms import Alarms, RecordOf
from tocsin.engine.notifying.beating import Beater
from tocsin.engine.notifying.board import Board
from tocsin.engine.notifying.cases import Cases
from tocsin.engine.notifying.checking import Checker
from tocsin.engine.notifying.composing import Composer
from tocsin.engine.notifying.desk import Desk
from tocsin.engine.notifying.dispatching import Dispatcher
from tocsin.engine.notifying.keeping import Keeper
from tocsin.engine.notifying.notifier import Notifier
from tocsin.engine.notifying.reading import Reader
from tocsin.engine.notifying.routing import Parse, Routes
from tocsin.engine.notifying.sending import Sender
from tocsin.engine.posting import Poster
from tocsin.engine.reporting import Reporter
from tocsin.engine.silencing.silences import Parse as ParseSilence
from tocsin.engine.silencing.silencing import Silencing
from tocsin.ports import Clock, ObjectWriter, Receivers, Renderer


def build_desk(  # noqa: PLR0913  # what it is put together of
    *,
    cluster_name: str,
    external_url: str,
    timing: Timing,
    storm_limit: int,
    namespaces: Namespaces,
    parse: Parse,
    parse_silence: ParseSilence,
    clock: Clock,
    agenda: Agenda,
    record_of: RecordOf,
    cluster: Cluster,
    renderer: Renderer,
    reporter: Reporter,
    writer: ObjectWriter,
    receivers: Receivers,
) -> Desk:
    """The desk of an engine with these parts; `timing` is for routes that say nothing."""
    routes, cases, alarms = Routes(parse), Cases(), Alarms(cluster, renderer)
    poster = Poster(writer, agenda, clock)
    silencing = Silencing(parse_silence, writer, poster, agenda, clock, reporter)
    notifier = Notifier(
        clock=clock,
        agenda=agenda,
        record_of=record_of,
        alarms=alarms,
        routes=routes,
        silencing=silencing,
        cases=cases,
        renderer=renderer,
    )
    board = Board(routes, cases, poster, reporter, clock)
    dispatcher = Dispatcher(
        clock=clock,
        agenda=agenda,
        cases=cases,
        routes=routes,
        keeper=Keeper(writer, clock),
        default=timing,
        on_end=board.mark,
        gather=partial(notifier.gather, storm_limit),
    )
    sender = Sender(
        clock=clock,
        agenda=agenda,
        cases=cases,
        routes=routes,
        composer=Composer(cluster_name, record_of, cluster, renderer, external_url),
        receivers=receivers,
        on_delivery=board.mark,
    )
    reader = Reader(cases, clock, notifier.look_at, reporter)
    silencing.tell(notifier.silence_changed)
    return Desk(
        timing=timing,
        alarms=alarms,
        routes=routes,
        cases=cases,
        reader=reader,
        notifier=notifier,
        dispatcher=dispatcher,
        sender=sender,
        board=board,
        poster=poster,
        silencing=silencing,
        beater=Beater(routes, receivers, agenda, clock),
        checker=Checker(routes, receivers, agenda, clock, on_check=board.mark),
        namespaces=namespaces,
    )
