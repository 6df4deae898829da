"""The rules that there are: from what the watch tells to records that can be evaluated."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tocsin.api.v1alpha1.status import MAX_HISTORY
from tocsin.core.alerts import Alert, Ended, EndReason
from tocsin.core.capacity import keep_at_most
from tocsin.core.ends import end_some
from tocsin.core.evaluate import Evaluation, Past, end_all
from tocsin.core.rules import Mode, Rule, RuleKey
from tocsin.core.rulestate import RuleState
from tocsin.core.states import State
from tocsin.engine.cluster import WORKLOAD_KINDS
from tocsin.engine.contest import PATIENCE, others, stands
from tocsin.engine.quota import Quota
from tocsin.engine.record import Record, Stalled
from tocsin.engine.requests import ids_in, resolve_asked, unknown_message
from tocsin.engine.restore import restore, restore_parameters
from tocsin.engine.retelling import untold
from tocsin.engine.status import history_entry
from tocsin.engine.telling import Teller
from tocsin.engine.timetable import Timetable
from tocsin.engine.understanding import understood


class Book:
    """Records by rule; it takes in edits so that only a change of meaning ends alerts."""

    def __init__(
        self,
        sources: Set[str],
        default_interval: timedelta,
        teller: Teller,
        timetable: Timetable,
        lived_until: datetime | None = None,
        *,
        max_rules: int,
        max_alerts: int,
    ) -> None:
        self._sources = sources
        self._default_interval = default_interval
        self._teller = teller
        self._timetable = timetable
        #: Until when the former process looked at alerts; set before rules are taken in.
        self.lived_until = lived_until
        self._records: dict[RuleKey, Record] = {}
        self._opened_at = datetime.max.replace(tzinfo=UTC)  # until the first rule comes
        self._max_alerts = max_alerts
        self._quota = Quota(max_rules)
        self._moved: set[RuleKey] = set()
        #: The kinds of workloads that are watched.
        self.kinds = set(WORKLOAD_KINDS)
        #: Told of each rule that was deleted, with how its alerts ended.
        self.on_gone: Callable[[Record], None] = _nobody

    def __iter__(self) -> Iterator[Record]:
        return iter(tuple(self._records.values()))

    def get(self, key: RuleKey) -> Record | None:
        """The record of a rule, if it is there."""
        return self._records.get(key)

    def has_unobserved(self) -> bool:
        """Whether an alert was restored that waits for time to pass, and nobody has looked yet."""
        return any(
            alert.state is not State.FIRING
            and alert.unobserved_since is None
            and (alert.observed_at or alert.active_at) <= self._opened_at
            for record in self._records.values()
            if not record.stalled
            for alert in record.alerts.values()
        )

    def saw(self, body: Mapping[str, Any], now: datetime) -> Record | None:
        """A rule is there or has changed; its record if there is something to do about it."""
        metadata = body["metadata"]
        key = RuleKey(metadata["namespace"], metadata["name"])
        record = self._records.get(key)
        if record and record.uid != metadata["uid"]:  # deleted and made again in between
            self.gone(key, now)
            record = None
        if record is None:
            return self._meet(key, body, now)
        record.seen_version = metadata["resourceVersion"]
        newest = record.at_version(record.seen_version)
        if newest and record.evaluation is None and _is_others(record, body.get("status") or {}):
            # A late write of the process before: nothing was decided yet, so it is what goes on.
            return self._meet(key, body, now, record.told_again)
        changed = newest and self._written_over(record, body, now)
        if record.generation != metadata["generation"]:
            changed = True
            record.generation = metadata["generation"]
            self._take_in(record, body, now)
        changed |= self._resolve(record, resolve_asked(metadata), now)
        return record if changed else None

    def gone(self, key: RuleKey, now: datetime) -> None:
        """A rule is no longer there: what it had firing is over."""
        record = self._records.pop(key, None)
        self._place(self._quota.leave(key))
        if record and record.rule:
            message = "the rule was deleted"
            self._end_all(record, record.rule, EndReason.RULE_DELETED, message, now)
        if record:
            self.on_gone(record)

    def listed(self, namespace: str | None, names: Set[tuple[str, str]], now: datetime) -> None:
        """The whole list of rules was read: what it does not name is gone."""
        for key in tuple(self._records):
            within = namespace is None or key.namespace == namespace
            if within and (key.namespace, key.name) not in names:
                self.gone(key, now)

    def with_room_for(self, evaluation: Evaluation, record: Record) -> Evaluation:
        """`evaluation` of `record` without the new alerts that a rule has no room for."""
        return keep_at_most(self._max_alerts, evaluation, record.alerts)

    def remember(self, record: Record, rule: Rule, ended: Sequence[Ended]) -> None:
        """Add alerts that are over to their rule's history, and tell of them."""
        latest = [history_entry(rule, one) for one in ended[-MAX_HISTORY:]]
        record.history = (*reversed(latest), *record.history)[:MAX_HISTORY]
        for one in ended:
            record.ends[one.alert.id] = one
            self._teller.ended(record, rule, one)

    def _meet(
        self,
        key: RuleKey,
        body: Mapping[str, Any],
        now: datetime,
        told_again: Set[tuple[datetime, str]] = frozenset(),
    ) -> Record:
        self._opened_at = min(self._opened_at, now)
        metadata, status = body["metadata"], body.get("status") or {}
        record = Record(key, metadata["uid"], metadata["generation"], metadata["resourceVersion"])
        record.seen_version = record.resource_version
        record.told_again = set(told_again)
        record.status = record.written = status
        record.history = tuple(status.get("history") or ())
        record.shadowed = int(status.get("wouldHaveNotified") or 0)
        record.resolve_handled = str(status.get("resolveHandled") or "")
        self._records[key] = record
        self._place(self._quota.enter(key, metadata.get("creationTimestamp") or ""))
        record.beyond = self._beyond(key)
        self._take_in(record, body, now)
        self._resolve(record, resolve_asked(metadata), now)
        return record

    def take_moved(self) -> Iterator[Record]:
        """The rules that since the last time lost their place in the namespace, or got one."""
        moved, self._moved = self._moved, set()
        yield from (self._records[key] for key in sorted(moved) if key in self._records)

    def _place(self, key: RuleKey | None) -> None:
        record = self._records.get(key) if key else None
        if record:
            record.beyond = self._beyond(record.key)
            self._moved.add(record.key)

    def _beyond(self, key: RuleKey) -> Stalled | None:
        if self._quota.has(key):
            return None
        return Stalled(
            "TooManyRules",
            f"namespace {key.namespace} has more than {self._quota.limit} rules "
            f"(limits.rulesPerNamespace), and the newest are not evaluated, like this one: delete "
            f"rules or join several into one, or have the limit raised",
        )

    def _take_in(self, record: Record, body: Mapping[str, Any], now: datetime) -> None:
        """Make the spec in `body` the one that counts; end alerts that it does not speak of."""
        before, was_stalled = record.rule, record.stalled is not None
        parsed = self._parse(body)
        if isinstance(parsed, Stalled):  # its alerts stay as they are until it is mended
            record.stalled = parsed
            record.with_alerts({key: _unseen(alert) for key, alert in record.alerts.items()})
            return
        record.go_on_with(parsed)
        record.without = parsed.workloads.kinds - self.kinds if parsed.workloads else frozenset()
        if before is None:
            # Nobody looked while the rule was broken, though the operator lived.
            broken = was_stalled or record.status.get("state") == RuleState.INVALID
            looked_until = None
            if self.lived_until and not broken:  # it lived on after its last look, and saw nothing
                looked_until = self._timetable.last_of(parsed, self.lived_until)
            record.past = Past(restore(parsed, record.status, looked_until))
            record.bound = restore_parameters(record.status)
            self._tell_again(record, parsed, now)
        if _counted_before(record, before) and not parsed.datapoints:
            record.count_anew()
        if _meaning_before(record, before) not in (None, parsed.semantics):
            message = "the rule now asks something else"
            self._end_all(record, before or parsed, EndReason.RULE_CHANGED, message, now)
        if parsed.suspended:
            message = "the rule was suspended"
            self._end_all(record, parsed, EndReason.RULE_SUSPENDED, message, now)
        self._change_mode(record, parsed, now)

    def _tell_again(self, record: Record, rule: Rule, now: datetime) -> None:
        """What the former process may not have told before it ended."""
        for at, one in untold(rule, record.alerts, record.status, self.lived_until, now):
            alert = one.alert if isinstance(one, Ended) else one
            if (at, alert.id) in record.told_again:
                continue
            record.told_again.add((at, alert.id))
            if isinstance(one, Ended):
                self._teller.ended(record, rule, one)
            else:
                self._teller.fired(record, rule, one, at)

    def _change_mode(self, record: Record, rule: Rule, now: datetime) -> None:
        """Out of Shadow, what fires and was told to nobody is told."""
        if rule.mode is Mode.SHADOW:
            return
        record.shadowed = 0
        hidden = [alert for _, alert in sorted(record.alerts.items()) if alert.shadow]
        if hidden:
            told = {alert.id: replace(alert, shadow=False) for alert in hidden}
            record.with_alerts({**record.alerts, **told})
            for alert in told.values():
                self._teller.fired(record, rule, alert, now)

    def _written_over(self, record: Record, body: Mapping[str, Any], now: datetime) -> bool:
        """Whether somebody else has changed the status: then it is written again."""
        stored: Mapping[str, Any] = body.get("status") or {}
        if stands(record.written, stored):
            return False
        if record.sent is not None and stands(record.sent, stored):  # its answer is late, or lost
            record.written = record.sent
            return False
        record.written, record.contest = stored, record.contest.again(now)
        if record.contest.times == PATIENCE + 1:
            self._teller.contested(record, others(body["metadata"]), now)
        return True

    def _resolve(self, record: Record, asked: str, now: datetime) -> bool:
        """End the alerts that a person names by annotation, once for each value of it.

        A rule that nobody has understood yet has its alerts in status only: there it waits.
        """
        if record.rule is None or asked == record.resolve_handled:
            return False
        record.resolve_handled = asked
        ids, active = ids_in(asked), record.alerts.keys()
        if unknown := set(ids) - active:
            self._teller.unknown(record, unknown_message(unknown, active), now)
        left, ended = end_some(record.alerts, ids, now)
        if len(left) < len(active):
            record.forget(left)
        self.remember(record, record.rule, ended)
        return True

    def _parse(self, body: Mapping[str, Any]) -> Rule | Stalled:
        return understood(body, self._default_interval, self._sources, self.kinds)

    def _end_all(
        self, record: Record, rule: Rule, reason: EndReason, message: str, now: datetime
    ) -> None:
        self.remember(record, rule, end_all(record.alerts, reason, message, now))
        record.past, record.evaluation = Past(), None


def _nobody(_: Record) -> None:
    """Nobody wants to know."""


def _unseen(alert: Alert) -> Alert:
    """`alert` from when nobody looks: status says so where time counts, also after a restart."""
    if alert.state is State.FIRING:
        return alert
    return replace(alert, unobserved_since=alert.unobserved_since or alert.observed_at)


def _is_others(record: Record, status: Mapping[str, Any]) -> bool:
    """Whether `status` is none that this process has read, wants, or wrote."""
    return status not in (record.written, record.status)


def _counted_before(record: Record, before: Rule | None) -> bool:
    """Whether alerts waited for M of N values: since when all were met is not known then."""
    if before:
        return before.datapoints is not None
    effective: Mapping[str, Any] = record.status.get("effective") or {}
    return "datapoints" in effective


def _meaning_before(record: Record, before: Rule | None) -> str | None:
    if before:
        return before.semantics
    effective: Mapping[str, Any] = record.status.get("effective") or {}
    return effective.get("criterionHash")
