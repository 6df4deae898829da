"""Slack: a channel by a bot's token, or by an incoming webhook."""

from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, model_validator

from tocsin.api.v1alpha1.cel import exactly_one, exactly_one_message, rule, rules
from tocsin.api.v1alpha1.markers import Form
from tocsin.api.v1alpha1.receivers.settings import (
    ReceiverSettings,
    SecretRef,
    Template,
    Url,
    shown,
)

_WAYS: Final = ["tokenSecretRef", "webhookSecretRef"]
_CHANNEL: Final = Form(
    "^[#@]?[^ ,#@\\n]+$", 'a channel: write its name like "#ml-alerts" in quotes, or its id'
)
NEEDS_CHANNEL: Final = 'a token needs a channel: write its name like "#ml-alerts", or its id'
HAS_CHANNEL: Final = (
    "a webhook leads to one channel, and Slack's address: remove channel and url, or use a token"
)


class SlackSettings(ReceiverSettings):
    """A channel of Slack."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            exactly_one(_WAYS, "way"),
            rule("!has(self.tokenSecretRef) || has(self.channel)", NEEDS_CHANNEL),
            rule(
                "!has(self.webhookSecretRef) || !(has(self.channel) || has(self.url))", HAS_CHANNEL
            ),
        )
    )

    channel: Annotated[str, Field(min_length=1, max_length=128), _CHANNEL] | None = None
    """The channel's name or id; the app has to be in it. For a token only, which needs one.
    Example: `"#ml-alerts"`."""

    token_secret_ref: SecretRef | None = None
    """A bot's token (xoxb-…) with the scope chat:write: its message is edited as the incident
    changes, and what is new is told in its thread. Example: `{name: slack, key: token}`."""

    webhook_secret_ref: SecretRef | None = None
    """The URL of an incoming webhook: each notification is a message of its own. Example:
    `{name: slack, key: webhook}`."""

    url: Url | None = None
    """Where Slack's API is, for a token only. Default: `https://slack.com/api`. Example:
    `https://slack.internal/api`."""

    template: Template | None = None
    """Texts in place of the usual ones. Default: none. Example:
    `{title: "{{ $severity }}: {{ $workload.name }}"}`."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.token_secret_ref is None) == (self.webhook_secret_ref is None):
            raise ValueError(exactly_one_message(_WAYS, "way"))
        if self.token_secret_ref and self.channel is None:
            raise ValueError(NEEDS_CHANNEL)
        if self.webhook_secret_ref and not (self.channel is None and self.url is None):
            raise ValueError(HAS_CHANNEL)
        return self

    @property
    def destination(self) -> str:
        """Where it leads, for people."""
        if self.webhook_secret_ref:
            return f"slack webhook {self.webhook_secret_ref}"
        at = f" at {shown(self.url)}" if self.url else ""
        return f"slack {self.channel} via {self.token_secret_ref}{at}"

    @property
    def acknowledges(self) -> bool:
        """A message can be edited, where it was not a webhook's."""
        return self.token_secret_ref is not None
