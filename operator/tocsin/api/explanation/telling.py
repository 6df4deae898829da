"""Whom an alert is told to, and why not: the routes, silences and incidents that it has."""

from pydantic import AwareDatetime, Field

from tocsin.api.explanation.parts import ObjectName, Part
from tocsin.api.v1alpha1.mlincident import IncidentState
from tocsin.core.notify.notification import Reason


class Muting(Part):
    """A silence that mutes the alert."""

    silence: ObjectName
    """The silence."""

    by: str = ""
    """Who made it, as far as that is known. Example: `alice`."""

    comment: str = ""
    """Why. Example: `deploy of v18`."""

    until: AwareDatetime | None = None
    """Until when it mutes; absent where it has no end. Example: `2026-01-31T14:00:00Z`."""


class Receiver(Part):
    """Where a route leads, without anything that is secret."""

    name: str
    """The receiver's name in its route. Example: `chat`."""

    destination: str
    """Where it leads. Example: `slack #ml-alerts via slack/token`."""


class RouteTried(Part):
    """A route that could take the alert, and whether it does."""

    route: ObjectName
    """The route."""

    takes: bool
    """Whether it takes the alert, or would if that fired."""

    reason: str = ""
    """Why it does not: the first term of its selector that does not fit, and what the alert has;
    or that it is suspended, not needed as a fallback, or not understood. Example:
    `severity high does not fit`."""

    fallback: bool = False
    """Whether it takes only what no other route takes."""

    group: dict[str, str] = Field(default_factory=dict)
    """The group that the alert belongs to, where it is taken. Example:
    `{namespace: fraud, workload: Deployment/scorer}`."""

    receivers: list[Receiver] = Field(default_factory=list)
    """Whom it tells, where it takes the alert."""


class ToldReceiver(Receiver):
    """A receiver of an incident: what it was told, and what comes next."""

    told_at: AwareDatetime | None = None
    """When it was told last; absent where it was not yet. Example: `2026-01-31T12:05:30Z`."""

    reason: Reason | None = None
    """Why it was told that. Example: `First`."""

    knows: bool = False
    """Whether it was told that this alert fires."""

    next: str
    """What comes next, and when. Example: `told again at 16:05:30Z, if it still fires`."""

    next_at: AwareDatetime | None = None
    """When that is, at the earliest. Example: `2026-01-31T16:05:30Z`."""

    error: str = ""
    """Why the last attempt failed, and what to do. Example: `503: it is tried again`."""


class Taken(Part):
    """Who is on it."""

    at: AwareDatetime
    """Since when. Example: `2026-01-31T12:10:00Z`."""

    by: str = ""
    """Who; empty where nobody vouches for that. Example: `alice`."""

    comment: str = ""
    """What was said. Example: `looking`."""


class ToldIncident(Part):
    """An open incident that holds the alert: who was told of it by one route."""

    incident: ObjectName
    """The incident. It is stored once somebody is told."""

    route: ObjectName
    """The route that opened it."""

    state: IncidentState
    """The incident in one word. Example: `Firing`."""

    storm: bool = False
    """Whether it is a storm: so many incidents at once that they are told as one."""

    others: int = 0
    """How many other alerts of it fire. Example: `2`."""

    acknowledged: Taken | None = None
    """Who is on it; absent where nobody is."""

    receivers: list[ToldReceiver] = Field(default_factory=list)
    """What each receiver was told, and what comes next."""


class Telling(Part):
    """Who is told of an alert, and why others are not."""

    headline: str
    """All in a sentence. Example: `Told to chat at 12:00:45Z.`"""

    silences: list[Muting] = Field(default_factory=list)
    """The silences that mute it now, the one that ends last first."""

    incidents: list[ToldIncident] = Field(default_factory=list)
    """The open incidents that hold it, up to five; none where it is not told to anybody yet."""

    routes: list[RouteTried] = Field(default_factory=list)
    """The routes that count in its namespace, or in namespaces that they select: up to ten, those
    that take it first."""

    more_routes: int = 0
    """How many more there are. Example: `0`."""
