"""Bugs to be planted in the engine, one of each kind that the checker is there for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tocsin.core import evaluate, life
from tocsin.core.alerts import Alert, Ended, EndReason, Step
from tocsin.core.looks import Look
from tocsin.core.rules import Rule
from tocsin.core.states import State
from tocsin.core.verdicts import Verdict
from tocsin.engine import book, engine, restore
from tocsin.engine.book import Book
from tocsin.engine.cluster import Cluster
from tocsin.engine.publishing import Publisher
from tocsin.engine.record import KIND, Record
from tocsin.engine.reporting import Reporter
from tocsin.engine.telling import Teller
from tocsin.ports import ConflictError, WriteError

Patch = pytest.MonkeyPatch


def fires_one_interval_early(patch: Patch) -> None:
    """`for` is shorter than the rule says."""
    ripen = life._ripen

    def early(rule: Rule, *rest: Any) -> Step:
        return ripen(replace(rule, for_=max(timedelta(), rule.for_ - rule.interval)), *rest)

    patch.setattr(life, "_ripen", early)


def counts_gaps(patch: Patch) -> None:
    """Time in which nobody looked counts towards `for`."""

    def observed(rule: Rule, alert: Alert, now: datetime) -> Alert:
        return replace(alert, observed_at=now, unobserved_since=None)

    patch.setattr(life, "_observed", observed)


def resolves_on_unknown(patch: Patch) -> None:
    """No data is taken for a good value."""

    def hasty(rule: Rule, identity: Any, prior: Alert | None, look: Look, *rest: Any) -> Step:
        if prior and prior.state is State.FIRING and look.verdict is Verdict.UNKNOWN:
            return Step(ended=Ended(prior, rest[-1], EndReason.RECOVERED, "no data"))
        return life.advance(rule, identity, prior, look, *rest)

    patch.setattr(evaluate, "advance", hasty)


def _restored(patch: Patch, change: Callable[[Alert], Alert | None]) -> None:
    def changed(rule: Rule, *rest: Any) -> dict[str, Alert]:
        restored = {key: change(alert) for key, alert in restore.restore(rule, *rest).items()}
        return {key: alert for key, alert in restored.items() if alert}

    patch.setattr(book, "restore", changed)


def forgets_when_it_began_at_a_restart(patch: Patch) -> None:
    """activeAt of what fires is not restored."""
    _restored(patch, lambda alert: replace(alert, active_at=alert.fired_at or alert.active_at))


def forgets_alerts_at_a_restart(patch: Patch) -> None:
    """What fires is not restored: it fires anew."""
    _restored(patch, lambda alert: None)


def remembers_an_end_twice(patch: Patch) -> None:
    """History has each alert two times."""
    remember = Book.remember

    def twice(self: Book, record: Record, rule: Rule, ended: Sequence[Ended]) -> None:
        remember(self, record, rule, ended)
        record.history = (*record.history[:1], *record.history)[:20]

    patch.setattr(Book, "remember", twice)


def forgets_history_at_a_restart(patch: Patch) -> None:
    """History begins anew with each process."""
    meet = Book._meet

    def forgetting(self: Book, key: Any, body: Mapping[str, Any], now: datetime) -> Record:
        status = {k: v for k, v in (body.get("status") or {}).items() if k != "history"}
        return meet(self, key, {**body, "status": status}, now)

    patch.setattr(Book, "_meet", forgetting)


def gives_up_at_a_conflict(patch: Patch) -> None:
    """A status that met a conflict counts as written."""
    retry = Publisher._retry

    def giving_up(self: Publisher, record: Record, error: WriteError) -> None:
        if isinstance(error, ConflictError):
            record.written, record.resource_version = record.status, record.seen_version
        else:
            retry(self, record, error)

    patch.setattr(Publisher, "_retry", giving_up)


def keeps_the_alerts_of_what_is_deleted(patch: Patch) -> None:
    """The end of a workload is not seen: its alert stays."""
    patch.setattr(Cluster, "gone", lambda self, ref: None)


def does_not_believe_lists(patch: Patch) -> None:
    """What a list no longer names is not gone."""
    patch.setattr(Cluster, "listed", lambda *_: None)


def outlives_another_criterion(patch: Patch) -> None:
    """Alerts go on although the rule asks something else."""
    patch.setattr(book, "_meaning_before", lambda record, before: None)


def loses_an_event_that_was_not_taken(patch: Patch) -> None:
    """An Event is tried once."""
    patch.setattr(Reporter, "_retry", lambda *_: False)


def tells_twice(patch: Patch) -> None:
    """Everything that fires is told two times."""
    fired = Teller.fired

    def twice(self: Teller, *args: Any) -> None:
        fired(self, *args)
        fired(self, *args)

    patch.setattr(Teller, "fired", twice)


def tells_nothing_of_an_end(patch: Patch) -> None:
    """Nobody hears that it is over."""
    patch.setattr(Reporter, "tell", _only_firing(Reporter.tell))


def _only_firing(tell: Callable[..., None]) -> Callable[..., None]:
    def telling(self: Reporter, notice: Any) -> None:
        if notice.reason != "AlertResolved":
            tell(self, notice)

    return telling


def stops_at_a_failed_step(patch: Patch) -> None:
    """A step that fails leaves everything as it is."""
    publish = Publisher.publish

    async def failing(self: Publisher, key: Any) -> None:
        record = self._book.get(key)
        if record and any(alert.state is State.FIRING for alert in record.alerts.values()):
            raise RuntimeError("planted")
        await publish(self, key)

    patch.setattr(Publisher, "publish", failing)


def does_not_wait_for_lists(patch: Patch) -> None:
    """It decides before it knows the workloads: they all seem to be deleted."""
    patch.setattr(engine, "WATCHED_KINDS", (KIND,))


PLANTED: tuple[tuple[Callable[[Patch], None], str], ...] = (
    (fires_one_interval_early, "invented"),
    (counts_gaps, "invented"),
    (resolves_on_unknown, "invented"),
    (forgets_when_it_began_at_a_restart, "changed"),
    (forgets_alerts_at_a_restart, "lost"),
    (remembers_an_end_twice, "invented"),
    (forgets_history_at_a_restart, "changed"),
    (gives_up_at_a_conflict, "lost"),
    (keeps_the_alerts_of_what_is_deleted, "invented"),
    (does_not_believe_lists, "invented"),
    (outlives_another_criterion, "invented"),
    (loses_an_event_that_was_not_taken, "lost"),
    (tells_twice, "invented"),
    (tells_nothing_of_an_end, "lost"),
    (stops_at_a_failed_step, "lost"),
    (does_not_wait_for_lists, "invented"),
)
