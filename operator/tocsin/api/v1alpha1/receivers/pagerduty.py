"""PagerDuty: a service, by its integration key."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import StrictBool

from tocsin.api.v1alpha1.receivers.settings import (
    ReceiverSettings,
    SecretRef,
    Template,
    Url,
    shown,
)


class PagerDutySettings(ReceiverSettings):
    """A service of PagerDuty: one incident there for one here, by the Events API v2."""

    usual: ClassVar[Mapping[str, Any]] = {"changeEvents": True}

    routing_key_secret_ref: SecretRef
    """The integration key of the service, 32 characters. Example:
    `{name: pagerduty, key: routing-key}`."""

    url: Url | None = None
    """Where the Events API is. Default: `https://events.pagerduty.com`. Example:
    `https://events.eu.pagerduty.com`."""

    change_events: StrictBool | None = None
    """Whether a rollout that came before an alert is told as a change event. Default: `true`.
    Example: `false`."""

    template: Template | None = None
    """Texts in place of the usual ones: `title` is the summary, `text` one of the details. Default:
    none. Example: `{title: "{{ $severity }}: {{ $workload.name }}"}`."""

    @property
    def destination(self) -> str:
        """Where it leads, for people."""
        at = f" at {shown(self.url)}" if self.url else ""
        return f"pagerduty {self.routing_key_secret_ref}{at}"

    @property
    def acknowledges(self) -> bool:
        """It has such an event."""
        return True
