"""An incident that is open for weeks forgets what everybody knows to be over, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tocsin.core.notify.alarms import AlarmEnd
from tocsin.core.notify.forgetting import without_settled
from tocsin.core.notify.incidents import Incident, IncidentKey, Member, Told
from tocsin.core.notify.receivers import Receiver
from tocsin.core.notify.routes import RouteKey
from tocsin.core.rules import RuleKey, Severity

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
RULE = RuleKey("fraud", "latency")


def member(name: str, *turns: int, ended: int | None = None) -> Member:
    end = None if ended is None else AlarmEnd(NOON + timedelta(minutes=ended))
    return Member(name, RULE, None, "fraud", Severity.HIGH, NOON, turns=turns, end=end)


def incident(*told: int) -> Incident:
    members = [
        member("fires", 1),
        member("over", 2, 5, ended=1),
        member("over later", 3, 6, ended=2),
        member("over lately", 4, 7, ended=3),
    ]
    heard = tuple(Told(Receiver(f"r{n}", "webhook", "x"), upto=n, sent=1) for n in told)
    key = IncidentKey("fraud", "one")
    return Incident(key, RouteKey("fraud", "oncall"), {}, NOON, {one.id: one for one in members},
                    heard, 7)  # fmt: skip


def test_what_ended_first_is_forgotten_first() -> None:
    assert set(without_settled(incident(7), 2).members) == {"fires", "over lately"}
    assert set(without_settled(incident(7), 0).members) == {"fires"}
    assert without_settled(incident(7), 4) == incident(7)


def test_what_somebody_takes_for_firing_is_not() -> None:
    assert set(without_settled(incident(7, 5), 0).members) == {
        "fires", "over later", "over lately",
    }  # fmt: skip
    assert without_settled(incident(7, 4), 0) == incident(7, 4)


def test_what_fires_is_kept_however_many_there_are() -> None:
    many = incident(7)
    many = replace(many, members={"fires": many.members["fires"]})
    assert without_settled(many, 0) is many
