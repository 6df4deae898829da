"""Rules that hold at some times only: outside of them nothing begins or goes on."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.core.making import BOTH, answer, of_scorer, rule, verdicts
from tocsin.core.alerts import EndReason
from tocsin.core.evaluate import Evaluation, Past, evaluate
from tocsin.core.gathering import gather
from tocsin.core.notify.schedules import Schedule, Window
from tocsin.core.rules import Rule
from tocsin.core.rulestate import RuleState, quiet_message, rule_state

EVERY_DAY = frozenset(range(7))
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Schedule(BERLIN, (Window(EVERY_DAY, time(1), time(5)),))
OF = rule(schedule=NIGHT)
BAD, GOOD = answer(of_scorer(12)), answer(of_scorer(3))


def looked(value: float, now: datetime, past: Past | None = None, of: Rule = OF) -> Evaluation:
    """One evaluation at this time."""
    return evaluate(of, past or Past(), gather(of, BOTH, answer(of_scorer(value))), now)


def winter(hour: float) -> datetime:
    """A time of a winter's day in Berlin, an hour ahead of UTC."""
    return datetime(2026, 1, 31, tzinfo=UTC) + timedelta(hours=hour - 1)


def test_outside_of_its_schedule_a_bad_value_begins_nothing() -> None:
    closed = looked(12, winter(12))
    assert (closed.alerts, closed.fired) == ({}, ())
    assert rule_state(closed) is RuleState.INACTIVE
    assert quiet_message(OF, closed) == "outside of its schedule until 2026-02-01T00:00Z"
    assert looked(12, winter(2)).fired


def test_what_fires_when_it_closes_ends_and_begins_anew_once_it_opens() -> None:
    fired = looked(12, winter(4.9))
    closed = looked(12, winter(6), fired.past)
    assert closed.alerts == {}
    [over] = closed.ended
    assert over.reason is EndReason.SCHEDULE_CLOSED
    assert over.message == "outside of its schedule until 2026-02-01T00:00Z"
    assert looked(12, winter(26), closed.past).fired


def test_what_is_pending_when_it_closes_leaves_no_trace() -> None:
    slow = rule(schedule=NIGHT, for_=timedelta(hours=1))
    pending = looked(12, winter(4.9), of=slow)
    closed = looked(12, winter(6), pending.past, slow)
    assert (closed.alerts, closed.ended) == ({}, ())


def test_by_the_clocks_of_its_zone_also_where_they_are_changed() -> None:
    for day, opens in (
        (datetime(2026, 3, 28, tzinfo=UTC), 0),
        (datetime(2026, 3, 30, tzinfo=UTC), 23),
    ):
        before = day.replace(hour=22, minute=30) if opens == 23 else day - timedelta(minutes=30)
        assert verdicts(looked(12, before))["scorer"] == "Unknown"
        assert verdicts(looked(12, before + timedelta(minutes=45)))["scorer"] == "Met"
