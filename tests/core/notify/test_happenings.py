"""What happens to an incident's alerts, and how much of each is kept."""

from dataclasses import replace
from datetime import UTC, datetime

from tocsin.core.notify.alarms import Alarm, AlarmEnd
from tocsin.core.notify.happenings import TURNS, ends, fires
from tocsin.core.notify.incidents import Incident, IncidentKey, Intent, Told
from tocsin.core.notify.notification import Reason
from tocsin.core.notify.receivers import Receiver
from tocsin.core.notify.routes import RouteKey
from tocsin.core.rules import RuleKey, Severity

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
EMPTY = Incident(IncidentKey("fraud", "one"), RouteKey("fraud", "oncall"), {}, NOON)
ALARM = Alarm(
    "a1", RuleKey("fraud", "latency"), None, "fraud", Severity.HIGH, NOON, {"team": "risk"}
)


def test_an_alert_that_is_over_keeps_the_labels_that_it_fired_with() -> None:
    incident = ends(fires(EMPTY, ALARM, NOON), "a1", AlarmEnd(NOON))
    assert incident.members["a1"].labels == {"team": "risk"}


def test_labels_that_change_while_it_fires_are_no_news() -> None:
    before = fires(EMPTY, ALARM, NOON)
    after = fires(before, replace(ALARM, labels={"team": "fraud"}), NOON)
    assert after.members["a1"].labels == {"team": "fraud"}
    assert after.sequence == before.sequence
    assert after.timeline == before.timeline


def test_of_endless_texts_a_part_is_kept() -> None:
    labels = {f"l{n:03}": "x" * 10_000 for n in range(500)}
    incident = fires(EMPTY, replace(ALARM, labels=labels), NOON, summary="s" * 10**6)
    member = incident.members["a1"]
    assert len(member.labels) == 32
    assert {len(value) for value in member.labels.values()} == {256}
    assert len(member.summary) == 1024
    assert max(map(len, incident.timeline)) <= 400


def test_of_an_alert_that_comes_and_goes_as_many_turns_are_kept_as_tell_what_each_was_told() -> (
    None
):
    told = (
        Told(Receiver("new", "webhook", "a")),
        Told(Receiver("told", "webhook", "b"), upto=7),
        Told(Receiver("late", "webhook", "c"), upto=40, intent=Intent(2, Reason.REPEAT, 99, NOON)),
    )
    incident = replace(EMPTY, told=told)
    for _ in range(300):
        incident = ends(fires(incident, ALARM, NOON), "a1", AlarmEnd(NOON))
    member = incident.members["a1"]
    assert len(member.turns) == TURNS
    assert [member.known_at(upto) for upto in (0, 7, 40, 99, 600)] == [
        False,
        True,
        False,
        True,
        False,
    ]
    assert member.turns[-2:] == (599, 600)
    assert fires(incident, ALARM, NOON).members["a1"].known_at(601)
