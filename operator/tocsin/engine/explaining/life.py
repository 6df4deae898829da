"""Where an alert stands in its life: its times, and what comes next and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tocsin.api.explanation.parts import Timer, TimerName
from tocsin.core.alerts import Alert
from tocsin.core.durations import format_duration
from tocsin.core.rules import MissingData
from tocsin.core.states import State
from tocsin.engine.explaining.looks import Seen
from tocsin.engine.explaining.shown import clock
from tocsin.engine.explaining.view import View


@dataclass(frozen=True)
class Ahead:
    """What comes next, and when at the earliest."""

    says: str
    at: datetime | None = None


def ahead(view: View, seen: Seen, alert: Alert | None) -> Ahead:
    """What comes next for an identity with `alert` or without one."""
    due = view.due
    if due is None:
        return Ahead(under_way(view) or "Nothing, as the rule is not evaluated now.")
    if alert is None:
        return _idle(view, seen, due)
    if alert.missing_since or alert.unobserved_since:
        return _unobserved(view, alert, due)
    match alert.state:
        case State.PENDING:
            return _ripens(view, seen, alert, due)
        case State.RECOVERING:
            return _settles(view, seen, alert, due)
        case _:
            return _recovers(view, seen, due)


def under_way(view: View) -> str:
    """That an evaluation goes on just now; nothing if none does."""
    since = view.pace.running_since if view.record.due else None
    return f"An evaluation is under way since {clock(since, view.now)}." if since else ""


def timers(view: View, seen: Seen, alert: Alert) -> Iterator[Timer]:
    """The times in the life of `alert`, past ones first."""
    yield _timer(TimerName.PENDING_SINCE, alert.active_at, "the criterion is met since then")
    if alert.fired_at:
        yield _timer(TimerName.FIRING_SINCE, alert.fired_at, "it has been firing since then")
    if alert.recovering_since:
        good = "it has been good since then, and is kept firing"
        yield _timer(TimerName.RECOVERING_SINCE, alert.recovering_since, good)
    if alert.unobserved_since:
        held = "nothing is known of it since then: it is held"
        yield _timer(TimerName.UNOBSERVED_SINCE, alert.unobserved_since, held)
    if alert.missing_since:
        gone = "answers speak of others only since then"
        yield _timer(TimerName.MISSING_SINCE, alert.missing_since, gone)
    coming, name = ahead(view, seen, alert), _coming(alert)
    if name and coming.at:
        yield _timer(name, coming.at, "at the earliest, as the next step says")


def _coming(alert: Alert) -> TimerName | None:
    """The time that is waited for, where it is one of a clock and not of a value."""
    if alert.missing_since:
        return TimerName.ENDS_AT
    if alert.unobserved_since:
        return None
    return {State.PENDING: TimerName.FIRES_AT, State.RECOVERING: TimerName.ENDS_AT}.get(alert.state)


def _timer(name: TimerName, at: datetime, message: str) -> Timer:
    return Timer(name=name, at=at, message=message)


def _unobserved(view: View, alert: Alert, due: datetime) -> Ahead:
    if alert.missing_since:
        at = view.due_after(alert.missing_since + 2 * view.rule.interval) or due
        stays = "if its series stays away while others are there"
        return Ahead(f"Ends at {clock(at, view.now)} (SeriesGone) {stays}.", at)
    asked = f"Asked again at {clock(due, view.now)}"
    return Ahead(f"{asked}; it stays {alert.state} until a value is seen.", due)


def _ripens(view: View, seen: Seen, alert: Alert, due: datetime) -> Ahead:
    stays = seen.look.criterion.described(view.rule.unit)
    if points := view.rule.datapoints:
        missing = max(1, points.matching - seen.met)
        at = due + (missing - 1) * view.rule.interval
        so_far = f"{seen.met} of the last {points.of} values are"
        when = clock(at, view.now)
        return Ahead(f"Fires at {when} if {points.matching} are {stays} ({so_far}).", at)
    begins = alert.active_at if alert.observed_at else due  # restored: `for` starts again
    at = view.due_after(begins + view.rule.for_) or due
    return Ahead(f"Fires at {clock(at, view.now)} if it stays {stays}.", at)


def _recovers(view: View, seen: Seen, due: datetime) -> Ahead:
    rule = view.rule
    good = seen.look.criterion.recovery(rule.unit)
    when = f"evaluated at {clock(due, view.now)}"
    if points := rule.datapoints:
        fewer = f"once fewer than {points.matching} of the last {points.of} values are met"
        first = f"{fewer} and the last is {good} ({seen.met} are met now, {when})"
    else:
        first = f"at the next value of {good} ({when})"
    if not rule.keep_firing_for:
        return Ahead(f"Resolves {first}.", due)
    kept = format_duration(rule.keep_firing_for)
    return Ahead(f"Recovers {first}, and resolves after {kept} of that.", due)


def _settles(view: View, seen: Seen, alert: Alert, due: datetime) -> Ahead:
    unit, criterion = view.rule.unit, seen.look.criterion
    since = alert.recovering_since if alert.observed_at else due
    at = view.due_after((since or due) + view.rule.keep_firing_for) or due
    stays = f"if it stays at {criterion.recovery(unit)}"
    again = f"fires on if it is {criterion.described(unit)}"
    return Ahead(f"Resolves at {clock(at, view.now)} {stays}; {again}.", at)


def _idle(view: View, seen: Seen, due: datetime) -> Ahead:
    when = clock(due, view.now)
    if opens_at := view.opens_at:
        opens = view.due_after(opens_at) or opens_at
        return Ahead(
            f"Its schedule opens at {clock(opens_at, view.now)}; nothing fires before.", opens
        )
    if not seen.outcome.verdict.observed:
        says = f"Asked again at {when}"
        silent = view.rule.missing_data is MissingData.UNKNOWN or not seen.look.no_data
        return Ahead(f"{says}; nothing fires without a value." if silent else f"{says}.", due)
    return Ahead(f"Evaluated again at {when}; {_then(view, seen)}.", due)


def _then(view: View, seen: Seen) -> str:
    """What a value that is met does to an inactive alert."""
    rule, met = view.rule, seen.look.criterion.described(view.rule.unit)
    if points := rule.datapoints:
        return f"fires once {points.matching} of {points.of} values are {met}"
    if not rule.for_:
        return f"fires if it is {met}"
    return f"if it is {met} it becomes pending, and fires after {format_duration(rule.for_)} of it"
