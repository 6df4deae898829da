"""The message of a webhook."""

from typing import Literal

from pydantic import AwareDatetime, Field

from tocsin.api.v1alpha1.base import Schema
from tocsin.api.webhook.parts import Acknowledged, ToldAlert, Truncated
from tocsin.core.notify.notification import Reason
from tocsin.core.rules import Severity


class Message(Schema):
    """What a webhook is told of one incident at one time, in the format `Tocsin`.

    Fields may be added within a version; what is not known is left out.
    """

    version: Literal["1"] = "1"
    """The version of this format. Example: `1`."""

    type: Literal["incident.firing", "incident.resolved"]
    """`incident.firing` while any alert of it fires, else `incident.resolved`."""

    id: str
    """This message's own, as in the header webhook-id: the same when it is sent again because
    nobody knows whether it was taken. Example: `8f14e45fceea167a-3`."""

    key: str
    """What all messages on a group of alerts have in common, whenever they come: cluster, route
    and group. Example: `prod/fraud/oncall/workload=Deployment/scorer`."""

    timestamp: AwareDatetime
    """When this was to be told. Example: `2026-01-31T12:05:40Z`."""

    reason: Reason
    """Why it is sent. Example: `NewAlerts`."""

    title: str
    """What it is about, in one line. Example: `CRITICAL: latency on Deployment fraud/scorer`."""

    text: str
    """The same in a few lines, for people."""

    detail: str | None = None
    """A sentence on the reason, such as which silence has ended."""

    cluster: str
    """The cluster's name. Example: `prod`."""

    namespace: str
    """The incident's namespace. Example: `fraud`."""

    incident: str
    """The name of its MLIncident. Example: `scorer-7c1e0f6a`."""

    route: str
    """The route that leads here. Example: `fraud/oncall`."""

    receiver: str
    """The receiver's name in that route. Example: `hook`."""

    group: dict[str, str] = Field(default_factory=dict)
    """What the alerts have in common."""

    severity: Severity
    """The highest of what fires, else of what was resolved. Example: `critical`."""

    opened_at: AwareDatetime
    """Since when the incident is open. Example: `2026-01-31T12:05:10Z`."""

    storm: bool = False
    """Whether it takes in what were too many incidents at once. Example: `false`."""

    acknowledgement: Acknowledged | None = None
    """Who has taken it on; absent: nobody."""

    firing_count: int
    """How many alerts fire, whether or not they are in `firing`. Example: `3`."""

    resolved_count: int
    """How many were resolved since this receiver was last told. Example: `1`."""

    silenced_count: int = 0
    """How many of those that fire are silenced. Example: `0`."""

    firing: list[ToldAlert] = Field(default_factory=list)
    """Alerts that fire, worst first."""

    resolved: list[ToldAlert] = Field(default_factory=list)
    """Alerts that were resolved since this receiver was last told."""

    truncated: Truncated
    """How many alerts are counted but not shown. Example: `{firing: 12, resolved: 0}`."""

    external_url: str | None = None
    """Where Tocsin's pages are. Example: `https://tocsin.example.com`."""
