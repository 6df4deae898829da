"""Bugs to be planted between alerts that fire and people who are told."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from tocsin.api.v1alpha1.incidents import incident_status
from tocsin.core.notify import dispatch, wanting
from tocsin.core.notify.alarms import AlarmEnd
from tocsin.core.notify.dispatch import taken
from tocsin.core.notify.incidents import Incident, IncidentKey, Told
from tocsin.core.notify.names import group_key, notification_id
from tocsin.core.notify.receivers import Receipt
from tocsin.core.notify.routes import Route
from tocsin.engine.notifying import case as case_module
from tocsin.engine.notifying import composing, sending
from tocsin.engine.notifying.case import Case
from tocsin.engine.notifying.keeping import Keeper
from tocsin.engine.notifying.notifier import Notifier
from tocsin.engine.notifying.reading import Reader
from tocsin.engine.silencing.silencing import Silencing

Patch = pytest.MonkeyPatch


def records_before_it_sends(patch: Patch) -> None:
    """What is about to be told is stored as told."""

    def hasty(incident: Incident, due: datetime | None) -> dict[str, Any]:
        for one in incident.told:
            if one.intent and not one.attempts:
                incident = taken(incident, one.receiver, Receipt(), one.intent.at)
        return incident_status(incident, due)

    patch.setattr(case_module, "incident_status", hasty)


def sends_before_it_stores(patch: Patch) -> None:
    """An intent is not stored."""
    store = Keeper.store

    async def later(self: Keeper, case: Case) -> bool:
        if any(one.intent for one in case.incident.told):
            return True
        return await store(self, case)

    patch.setattr(Keeper, "store", later)


def has_the_time_in_its_key(patch: Patch) -> None:
    """What receivers deduplicate by is another one for each incident."""
    patch.setattr(composing, "group_key", lambda *of: f"{group_key(*of)} {of[1].opened_at}")


def has_the_time_in_its_id(patch: Patch) -> None:
    """A second attempt bears another id."""

    def timed(cluster: str, incident: Incident, told: Told) -> str:
        return f"{notification_id(cluster, incident, told)}-{told.attempts}-{told.uncertain}"

    patch.setattr(composing, "notification_id", timed)


def tells_the_end_by_routes_only(patch: Patch) -> None:
    """Where its route is gone, nobody hears that it is over."""

    def wants(incident: Incident, told: Told, route: Route | None, *rest: Any) -> Any:
        return wanting.want(incident, told, route, *rest) if route else None

    patch.setattr(dispatch, "want", wants)


def forgets_incidents_at_a_restart(patch: Patch) -> None:
    """What a former process stored is not taken up."""
    patch.setattr(Reader, "_restored", lambda *_: None)


def _restored(patch: Patch, change: Callable[[Told], Told]) -> None:
    restored = Reader._restored

    def changed(self: Reader, key: IncidentKey, body: Mapping[str, Any]) -> Case | None:
        case = restored(self, key, body)
        if case:
            told = tuple(change(one) if one.intent else one for one in case.incident.told)
            case.incident = replace(case.incident, told=told)
        return case

    patch.setattr(Reader, "_restored", changed)


def counts_a_restored_intent_anew(patch: Patch) -> None:
    """What may have been taken is sent under another id."""

    def anew(one: Told) -> Told:
        return replace(one, intent=one.intent and replace(one.intent, number=one.intent.number + 1))

    _restored(patch, anew)


def takes_a_restored_intent_for_told(patch: Patch) -> None:
    """What may not have been taken is not sent again."""
    _restored(
        patch, lambda one: replace(one, intent=None, upto=one.intent.upto if one.intent else 0)
    )


def makes_no_deleted_incident_again(patch: Patch) -> None:
    """Of an incident that a person deleted nobody hears any more."""

    def gone(self: Reader, key: IncidentKey) -> None:
        case = self._cases.get(key)
        if case:
            self._cases.drop(case)

    patch.setattr(Reader, "gone", gone)


def takes_a_failure_for_told(patch: Patch) -> None:
    """A receiver that is busy is told once."""

    def failed(incident: Incident, receiver: Any, error: Any, now: datetime) -> Incident:
        return taken(incident, receiver, Receipt(), now)

    patch.setattr(sending, "failed", failed)


def sends_what_was_heard_again(patch: Patch) -> None:
    """The first answer is not remembered."""

    forgotten: set[tuple[IncidentKey, int]] = set()

    def hazy(incident: Incident, receiver: Any, receipt: Receipt, now: datetime) -> Incident:
        one = incident.to(receiver)
        named = incident.key, one.intent.number if one and one.intent else 0
        if named in forgotten:
            return taken(incident, receiver, receipt, now)
        forgotten.add(named)
        return incident

    patch.setattr(sending, "taken", hazy)


def does_not_wait_for_others(patch: Patch) -> None:
    """groupWait counts for nothing."""
    patch.setattr(wanting, "_later", lambda since, *_: since)


def does_not_ask_for_silences(patch: Patch) -> None:
    """Silences mute nothing."""
    patch.setattr(Silencing, "silencing", lambda *_: None)


def takes_what_it_restored_for_over(patch: Patch) -> None:
    """Once all was read, whatever fires is over."""

    def settle(self: Notifier) -> None:
        for case in self._cases:
            for member in list(case.incident.firing()):
                self.ended(member.id, AlarmEnd(self._clock.now()))

    patch.setattr(Notifier, "settle", settle)


def does_not_hear_of_ends(patch: Patch) -> None:
    """An alert that is over stays in its incident."""
    patch.setattr(Notifier, "_over", lambda *_: None)


#: Each with its kind, how it shows, and the first seed that shows it: that saves the others.
TELLING: tuple[tuple[Callable[[Patch], None], str, str, int], ...] = (
    (records_before_it_sends, "lost", "never told", 1),
    (sends_before_it_stores, "lost", "told before it was stored", 1),
    (has_the_time_in_its_key, "doubled", "another key", 1),
    (has_the_time_in_its_id, "doubled", "told twice", 37),
    (tells_the_end_by_routes_only, "lost", "never resolved", 185),
    (forgets_incidents_at_a_restart, "lost", "never resolved", 1),
    (counts_a_restored_intent_anew, "doubled", "told twice", 37),
    (takes_a_restored_intent_for_told, "lost", "never told", 17),
    (makes_no_deleted_incident_again, "lost", "never resolved", 1),
    (takes_a_failure_for_told, "lost", "never told", 1139),
    (sends_what_was_heard_again, "doubled", "sent again", 1),
    (does_not_wait_for_others, "invented", "before groupWait", 1),
    (does_not_ask_for_silences, "invented", "told while silenced", 1),
    (takes_what_it_restored_for_over, "invented", "resolved, and it fires", 1),
    (does_not_hear_of_ends, "lost", "never resolved", 1),
)
