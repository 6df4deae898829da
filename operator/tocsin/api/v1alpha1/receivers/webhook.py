"""A webhook: whoever takes JSON by HTTP."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import ConfigDict, Field, StrictInt, model_validator

from tocsin.api.v1alpha1.cel import exactly_one, exactly_one_message, rules
from tocsin.api.v1alpha1.receivers.settings import (
    ReceiverSettings,
    SecretRef,
    Template,
    Url,
    shown,
)

ADDRESSES: Final = ["url", "urlSecretRef"]


class WebhookFormat(StrEnum):
    """What is sent."""

    TOCSIN = "Tocsin"
    ALERTMANAGER = "Alertmanager"


class WebhookSettings(ReceiverSettings):
    """An address that notifications are posted to as JSON."""

    usual: ClassVar[Mapping[str, Any]] = {"format": WebhookFormat.TOCSIN.value}
    model_config = ConfigDict(json_schema_extra=rules(exactly_one(ADDRESSES, "address")))

    url: Url | None = None
    """The address, where it holds no secret. Example: `https://hooks.example.com/tocsin`."""

    url_secret_ref: SecretRef | None = None
    """The address, where it holds one. Example: `{name: hook, key: url}`."""

    signing_secret_ref: SecretRef | None = None
    """The key that requests are signed with after Standard Webhooks (whsec_…). Default: they are
    not signed. Example: `{name: hook, key: signing}`."""

    bearer_secret_ref: SecretRef | None = None
    """A token to be sent as `Authorization: Bearer`. Default: none. Example:
    `{name: hook, key: token}`."""

    format: WebhookFormat | None = None
    """What is sent: Tocsin's own JSON, or that of Alertmanager's webhooks, version 4. Default:
    `Tocsin`. Example: `Alertmanager`."""

    max_alerts: Annotated[StrictInt, Field(ge=1, le=1000)] | None = None
    """How many alerts one request shows, 1 to 1000; the others are counted. Default: as many as
    fit. Example: `50`."""

    template: Template | None = None
    """Texts in place of the usual ones. Default: none. Example:
    `{title: "{{ $severity }}: {{ $workload.name }}"}`."""

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.url is None) == (self.url_secret_ref is None):
            raise ValueError(exactly_one_message(ADDRESSES, "address"))
        return self

    @property
    def destination(self) -> str:
        """Where it leads, for people."""
        return f"webhook {shown(self.url) if self.url else self.url_secret_ref}"

    @property
    def acknowledges(self) -> bool:
        """Alertmanager's format has no word for it."""
        return self.format is not WebhookFormat.ALERTMANAGER
