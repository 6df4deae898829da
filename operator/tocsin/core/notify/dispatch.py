"""One incident at one time: whom to tell what now, what became of it, and when to look again."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tocsin.core.notify.forgetting import without_settled
from tocsin.core.notify.happenings import noted
from tocsin.core.notify.incidents import Incident, Intent, Told
from tocsin.core.notify.notification import Reason
from tocsin.core.notify.receivers import DeliveryError, Receipt, Receiver
from tocsin.core.notify.routes import Route, Timing
from tocsin.core.notify.setback import by_clock
from tocsin.core.notify.wanting import Want, want

_FIRST_RETRY: Final = timedelta(seconds=1)
_LONGEST_RETRY: Final = timedelta(minutes=5)
#: What a receiver refuses is tried again so often, unless its route is edited.
_AFTER_REFUSAL: Final = timedelta(hours=1)
#: After all is over, what could not be delivered for so long is given up.
GIVE_UP_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True)
class Dispatch:
    """`incident` with its intents; `send` names the receivers to be told now. `due` is when to look
    again."""

    incident: Incident
    send: tuple[Receiver, ...]
    due: datetime | None


def dispatch(
    incident: Incident,
    route: Route | None,
    default: Timing,
    now: datetime,
    in_flight: Collection[Receiver] = (),
) -> Dispatch:
    """What is to be sent now of `incident`.

    `route` is the one that opened it, as it is now; None if it is gone. An intent is in the
    incident before anything is sent: it is to be stored first. `in_flight` are those that are
    being told just now.
    """
    incident = by_clock(_with_receivers(without_settled(incident), route), now)
    told, send, due = list(incident.told), list[Told](), list[datetime]()
    for place, one in enumerate(incident.told):
        if any(one.receiver.leads_where(other) for other in in_flight):
            continue
        serving = route if route and route.receiver(one.receiver.name) == one.receiver else None
        timing = route.timing if route else default
        wanted = _failure_of_others(incident, one, serving, now) or want(
            incident, one, serving, timing, now
        )
        if until := _waits_until(one, wanted, now):
            due.append(until)
        elif wanted and wanted.due > now and not (one.intent and one.uncertain):
            due.append(wanted.due)
            told[place] = _without_intent(one)  # what it was for is no more
        elif one.intent or wanted:
            told[place] = _intending(incident, one, wanted, now)
            if told[place].intent:
                send.append(told[place])
    due += _failures_due(incident, route, now)
    after = incident if tuple(told) == incident.told else replace(incident, told=tuple(told))
    if any(one.intent and one.intent.reason is Reason.DELIVERY_FAILED for one in send):
        after = _failures_told(after, route, now)
    if not any(one.intent for one in after.told) and is_over(after):
        return Dispatch(replace(after, closed_at=after.closed_at or now), (), None)
    return Dispatch(after, tuple(one.receiver for one in send), min(due, default=None))


def is_over(incident: Incident) -> bool:
    """Whether nothing of it fires, and nobody who was told believes that it does."""
    return not any(incident.firing()) and not any(
        member.known_at(one.heard) for one in incident.told for member in incident.members.values()
    )


def taken(incident: Incident, receiver: Receiver, receipt: Receipt, now: datetime) -> Incident:
    """`incident` once `receiver` has taken what its intent says."""
    one = incident.to(receiver)
    intent = one.intent if one else None
    if one is None or intent is None:
        return incident
    acknowledgement = incident.acknowledgement
    after = replace(
        one,
        upto=max(one.upto, intent.upto),
        sent=one.sent + 1,
        at=now,
        reason=intent.reason,
        reference=receipt.reference or one.reference,
        intent=None,
        attempts=0,
        failing_since=None,
        next_at=None,
        error="",
        refused=False,
        uncertain=False,
        acknowledged=acknowledgement.at if acknowledgement else None,
        failure_told=None,
    )
    line = f"{one.receiver.name} was told ({intent.reason})"
    if one.attempts:
        line += f", after {one.attempts} attempts that failed"
    return noted(_replaced(incident, one, after), now, [line])


def failed(incident: Incident, receiver: Receiver, error: DeliveryError, now: datetime) -> Incident:
    """`incident` once `receiver` has not taken it, with the time of the next try."""
    one = incident.to(receiver)
    if one is None:
        return incident
    attempts = one.attempts + 1
    after = replace(
        one,
        attempts=attempts,
        failing_since=one.failing_since or now,
        next_at=now + _wait(incident, one, attempts, error),
        error=str(error),
        refused=not error.retry,
        uncertain=one.uncertain or error.uncertain,
    )
    lines = (
        [f"{one.receiver.name} could not be told: {error}"] if error.args[0] != one.error else []
    )
    return noted(_replaced(incident, one, after), now, lines)


def _wait(incident: Incident, one: Told, attempts: int, error: DeliveryError) -> timedelta:
    if not error.retry:
        return _AFTER_REFUSAL
    backoff = min(_LONGEST_RETRY, _FIRST_RETRY * (1 << min(attempts - 1, 10)))
    digest = hashlib.sha256(f"{incident.key}\0{one.receiver.name}\0{attempts}".encode()).digest()
    jitter = backoff * (digest[0] / 1024)  # up to a quarter, the same after a restart
    return max(backoff + jitter, error.after or timedelta())


def _waits_until(one: Told, wanted: Want | None, now: datetime) -> datetime | None:
    """When what failed is tried again; None: now, or there is nothing.

    What was refused is of use again as soon as there is something else to tell.
    """
    if one.intent is None or one.next_at is None or one.next_at <= now:
        return None
    other = wanted and wanted.reason is not one.intent.reason
    if wanted and other and one.refused and not one.uncertain:
        return min(one.next_at, wanted.due) if wanted.due > now else None
    return one.next_at


def _with_receivers(incident: Incident, route: Route | None) -> Incident:
    """`incident` with all receivers that the route has now; those edited are tried again at once.

    One that is no longer there stays for as long as it takes something for firing.
    """
    receivers = route.listeners if route else ()
    told = list[Told]()
    for one in incident.told:
        now = next((r for r in receivers if r.leads_where(one.receiver)), None)
        if now and now != one.receiver:
            one = replace(one, receiver=now, next_at=None, refused=False)  # noqa: PLW2901  # as it is now
        elif now is None and not _owes(incident, one):
            continue
        told.append(one)
    for receiver in receivers:
        if not any(receiver.leads_where(one.receiver) for one in told) and not incident.closed_at:
            told.append(Told(receiver))
    return incident if tuple(told) == incident.told else replace(incident, told=tuple(told))


def _owes(incident: Incident, one: Told) -> bool:
    """Whether a receiver may take something for firing, now or by what is under way."""
    return one.intent is not None or any(
        member.known_at(one.heard) for member in incident.members.values()
    )


def _intending(incident: Incident, one: Told, wanted: Want | None, now: datetime) -> Told:
    """`one` with the intent to be carried out now; none where there is nothing left to tell.

    An attempt that may have been taken is repeated as it was; another starts from what is now.
    Who could not be told for a day counts as told, so that the incident ends.
    """
    before = one.intent
    if _given_up(incident, one, now):
        return _without_intent(replace(one, upto=incident.sequence, uncertain=False))
    if before and one.uncertain:
        return one
    if wanted is None:
        return _without_intent(one)
    number = before.number if before else one.sent + 1
    return replace(one, intent=Intent(number, wanted.reason, incident.sequence, now))


def _without_intent(one: Told) -> Told:
    return replace(
        one, intent=None, attempts=0, failing_since=None, next_at=None, error="", refused=False
    )


def _given_up(incident: Incident, one: Told, now: datetime) -> bool:
    failing = one.failing_since is not None and now - one.failing_since > GIVE_UP_AFTER
    return failing and not any(incident.firing())


def _failing(incident: Incident, route: Route | None, but: Told | None) -> Iterator[Told]:
    """Those that have not been told for long enough that others should know."""
    on_failure = route.on_failure if route else None
    for one in incident.told:
        if on_failure and one.failing_since and one is not but and not one.failure_told:
            yield one


def _failure_of_others(
    incident: Incident, one: Told, route: Route | None, now: datetime
) -> Want | None:
    """That others could not be told, if this receiver is to know."""
    on_failure = route.on_failure if route else None
    if on_failure is None or one.receiver.name not in on_failure.notify:
        return None
    if one.intent and one.intent.reason is Reason.DELIVERY_FAILED:  # another try
        failing_still = any(other.failing_since for other in incident.told if other is not one)
        return Want(Reason.DELIVERY_FAILED, one.intent.at) if failing_still else None
    if one.failing_since:
        return None
    late = [
        failing.failing_since + on_failure.after
        for failing in _failing(incident, route, but=one)
        if failing.failing_since
    ]
    due = min(late, default=None)
    return Want(Reason.DELIVERY_FAILED, due) if due and due <= now else None


def _failures_due(incident: Incident, route: Route | None, now: datetime) -> Iterator[datetime]:
    on_failure = route.on_failure if route else None
    for one in _failing(incident, route, but=None):
        if on_failure and one.failing_since and one.failing_since + on_failure.after > now:
            yield one.failing_since + on_failure.after


def _failures_told(incident: Incident, route: Route | None, now: datetime) -> Incident:
    on_failure = route.on_failure if route else None
    told = tuple(
        replace(one, failure_told=now)
        if on_failure and one.failing_since and one.failing_since + on_failure.after <= now
        else one
        for one in incident.told
    )
    return replace(incident, told=told)


def _replaced(incident: Incident, before: Told, after: Told) -> Incident:
    return replace(incident, told=tuple(after if one is before else one for one in incident.told))
