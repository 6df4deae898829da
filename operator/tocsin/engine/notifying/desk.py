"""Everything between alerts that fire and people who are told, as the engine sees it."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any, ClassVar

from tocsin.core.notify.incidents import IncidentKey
from tocsin.core.notify.routes import RouteKey, Timing
from tocsin.engine.agenda import Item, Task
from tocsin.engine.namespaces import NAMESPACE, Namespaces
from tocsin.engine.notifying import case
from tocsin.engine.notifying.alarms import Alarms
from tocsin.engine.notifying.beating import Beater
from tocsin.engine.notifying.board import KIND as ROUTE
from tocsin.engine.notifying.board import Board
from tocsin.engine.notifying.cases import Cases
from tocsin.engine.notifying.checking import Checker
from tocsin.engine.notifying.dispatching import Dispatcher
from tocsin.engine.notifying.notifier import Notifier
from tocsin.engine.notifying.reading import Reader
from tocsin.engine.notifying.routing import Routes
from tocsin.engine.notifying.sending import Sender
from tocsin.engine.posting import Poster
from tocsin.engine.silencing.entry import KIND as SILENCE
from tocsin.engine.silencing.silencing import Silencing


@dataclass(frozen=True)
class Desk:
    """Takes in routes, silences and incidents, and hands on what is due of them.

    `timing` is that of routes that say nothing, or that are gone.
    """

    #: The kinds of objects that it takes in.
    KINDS: ClassVar = (ROUTE, case.KIND, SILENCE)

    timing: Timing
    alarms: Alarms
    routes: Routes
    cases: Cases
    reader: Reader
    notifier: Notifier
    dispatcher: Dispatcher
    sender: Sender
    board: Board
    poster: Poster
    silencing: Silencing
    beater: Beater
    checker: Checker
    namespaces: Namespaces

    def saw(self, kind: str, body: Mapping[str, Any]) -> None:
        """An object is there, or has changed; one of another kind may be annotated."""
        self.silencing.saw(kind, body)
        if kind == case.KIND:
            self.reader.saw(body)
        elif kind == ROUTE:
            self._saw_route(body)
        elif kind == NAMESPACE and self.namespaces.saw(body):
            self._select_again()

    def gone(self, kind: str, namespace: str, name: str) -> None:
        """An object was deleted."""
        self.silencing.gone(kind, namespace, name)
        if kind == case.KIND:
            self.reader.gone(IncidentKey(namespace, name))
        elif kind == ROUTE and self.routes.gone(RouteKey(namespace, name)):
            self._route_gone(RouteKey(namespace, name))
        elif kind == NAMESPACE and self.namespaces.gone(name):
            self._select_again()

    def listed(self, kind: str, namespace: str | None, names: Set[tuple[str, str]]) -> None:
        """A whole list of `kind` was read."""
        self.silencing.listed(kind, namespace, names)
        if kind == case.KIND:
            self.reader.listed(namespace, names)
        elif kind == ROUTE:
            for key in self.routes.listed(namespace, names):
                self._route_gone(key)
        elif kind == NAMESPACE and self.namespaces.listed(names):
            self._select_again()

    def settle(self) -> None:
        """All was read once."""
        self.reader.settled = True
        self.notifier.settle()

    async def do(self, item: Item) -> None:
        """Do what is due."""
        match item.task:
            case Task.DISPATCH:
                await self.dispatcher.dispatch(item.key)
            case Task.SEND:
                await self.sender.send(*item.key)
            case Task.BEAT:
                await self.beater.beat(*item.key)
            case Task.CHECK:
                await self.checker.check(item.key)
            case Task.STRAY:
                self.notifier.look_for_strays()
            case Task.POST:
                await self.poster.post(item.key)
            case Task.SILENCE:
                await self.silencing.do(item.key)

    def _saw_route(self, body: Mapping[str, Any]) -> None:
        metadata = body["metadata"]
        key = RouteKey(metadata["namespace"], metadata["name"])
        is_new = self.routes.record(key) is None
        record = self.routes.saw(body)
        self.board.saw(body)
        if record:
            if is_new:
                self.board.restore(record)
            self.notifier.route_changed(key)
            self.beater.plan(key)
            self.checker.plan(key)
        self.board.mark(key)  # also of an edit that changes no meaning

    def _select_again(self) -> None:
        """Namespaces have changed, and with them perhaps what routes and silences select."""
        self.silencing.again()
        for record in self.routes.again():
            self.notifier.route_changed(record.key)
            self.board.mark(record.key)

    def _route_gone(self, key: RouteKey) -> None:
        self.board.gone(key)
        self.checker.plan(key)
        self.notifier.route_changed(key)
