"""An incident is stored without loss, and what people did to one by hand is said in words."""

import json
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.incidents import INCIDENTS, MEMBERS, NOON, TOLD
from tocsin.api.problems import Problems
from tocsin.api.v1alpha1 import incident_body, incident_status, incidentroom, read_incident
from tocsin.api.v1alpha1.incidentroom import SUMMARIES
from tocsin.api.v1alpha1.incidents import FIRST_STATUS
from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.alarms import AlarmEnd
from tocsin.core.notify.incidents import Incident, IncidentKey, Member, Told
from tocsin.core.notify.notification import Acknowledgement
from tocsin.core.notify.receivers import Receiver
from tocsin.core.notify.routes import RouteKey
from tocsin.core.rules import RuleKey, Severity

RULE = RuleKey("fraud", "high-latency")
SCORER = Member(
    "7c1e0f6a9b2d4c38",
    RULE,
    ObjectRef("Deployment", "fraud", "scorer"),
    "fraud",
    Severity.HIGH,
    NOON,
    summary="P99 latency of scorer is 312ms",
    turns=(1,),
)
CHAT = Receiver("chat", "slack", "slack #ml-alerts via slack/token", {"channel": "#ml-alerts"})
INCIDENT = Incident(
    IncidentKey("fraud", "scorer-0a1b2c3d4e"),
    RouteKey("fraud", "oncall"),
    {"namespace": "fraud", "workload": "Deployment/scorer"},
    NOON,
    members={SCORER.id: SCORER},
    told=(Told(CHAT, upto=1, sent=1, at=NOON),),
    sequence=1,
)


def stored(incident: Incident) -> dict[str, Any]:
    status = incident_status(incident, None)
    body = {**incident_body(incident, {}), "status": status}
    decoded: dict[str, Any] = json.loads(json.dumps(body))
    return decoded


def problems(body: Any) -> Problems:
    read = read_incident(body)
    assert not isinstance(read, Incident)
    return read


@given(INCIDENTS, st.none() | st.just(NOON))
@settings(max_examples=60)
def test_what_is_stored_reads_back_the_same(incident: Incident, due: Any) -> None:
    status = incident_status(incident, due)
    assert read_incident({**incident_body(incident, {}), "status": status}) == incident
    assert read_incident(stored(incident)) == incident


def test_every_field_of_the_core_is_in_the_test_above() -> None:
    for strategy, kind in ((MEMBERS, Member), (TOLD, Told), (INCIDENTS, Incident)):
        for field in fields(kind):
            assert f"{field.name}=" in repr(strategy), field.name


def test_an_incident_is_stored_small_and_readable() -> None:
    assert stored(INCIDENT) == {
        "apiVersion": "tocsin.dev/v1alpha1",
        "kind": "MLIncident",
        "metadata": {
            "namespace": "fraud",
            "name": "scorer-0a1b2c3d4e",
            "annotations": {FIRST_STATUS: "{}"},
        },
        "spec": {
            "route": {"namespace": "fraud", "name": "oncall"},
            "group": {"namespace": "fraud", "workload": "Deployment/scorer"},
            "openedAt": "2026-01-31T12:00:00Z",
        },
        "status": {
            "state": "Firing",
            "severity": "high",
            "model": "scorer",
            "alerts": 1,
            "sequence": 1,
            "members": [
                {
                    "id": "7c1e0f6a9b2d4c38",
                    "rule": "fraud/high-latency",
                    "workload": "Deployment fraud/scorer",
                    "severity": "high",
                    "firedAt": "2026-01-31T12:00:00Z",
                    "summary": "P99 latency of scorer is 312ms",
                    "turns": [1],
                }
            ],
            "told": [
                {
                    "name": "chat",
                    "kind": "slack",
                    "destination": "slack #ml-alerts via slack/token",
                    "settings": {"channel": "#ml-alerts"},
                    "upto": 1,
                    "sent": 1,
                    "sentAt": "2026-01-31T12:00:00Z",
                }
            ],
        },
    }


@given(INCIDENTS)
@settings(max_examples=30)
def test_an_incident_whose_status_was_never_written_is_as_it_was_created(
    incident: Incident,
) -> None:
    assert read_incident(incident_body(incident, incident_status(incident, None))) == incident


def test_a_status_that_was_written_counts_more_than_the_first_one() -> None:
    later = replace(INCIDENT, sequence=7)
    body = incident_body(INCIDENT, incident_status(INCIDENT, None))
    assert read_incident({**body, "status": incident_status(later, None)}) == later


@pytest.mark.parametrize("first", [None, "", "{", "[1]", '{"told": 7}', "[" * 100_000])
def test_a_first_status_that_is_not_to_be_read_is_none(first: str | None) -> None:
    body = incident_body(INCIDENT, {})
    body["metadata"]["annotations"] = {FIRST_STATUS: first}
    empty = replace(INCIDENT, members={}, told=(), sequence=0)
    assert read_incident(body) == empty
    assert read_incident({**body, "status": None}) == empty


def test_a_first_status_that_does_not_fit_into_an_annotation_is_left_out() -> None:
    assert "annotations" not in incident_body(INCIDENT, {"next": "x" * 70_000})["metadata"]


def many(count: int, **changes: Any) -> dict[str, Member]:
    return {f"{n:016x}": replace(SCORER, id=f"{n:016x}", **changes) for n in range(count)}


def test_thousands_of_alerts_fit_into_an_object() -> None:
    members = many(incidentroom.MEMBERS, summary="s" * 1024, labels={"team": "risk"})
    body = stored(replace(INCIDENT, members=members))
    assert len(json.dumps(body)) < 1.4 * 1024**2
    bare = {key: replace(one, summary="", labels={}) for key, one in members.items()}
    assert read_incident(body) == replace(INCIDENT, members=bare)
    few = dict(list(members.items())[:SUMMARIES])
    assert read_incident(stored(replace(INCIDENT, members=few))) == replace(INCIDENT, members=few)


def test_of_more_alerts_those_are_stored_of_whose_end_somebody_is_to_hear() -> None:
    over = {"turns": (1, 2), "end": AlarmEnd(NOON)}
    members = many(5000, **over)
    known = [f"{n:016x}" for n in range(4000, 4900)]
    members |= {key: replace(SCORER, id=key) for key in known}
    incident = replace(INCIDENT, members=members, sequence=2, told=(Told(CHAT, 2, 1, NOON),))
    body = stored(incident)
    assert body["status"]["leftOut"] == 3000
    assert body["status"]["alerts"] == 900
    assert {one["id"] for one in body["status"]["members"]} >= set(known)


LONG = "n" * 63
HOSTILE = {
    "long names": {
        "rule": RuleKey(LONG, "r" * 253),
        "workload": ObjectRef("Deployment", LONG, "w" * 253),
    },
    "texts that grow as they are written": {"summary": "<&>\u2028\\" * 200},
    "labels": {"labels": {f"l{n:02}": "<" * 256 for n in range(32)}},
    "a chatty end": {"end": AlarmEnd(NOON, message="💥" * 1024), "turns": (1,)},
}


@pytest.mark.parametrize("changes", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("count", [SUMMARIES, 5000])
def test_whatever_alerts_say_they_fit_into_an_object(count: int, changes: dict[str, Any]) -> None:
    incident = replace(INCIDENT, members=many(count, **changes))
    body = stored(incident)
    written = json.dumps(body, ensure_ascii=False)
    for character in "<>&\u2028":  # as the API server writes them
        written = written.replace(character, "\\u0000")
    assert len(written.encode()) < 1.4 * 1024**2
    assert isinstance(read_incident(body), Incident)
    if count <= incidentroom.MEMBERS and "end" not in changes:
        assert len(body["status"]["members"]) == count


def test_a_number_that_was_told_is_not_given_again_where_the_counter_was_removed() -> None:
    body = stored(INCIDENT)
    del body["status"]["sequence"]
    assert read_incident(body) == INCIDENT


@pytest.mark.parametrize(
    ("path", "value", "field", "said"),
    [
        (("spec", "openedAt"), "yesterday", "spec.openedAt", "is no time with its zone"),
        (("spec", "route"), "oncall", "spec.route", "is not a map"),
        (("status",), "Firing", "status", "is not a map"),
        (("status", "members"), {}, "status.members", "is not a list"),
        (("status", "members", 0, "rule"), "x", "status.members[0].rule", "namespace and name"),
        (("status", "members", 0, "turns"), [-1], "status.members[0].turns[0]", "greater than"),
        (("status", "members", 0, "severity"), "P1", "status.members[0].severity", "choose"),
        (("status", "told", 0, "name"), None, "status.told[0].name", "is not a text"),
        (("status", "told", 0, "settings"), [], "status.told[0].settings", "is not a map"),
        (("status", "told", 0, "sentAt"), "12:00", "status.told[0].sentAt", "time"),
    ],
)
def test_what_was_edited_by_hand_is_named_by_its_field(
    path: tuple[str | int, ...], value: Any, field: str, said: str
) -> None:
    body: Any = stored(INCIDENT)
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    (problem,) = problems(body)
    assert problem.field == field
    assert said in problem.message


def test_an_alert_that_is_there_twice_is_a_problem() -> None:
    body = stored(INCIDENT)
    body["status"]["members"] *= 2
    assert [problem.field for problem in problems(body)] == ["status.members"]


@given(st.data())
@settings(max_examples=100)
def test_whatever_was_cut_off_nothing_is_raised(data: st.DataObject) -> None:
    text = json.dumps(stored(INCIDENT))
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 40))
    try:
        body = json.loads(text[:start] + text[start + length :])
    except ValueError:
        return
    read_incident(body)


def at(**changes: Any) -> Incident:
    return replace(INCIDENT, **changes)


def columns(incident: Incident, due: timedelta | None) -> str:
    """What `kubectl get mlinc` shows of it, but for ages."""
    status = incident_status(incident, NOON + due if due is not None else None)
    names = ("severity", "model", "alerts", "state", "ack", "next")
    return " | ".join(str(status.get(name, "")) for name in names)


RETRYING = Told(CHAT, attempts=2, failing_since=NOON, next_at=NOON + timedelta(seconds=31))
ENDED = replace(SCORER, end=AlarmEnd(NOON))
CREDIT = replace(
    SCORER,
    id="0" * 16,
    workload=ObjectRef("StatefulSet", "fraud", "credit"),
    severity=Severity.CRITICAL,
)
STORE = replace(SCORER, workload=None)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("incident", "due", "line"),
    [
        (at(told=()), MINUTE, "high | scorer | 1 | Firing |  | tell Sat 12:01:00Z"),
        (INCIDENT, 240 * MINUTE, "high | scorer | 1 | Firing |  | again Sat 16:00:00Z"),
        (
            at(members={SCORER.id: SCORER, CREDIT.id: CREDIT}),
            MINUTE,
            "critical | scorer +1 | 2 | Firing |  | again Sat 12:01:00Z",
        ),
        (at(members={SCORER.id: STORE}), None, "high | high-latency | 1 | Firing |  | "),
        (
            at(acknowledgement=Acknowledgement(NOON, "alice@example.com", "on it")),
            None,
            "high | scorer | 1 | Acknowledged | alice@example.com | ",
        ),
        (
            at(acknowledgement=Acknowledgement(NOON)),
            None,
            "high | scorer | 1 | Acknowledged | unverified | ",
        ),
        (
            at(members={SCORER.id: replace(SCORER, silenced_by="fraud/deploy")}),
            None,
            "high | scorer | 1 | Silenced |  | ",
        ),
        (
            at(members={SCORER.id: ENDED}),
            5 * MINUTE,
            "high | scorer | 0 | Resolving |  | tell of the end Sat 12:05:00Z",
        ),
        (at(told=(RETRYING,)), MINUTE, "high | scorer | 1 | Firing |  | retry chat Sat 12:00:31Z"),
        (
            at(told=(RETRYING, replace(RETRYING, next_at=NOON + MINUTE))),
            MINUTE,
            "high | scorer | 1 | Firing |  | retry chat +1 Sat 12:00:31Z",
        ),
        (at(members={SCORER.id: ENDED}, closed_at=NOON), None, "high | scorer | 0 | Closed |  | "),
        (at(members={}), None, " |  | 0 | Resolving |  | "),
    ],
)
def test_columns_say_what_somebody_wants_to_know_at_night(
    incident: Incident, due: timedelta | None, line: str
) -> None:
    assert columns(incident, due) == line
