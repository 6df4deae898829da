"""What a notification says where its incident has moved on since it was decided."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.engine.notifying.telling import spec
from tests.engine.world import World, asking, rule
from tocsin.adapters.templates import GoTemplates
from tocsin.core.notify.alarms import Alarm, AlarmEnd
from tocsin.core.notify.happenings import ends, fires
from tocsin.core.notify.incidents import Incident, IncidentKey, Intent, Told
from tocsin.core.notify.notification import Notification, Reason
from tocsin.core.notify.receivers import Receiver
from tocsin.core.notify.routes import RouteKey
from tocsin.core.rules import RuleKey, Severity
from tocsin.engine.cluster import Cluster
from tocsin.engine.notifying.composing import Composer

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
CHAT = Receiver("chat", "slack", "slack #alerts")
EMPTY = Incident(IncidentKey("fraud", "w0-1"), RouteKey("fraud", "oncall"), {}, NOW)


def at(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def alarm(id_: str, fired_at: datetime, severity: Severity = Severity.HIGH) -> Alarm:
    return Alarm(id_, RuleKey("fraud", "r0"), None, "fraud", severity, fired_at)


def told_now(incident: Incident, told: Told) -> Notification:
    composer = Composer("test", lambda rule: None, Cluster(), GoTemplates(), "")
    return composer.compose(incident, told, at(60))


def intending(reason: Reason, upto: int, *, heard: int = 0, uncertain: bool = False) -> Told:
    return Told(CHAT, upto=heard, intent=Intent(1, reason, upto, at(30)), uncertain=uncertain)


def test_what_was_resolved_is_shown_as_resolved_although_it_fires_again() -> None:
    incident = fires(EMPTY, alarm("a", at(0)), at(0))
    incident = ends(incident, "a", AlarmEnd(at(20)))
    incident = fires(incident, alarm("a", at(40)), at(40))
    said = told_now(incident, intending(Reason.ALL_RESOLVED, 2, heard=1, uncertain=True))
    assert not said.firing
    [one] = said.resolved
    assert (one.fired_at, one.resolved_at) == (EMPTY.opened_at, at(30))
    assert one.end_message == "it fires again since 12:00:40Z"


def test_what_fires_again_unheard_as_it_is_silenced_was_resolved_before_that() -> None:
    incident = ends(fires(EMPTY, alarm("a", at(0)), at(0)), "a", AlarmEnd(at(10)))
    incident = fires(incident, alarm("a", at(20)), at(20), silenced_by="fraud/s")
    said = told_now(incident, intending(Reason.SOME_RESOLVED, 2, heard=1))
    assert not said.firing
    assert [one.resolved_at for one in said.resolved] == [at(20)]


def test_what_fired_is_shown_as_firing_although_it_is_over_meanwhile() -> None:
    incident = ends(fires(EMPTY, alarm("a", at(0)), at(0)), "a", AlarmEnd(at(40)))
    said = told_now(incident, intending(Reason.REPEAT, 1, heard=1, uncertain=True))
    assert [one.resolved_at for one in said.firing] == [None]
    assert not said.resolved


def test_what_was_silenced_before_it_was_told_is_left_out_and_does_not_count_as_urgent() -> None:
    incident = fires(EMPTY, alarm("a", at(0)), at(0))
    incident = fires(incident, alarm("b", at(0), Severity.CRITICAL), at(0))
    other = Told(Receiver("pager", "webhook", "webhook"), upto=2, sent=1)
    incident = replace(incident, told=(other,))
    muted = fires(incident, alarm("b", at(0), Severity.CRITICAL), at(10), silenced_by="fraud/s")
    said = told_now(muted, intending(Reason.FIRST, 2))
    assert [one.id for one in said.firing] == ["a"]
    assert said.severity is Severity.HIGH
    as_it_was = told_now(muted, intending(Reason.FIRST, 2, uncertain=True))
    assert [one.id for one in as_it_was.firing] == ["b", "a"]


def test_the_end_of_all_that_was_heard_does_not_list_what_is_silenced_unheard() -> None:
    incident = fires(EMPTY, alarm("a", at(0)), at(0))
    incident = fires(incident, alarm("b", at(10)), at(10))
    incident = fires(incident, alarm("b", at(10)), at(20), silenced_by="fraud/s")
    incident = ends(incident, "a", AlarmEnd(at(30)))
    said = told_now(incident, intending(Reason.ALL_RESOLVED, incident.sequence, heard=1))
    assert not said.firing
    assert [one.id for one in said.resolved] == ["a"]
    assert said.silenced_count == 1


async def test_the_value_of_a_composite_is_how_many_of_its_parts_are_met() -> None:
    parts = [{"name": name, **asking(name)} for name in ("slow", "failing", "idle")]
    world = World()
    world.deploy()
    world.apply(rule(criterion={"composite": {"parts": parts, "when": "slow && failing || idle"}}))
    world.put("NotificationRoute", "oncall", spec=spec())
    world.list_all()
    for name, value in (("slow", 12.0), ("failing", 13.0), ("idle", 3.0)):
        world.value(name, scorer=value)
    await world.tick(20)
    [(_, notification)] = world.receivers.told
    assert [one.value for one in notification.firing] == ["2 of 3 parts"]
