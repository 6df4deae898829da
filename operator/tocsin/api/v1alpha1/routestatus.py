"""NotificationRoute: what the operator reports."""

from typing import Annotated

from pydantic import Field

from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.notificationroute import MAX_RECEIVERS
from tocsin.api.v1alpha1.status import BY_TYPE, Condition, Count
from tocsin.api.v1alpha1.types import Timestamp
from tocsin.core.durations import write_duration
from tocsin.core.notify.routes import Route

_BY_NAME = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}


class ReceiverStatus(Schema):
    """How it goes with one receiver."""

    name: str
    """The receiver's name. Example: `oncall`."""

    last_sent_at: Timestamp | None = None
    """When it last took a notification. Example: `2026-01-31T12:05:30Z`."""

    failing_since: Timestamp | None = None
    """Since when it takes none. Example: `2026-01-31T12:06:00Z`."""

    last_error: str | None = None
    """Why it takes none, and what to do; absent once it does. Example:
    `Secret slack has no key token: add it`."""

    sent: Count | None = None
    """How many notifications of open incidents it took. Example: `12`."""

    failed: Count | None = None
    """How many attempts have failed since it last took one. Example: `3`."""


class RouteEffective(Schema):
    """What applies after the operator's settings."""

    group_wait: str | None = None
    """How long a new group waits. Example: `30s`."""

    group_interval: str | None = None
    """How long after a notification a change is told. Example: `5m`."""

    repeat_interval: str | None = None
    """How long after a notification the same is told again. Example: `4h`."""

    @staticmethod
    def of(route: Route) -> "RouteEffective":
        """The times of `route`."""
        timing = route.timing
        return RouteEffective(
            group_wait=write_duration(timing.group_wait),
            group_interval=write_duration(timing.group_interval),
            repeat_interval=write_duration(timing.repeat_interval),
        )


class NotificationRouteStatus(Schema):
    """What the operator reports. It is written when something changes."""

    observed_generation: Count | None = None
    """The `metadata.generation` that the status is about. Example: `3`."""

    open_incidents: Count | None = None
    """How many incidents of the route are open. Example: `2`."""

    failing: Count | None = None
    """How many receivers take no notifications. Example: `0`."""

    effective: RouteEffective | None = None
    """What applies after the operator's settings. Example: `{groupWait: 30s, ...}`."""

    conditions: Annotated[list[Condition], Field(json_schema_extra=BY_TYPE)] | None = None
    """Aspects of the route, as Kubernetes tools understand them. Example:
    `[{type: Ready, status: "True", ...}]`."""

    receivers: (
        Annotated[list[ReceiverStatus], Field(max_length=MAX_RECEIVERS, json_schema_extra=_BY_NAME)]
        | None
    ) = None
    """How it goes with each receiver. Example: `[{name: oncall, sent: 12, ...}]`."""
