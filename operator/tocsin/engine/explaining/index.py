"""All rules and workloads, a page at a time, without looking at every series."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tocsin.api.explanation.index import Index, RuleRow, WorkloadRow, WorkloadRule
from tocsin.api.explanation.parts import Paging
from tocsin.core.identity import Identity
from tocsin.core.inventory import ObjectRef, Workload
from tocsin.core.rules import MODEL_LABEL, WorkloadSelector
from tocsin.core.rulestate import RuleState, worst_of
from tocsin.core.verdicts import Verdict
from tocsin.engine.book import Book
from tocsin.engine.engine import Engine
from tocsin.engine.explaining.looks import verdict_of
from tocsin.engine.explaining.rule import counts, rule_name, state_of, state_since
from tocsin.engine.explaining.shown import clean
from tocsin.engine.explaining.subjects import name_of
from tocsin.engine.record import Record

if TYPE_CHECKING:
    from tocsin.core.alerts import Alert

ROWS_PER_PAGE: Final = 200
_ORDER: Final[Mapping[RuleState, int]] = {
    state: rank
    for rank, state in enumerate(
        (
            RuleState.FIRING,
            RuleState.RECOVERING,
            RuleState.PENDING,
            RuleState.INVALID,
            RuleState.FAILED,
            RuleState.UNKNOWN,
            RuleState.INACTIVE,
            RuleState.SUSPENDED,
        )
    )
}
_OF_VERDICT: Final = {Verdict.FAILED: RuleState.FAILED, Verdict.UNKNOWN: RuleState.UNKNOWN}


def index(cluster_name: str, engine: Engine, book: Book, now: datetime, page: int) -> Index:
    """Rules, the most urgent first, and behind them workloads by name."""
    records = sorted(book, key=lambda record: (_ORDER[state_of(record)], record.key))
    looked_at = _Watchers(records)
    workloads = [
        workload
        for namespace in engine.cluster.namespaces
        for _, workload in sorted(engine.cluster.inventory(namespace).workloads.items())
        if MODEL_LABEL in workload.labels or looked_at.any_selects(workload)
    ]
    total = len(records) + len(workloads)
    pages = max(1, -(-total // ROWS_PER_PAGE))
    page = min(page, pages)
    begin, end = (page - 1) * ROWS_PER_PAGE, page * ROWS_PER_PAGE
    behind = len(records)
    shown = workloads[max(0, begin - behind) : max(0, end - behind)]
    return Index(
        cluster=cluster_name,
        at=now,
        headline=_headline(records, len(workloads)),
        open_incidents=sum(case.is_open and case.matters for case in engine.desk.cases),
        rules=[_rule_row(record, engine) for record in records[begin:end]],
        workloads=[_workload_row(workload, looked_at) for workload in shown],
        paging=Paging(page=page, pages=pages, total=total),
    )


def _headline(records: list[Record], workloads: int) -> str:
    if not records:
        return "There is no rule yet."
    firing = sum(state_of(record) is RuleState.FIRING for record in records)
    rules = f"{len(records)} rule{'' if len(records) == 1 else 's'}"
    watched = f"over {workloads} workload{'' if workloads == 1 else 's'}"
    verb = "fires" if firing == 1 else "fire"
    return f"{firing or 'None'} of {rules} {watched} {verb}."


def _rule_row(record: Record, engine: Engine) -> RuleRow:
    return RuleRow(
        rule=rule_name(record.key),
        severity=record.rule.severity if record.rule else None,
        state=state_of(record),
        state_since=state_since(record),
        message=clean(str(record.status.get("message", "")), 1024),
        **counts(record),
        last_evaluation=record.looked.at if record.looked else None,
        next_evaluation=engine.pace_of(record.key).due,
    )


def _workload_row(workload: Workload, looked_at: "_Watchers") -> WorkloadRow:
    model = workload.labels.get(MODEL_LABEL)
    return WorkloadRow(
        workload=name_of(workload.ref),
        model=clean(model) if model else None,
        replicas=workload.replicas,
        rules=[
            WorkloadRule(rule=looked_at.names[record.key], state=looked_at.state(record, workload))
            for record in looked_at.of(workload)
        ],
    )


class _Watchers:
    """Which rules look at a workload, found by selector: many rules share few of them."""

    def __init__(self, records: list[Record]) -> None:
        self.names = {record.key: rule_name(record.key) for record in records}
        self._by_selector: dict[str, dict[WorkloadSelector, list[Record]]] = {}
        self._alerts: dict[tuple[str, ObjectRef], list[Alert]] = {}
        for record in records:
            if record.rule:
                selectors = self._by_selector.setdefault(record.key.namespace, {})
                selector = record.rule.workloads or WorkloadSelector()
                selectors.setdefault(selector, []).append(record)
            for alert in record.alerts.values():
                if ref := alert.identity.workload:
                    self._alerts.setdefault((record.uid, ref), []).append(alert)

    def any_selects(self, workload: Workload) -> bool:
        """Whether any rule looks at `workload`."""
        return next(self._selecting(workload), None) is not None

    def of(self, workload: Workload) -> Iterator[Record]:
        """The rules that look at `workload`."""
        for records in self._selecting(workload):
            yield from records

    def state(self, record: Record, workload: Workload) -> RuleState:
        """What a rule says of a workload that it looks at."""
        if record.trouble:
            return RuleState.INVALID
        if record.rule and record.rule.suspended:
            return RuleState.SUSPENDED
        alerts = self._alerts.get((record.uid, workload.ref))
        if alerts and (worst := worst_of(alerts)):
            return worst
        if record.evaluation is None:
            return RuleState.UNKNOWN
        if not workload.replicas:  # it rests: nothing is expected of it
            return RuleState.INACTIVE
        verdict = verdict_of(record, Identity(workload.ref))
        return _OF_VERDICT.get(verdict, RuleState.INACTIVE)

    def _selecting(self, workload: Workload) -> Iterator[list[Record]]:
        for selector, records in self._by_selector.get(workload.ref.namespace, {}).items():
            kind = workload.ref.kind in selector.kinds
            if kind and selector.selector.matches(workload.labels):
                yield records
