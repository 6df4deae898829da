"""Explains rules by name, and lists them all."""

from tocsin.api.explanation.index import Index
from tocsin.api.explanation.rule import Explanation, Missing
from tocsin.core.inventory import Inventory
from tocsin.engine.book import Book
from tocsin.engine.engine import Engine
from tocsin.engine.explaining.broken import explain_broken
from tocsin.engine.explaining.finding import WorkloadFilter, find_rule, no_rule, no_workload
from tocsin.engine.explaining.history import history
from tocsin.engine.explaining.index import index
from tocsin.engine.explaining.looks import workloads_spoken_of
from tocsin.engine.explaining.rule import explain
from tocsin.engine.explaining.view import View
from tocsin.engine.record import Record
from tocsin.ports import Clock, Renderer


class Explainer:
    """Reads what the engine remembers; it asks nothing and changes nothing."""

    def __init__(
        self,
        cluster_name: str,
        *,
        engine: Engine,
        book: Book,
        renderer: Renderer,
        clock: Clock,
    ) -> None:
        self._cluster_name = cluster_name
        self._book = book
        self._engine = engine
        self._renderer = renderer
        self._clock = clock

    def index(self, page: int = 1) -> Index:
        """All rules and workloads, a page of them."""
        return index(self._cluster_name, self._engine, self._book, self._clock.now(), page)

    def rule(self, asked: str, workload: str = "", page: int = 1) -> Explanation | Missing:
        """The rule NAMESPACE/NAME, for all that it looks at or for one KIND/NAME or NAME."""
        record = find_rule(self._book, asked)
        if record is None:
            return no_rule(self._book, asked)
        now = self._clock.now()
        if record.rule is None:
            return explain_broken(record, self._cluster_name, now)
        inventory = self._engine.cluster.inventory(record.key.namespace)
        wanted = WorkloadFilter(workload) if workload else None
        if wanted and not _known(record, inventory, wanted):
            return no_workload(record.key, inventory, workload)
        engine, rule = self._engine, record.rule
        pace = engine.pace_of(record.key)
        view = View(record, rule, engine.cluster, self._renderer, now, pace, desk=engine.desk)
        return explain(view, self._cluster_name, wanted, page)


def _known(record: Record, inventory: Inventory, wanted: WorkloadFilter) -> bool:
    """Whether the workload is there, or was there while the rule looked at it."""
    there = any(map(wanted.takes, inventory.workloads))
    return (
        there
        or any(map(wanted.takes, workloads_spoken_of(record)))
        or bool(history(record, wanted))
    )
