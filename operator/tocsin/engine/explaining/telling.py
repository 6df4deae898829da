"""Whom an alert is told to, and why not: in one sentence, and with all that it is made of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tocsin.api.explanation.parts import ObjectName
from tocsin.api.explanation.telling import Muting, RouteTried, Telling, ToldIncident, ToldReceiver
from tocsin.core.alerts import Alert
from tocsin.core.identity import alert_id
from tocsin.core.notify.alarms import Alarm
from tocsin.core.rules import Mode
from tocsin.engine.explaining.looks import Seen
from tocsin.engine.explaining.routed import routes_tried, untaken
from tocsin.engine.explaining.shown import clean, clock, sentence
from tocsin.engine.explaining.told import incidents_of
from tocsin.engine.explaining.view import View
from tocsin.engine.silencing.entry import KIND as SILENCE

_NAMED: Final = 5


def telling(view: View, seen: Seen, alert: Alert | None, labels: Mapping[str, str]) -> Telling:
    """Who is told of `alert`, or would be if it fired; `labels` are the rule's, rendered."""
    desk, now = view.desk, view.now
    alarm = (desk.alarms.get(alert.id) if alert else None) or _alarm(view, seen, alert, labels)
    routes, more = routes_tried(desk.routes, alarm)
    none = untaken(routes, more)
    fires = alert is not None and alert.has_fired and not alert.shadow
    silences = [
        Muting(
            silence=ObjectName(kind=SILENCE, namespace=one.key.namespace, name=one.key.name),
            by=clean(one.by),
            comment=clean(one.comment),
            until=one.mutes_until(now),
        )
        for one in desk.silencing.silences.muting(alarm, now)[:_NAMED]
    ]
    incidents = incidents_of(desk, alarm.id, now) if fires else []
    if fires:
        says = _of_firing(view, alarm, silences, routes, none, incidents)
    else:
        says = _of_quiet(view, alert, silences, routes, none)
    return Telling(
        headline=sentence(says),
        silences=silences,
        incidents=incidents,
        routes=routes,
        more_routes=more,
    )


def silenced_by(one: Muting, now: datetime) -> str:
    """By which silence, until when, and why."""
    until = f" until {clock(one.until, now)}" if one.until else ""
    why = f" ({': '.join(filter(None, (one.by, one.comment)))})" if one.by or one.comment else ""
    return f"silenced by {one.silence.namespace}/{one.silence.name}{until}{why}"


def _of_quiet(
    view: View, alert: Alert | None, silences: list[Muting], routes: list[RouteTried], none: str
) -> str:
    """Of one that is not told whatever the routes are: it does not fire, or did so in Shadow.

    `none` says why no route takes it, if none does.
    """
    takers = [f"{one.route.namespace}/{one.route.name}" for one in routes if one.takes]
    would = f"{_listed(takers)} would take it" if takers else none
    if alert and alert.shadow:
        return f"Nobody is told, as it began to fire in Shadow: {would}"
    if view.rule.mode is Mode.SHADOW:
        return f"Nobody would be told, as the rule is in Shadow: {would}"
    if takers and not silences:
        return f"If it fires, {_listed(takers)} {'take' if len(takers) > 1 else 'takes'} it"
    why = silenced_by(silences[0], view.now) if takers else none
    return f"If it fires, nobody is told: {why}"


def _of_firing(
    view: View,
    alarm: Alarm,
    silences: list[Muting],
    routes: list[RouteTried],
    none: str,
    incidents: list[ToldIncident],
) -> str:
    muted = silenced_by(silences[0], view.now) if silences else ""
    if not incidents:
        if view.desk.alarms.get(alarm.id) is None:
            return "Nobody is told yet: first the status of the rule has to say that it fires"
        taken = any(one.takes for one in routes)
        return "Nobody is told yet" if taken else f"Nobody is told: {muted or none}"
    told = _told(incidents, view.now)
    if muted:
        return f"{told}; now {muted}" if told else f"Nobody is told: {muted}"
    ahead = _ahead(incidents)
    if not told and not ahead:
        return "Nobody is told: the route has no receivers but heartbeats"
    said = [part for part in (told, ahead) if part] if told else [f"Nobody is told yet: {ahead}"]
    for one in incidents:
        if one.acknowledged:
            said.append(f"{one.acknowledged.by or 'somebody'} is on it")
        if one.storm:
            said.append(f"it is part of the storm {one.incident.namespace}/{one.incident.name}")
    return "; ".join(said)


def _told(incidents: list[ToldIncident], now: datetime) -> str:
    """Who knows that it fires, and since when they were told last."""
    known = [
        f"{_name(one, incident, incidents)} at {clock(one.told_at, now)}"
        for incident in incidents
        for one in incident.receivers
        if one.knows and one.told_at
    ]
    return f"Told to {_listed(known)}" if known else ""


def _ahead(incidents: list[ToldIncident]) -> str:
    """Of those who do not know yet, and of those who take nothing, what comes next."""
    said = [
        _coming(_name(one, incident, incidents), one)
        for incident in incidents
        for one in incident.receivers
        if one.error or not one.knows
    ]
    return _listed(said, "; ")


def _coming(name: str, one: ToldReceiver) -> str:
    if one.error:
        return f"{name} could not be told, {one.next}: {one.error}"
    if one.next.startswith("nothing"):
        return f"{name}: {one.next}"
    return f"{name} {one.next}" if one.next.startswith("waits") else f"{name} is {one.next}"


def _name(one: ToldReceiver, incident: ToldIncident, incidents: list[ToldIncident]) -> str:
    """A receiver, with its route where there are several: each may have one of that name."""
    return one.name if len(incidents) == 1 else f"{one.name} ({incident.route.name})"


def _listed(names: list[str], between: str = ", ") -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return between.join(names[:_NAMED]) + more if names else ""


def _alarm(view: View, seen: Seen, alert: Alert | None, labels: Mapping[str, str]) -> Alarm:
    """The alert as routes would see it, with the labels that are known of it."""
    rule, ref = view.rule, seen.identity.workload
    series = seen.look.reading.labels if seen.look.reading else dict(seen.identity.labels)
    fixed = {name: text for name, text in rule.texts.labels.items() if "{{" not in text}
    known = view.cluster.inventory(ref.namespace).workloads.get(ref) if ref else None
    return Alarm(
        id=alert.id if alert else alert_id(rule.key, seen.identity),
        rule=rule.key,
        workload=ref,
        namespace=ref.namespace if ref else rule.key.namespace,
        severity=rule.severity,
        fired_at=(alert.fired_at if alert else None) or view.now,
        labels={**(alert.labels if alert else series), **fixed, **labels},
        workload_labels=known.labels if known else {},
    )
