"""`receivers`: one receiver of a route, and the list of all kinds."""

from typing import ClassVar

from tocsin.api.v1alpha1.base import OneOf
from tocsin.api.v1alpha1.forms import ObjectName
from tocsin.api.v1alpha1.receivers.heartbeat import HeartbeatSettings
from tocsin.api.v1alpha1.receivers.pagerduty import PagerDutySettings
from tocsin.api.v1alpha1.receivers.settings import ReceiverSettings
from tocsin.api.v1alpha1.receivers.slack import SlackSettings
from tocsin.api.v1alpha1.receivers.webhook import WebhookSettings
from tocsin.core.notify.receivers import Receiver


class ReceiverSpec(OneOf):
    """Who is told: a name, and exactly one kind of receiver with its settings."""

    what: ClassVar[str] = "receiver"
    settings: ClassVar[frozenset[str]] = frozenset({"name"})

    name: ObjectName
    """The receiver's name in the route. Example: `oncall`."""

    slack: SlackSettings | None = None
    """A channel of Slack. Example:
    `{channel: "#ml-alerts", tokenSecretRef: {name: slack, key: token}}`."""

    pagerduty: PagerDutySettings | None = None
    """A service of PagerDuty. Example:
    `{routingKeySecretRef: {name: pagerduty, key: routing-key}}`."""

    webhook: WebhookSettings | None = None
    """An address that takes JSON. Example: `{url: https://hooks.example.com/tocsin}`."""

    heartbeat: HeartbeatSettings | None = None
    """A dead man's switch, which is told that the operator works, and of no alert. Example:
    `{url: https://hc.example.com/ping, interval: 1m}`."""

    def to_core(self) -> Receiver:
        """The receiver as the core knows it."""
        for kind in type(self).model_fields.keys() - self.settings:
            chosen = getattr(self, kind)
            if isinstance(chosen, ReceiverSettings):
                return Receiver(
                    name=self.name,
                    kind=kind,
                    destination=chosen.destination,
                    settings={**chosen.usual, **chosen.to_json()},
                    acknowledges=chosen.acknowledges,
                )
        raise ValueError("a receiver has a kind")  # never: pydantic has checked it
