"""Clocks that are set back: what was told, or failed, cannot have been later than now."""

from dataclasses import replace
from datetime import datetime

from tocsin.core.notify.incidents import Incident, Told


def by_clock(incident: Incident, now: datetime) -> Incident:
    """`incident` without times of telling that are still to come; a retry that was planned by the
    former time is due."""
    told = tuple(_by_clock(one, now) for one in incident.told)
    return incident if told == incident.told else replace(incident, told=told)


def _by_clock(one: Told, now: datetime) -> Told:
    intent, since = one.intent, one.failing_since
    if not any(at and at > now for at in (one.at, since, intent and intent.at)):
        return one
    return replace(
        one,
        at=min(one.at, now) if one.at else None,
        failing_since=min(since, now) if since else None,
        intent=replace(intent, at=min(intent.at, now)) if intent else None,
        next_at=None,
    )
