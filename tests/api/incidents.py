"""Incidents as hypothesis makes them: any that the core could have."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tocsin.core.alerts import EndReason
from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.alarms import AlarmEnd
from tocsin.core.notify.incidents import Incident, IncidentKey, Intent, Member, Told
from tocsin.core.notify.notification import Acknowledgement, Reason
from tocsin.core.notify.receivers import Receiver
from tocsin.core.notify.routes import RouteKey
from tocsin.core.rules import RuleKey, Severity

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
NAMES = st.from_regex(r"[a-z][a-z0-9.-]{0,8}[a-z0-9]", fullmatch=True)
TEXTS = st.text(max_size=20)
NUMBERS = st.integers(0, 50)
TIMES = st.integers(0, 10**9).map(lambda ms: NOON + timedelta(milliseconds=ms))
SETTINGS = st.dictionaries(
    NAMES, TEXTS | st.booleans() | st.integers(0, 999) | st.dictionaries(NAMES, TEXTS), max_size=3
)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


MEMBERS = st.builds(
    Member,
    id=st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
    rule=st.builds(RuleKey, NAMES, NAMES),
    workload=maybe(
        st.builds(ObjectRef, st.sampled_from(["Deployment", "StatefulSet"]), NAMES, NAMES)
    ),
    namespace=NAMES,
    severity=st.sampled_from(Severity),
    fired_at=TIMES,
    summary=TEXTS,
    turns=st.sets(NUMBERS, max_size=4).map(lambda turns: tuple(sorted(turns))),
    end=maybe(st.builds(AlarmEnd, TIMES, maybe(st.sampled_from(EndReason)), TEXTS)),
    silenced_by=TEXTS,
    unsilenced=NUMBERS,
    unsilenced_at=maybe(TIMES),
    unsilenced_from=TEXTS,
    missing=NUMBERS,
    raised=NUMBERS,
    labels=st.dictionaries(NAMES, TEXTS, max_size=2),
)
RECEIVERS = st.builds(Receiver, NAMES, NAMES, TEXTS, SETTINGS, st.booleans())
TOLD = st.builds(
    Told,
    receiver=RECEIVERS,
    upto=NUMBERS,
    sent=NUMBERS,
    at=maybe(TIMES),
    reason=maybe(st.sampled_from(Reason)),
    reference=TEXTS,
    intent=maybe(st.builds(Intent, NUMBERS, st.sampled_from(Reason), NUMBERS, TIMES)),
    attempts=NUMBERS,
    failing_since=maybe(TIMES),
    next_at=maybe(TIMES),
    error=TEXTS,
    refused=st.booleans(),
    uncertain=st.booleans(),
    acknowledged=maybe(TIMES),
    failure_told=maybe(TIMES),
)
INCIDENTS = st.builds(
    Incident,
    key=st.builds(IncidentKey, NAMES, NAMES),
    route=st.builds(RouteKey, NAMES, NAMES),
    group=st.dictionaries(TEXTS, TEXTS, max_size=3),
    opened_at=TIMES,
    members=st.lists(MEMBERS, max_size=3).map(lambda some: {one.id: one for one in some}),
    told=st.lists(TOLD, max_size=3).map(tuple),
    sequence=st.integers(50, 99),  # at least as high as any number that it has given
    acknowledgement=maybe(st.builds(Acknowledgement, TIMES, TEXTS, TEXTS)),
    requested=TEXTS,
    storm=st.booleans(),
    closed_at=maybe(TIMES),
    timeline=st.lists(TEXTS, max_size=3).map(tuple),
)
