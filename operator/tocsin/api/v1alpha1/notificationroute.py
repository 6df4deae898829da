"""NotificationRoute: what a user writes."""

from datetime import timedelta
from typing import Annotated, ClassVar, Final

from pydantic import ConfigDict, Field, StrictBool

from tocsin.api.v1alpha1.base import OneOf, Schema
from tocsin.api.v1alpha1.cel import rule, rules
from tocsin.api.v1alpha1.forms import LabelName, ObjectName
from tocsin.api.v1alpha1.markers import Unique, UniqueBy
from tocsin.api.v1alpha1.receivers.receiver import ReceiverSpec
from tocsin.api.v1alpha1.selectors import AlertSelectorSpec
from tocsin.api.v1alpha1.types import Within
from tocsin.api.v1alpha1.workloads import Selector
from tocsin.core.notify.routes import GroupField

MAX_RECEIVERS: Final = 20
NO_SUCH_RECEIVER: Final = (
    "notify names a receiver that there is not: name those of spec.receivers, and no heartbeat"
)

GroupWait = Annotated[timedelta, Within(timedelta(), timedelta(hours=1))]
GroupInterval = Annotated[timedelta, Within(timedelta(seconds=1), timedelta(hours=24))]
RepeatInterval = Annotated[timedelta, Within(timedelta(seconds=1), timedelta(hours=8760))]
After = Annotated[timedelta, Within(timedelta(), timedelta(hours=24))]


class GroupBy(OneOf):
    """What alerts of one group have in common: exactly one."""

    what: ClassVar[str] = "choice"

    field: GroupField | None = None
    """What of the alert: its Workload (an alert without one: its rule), Rule, Severity or
    Namespace. Example: `Workload`."""

    label: LabelName | None = None
    """A label of the alert; where it is absent, its value is empty. Example: `team`."""

    def to_core(self) -> GroupField | str:
        """The field, or the name of the label."""
        return self.field or self.label or ""


class OnFailureSpec(Schema):
    """Who is told what another receiver did not take."""

    after: After
    """How long a receiver has to fail: a duration from 0s to 24h. Example: `5m`."""

    notify: Annotated[list[ObjectName], Field(min_length=1, max_length=MAX_RECEIVERS), Unique()]
    """Names of receivers of this route that are told instead. Example: `[chat]`."""


class NotificationRouteSpec(Schema):
    """Which alerts, in which groups, to whom, and how often."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "!has(self.onFailure) || self.onFailure.notify.all(name, "
                "self.receivers.exists(one, one.name == name && !has(one.heartbeat)))",
                NO_SUCH_RECEIVER,
                field="onFailure.notify",
            )
        )
    )

    selector: AlertSelectorSpec
    """Which alerts: all terms that are given have to fit. An alert goes to every route that takes
    it. Example: `{severities: [critical, high]}`."""

    fallback: StrictBool | None = None
    """Whether the route takes only alerts that no other route takes. Default: `false`. Example:
    `true`."""

    namespace_selector: Selector | None = None
    """Of which namespaces alerts are taken, by the namespaces' labels; `{}`: of all. Only for a
    route in the operator's own namespace. Default: alerts of the route's namespace. Example:
    `{matchLabels: {kubernetes.io/metadata.name: fraud}}`."""

    group_by: Annotated[list[GroupBy], Field(max_length=8)] | None = None
    """What alerts that are told together have in common, beside their namespace; `[]` makes one
    group of a namespace. Default: `[{field: Workload}]`. Example:
    `[{field: Severity}, {label: team}]`."""

    group_wait: GroupWait | None = None
    """How long a new group waits for more alerts before it is told: a duration from 0s to 1h.
    Default: the operator's setting, 30s if that is not changed. Example: `10s`."""

    group_interval: GroupInterval | None = None
    """How long after a notification the next change of the group is told: a duration from 1s to
    24h. Default: the operator's setting, 5m if that is not changed. Example: `1m`."""

    repeat_interval: RepeatInterval | None = None
    """How long after a notification the same is told again while it fires, rounded up to a
    multiple of `groupInterval`: a duration from 1s to 8760h. Default: the operator's setting, 4h
    if that is not changed. Example: `24h`."""

    receivers: Annotated[
        list[ReceiverSpec], Field(min_length=1, max_length=MAX_RECEIVERS), UniqueBy(("name",))
    ]
    """Who is told, each on its own: 1 to 20. Example:
    `[{name: oncall, pagerduty: {routingKeySecretRef: {name: pagerduty, key: routing-key}}}]`."""

    on_failure: OnFailureSpec | None = None
    """Who is told what another receiver did not take. Default: nobody. Example:
    `{after: 5m, notify: [chat]}`."""

    suspend: StrictBool | None = None
    """Stops the route, as if it was not there. Default: `false`.
    Example: `true`."""
