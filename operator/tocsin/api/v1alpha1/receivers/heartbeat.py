"""A heartbeat: a dead man's switch, which alerts when it hears nothing."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import ConfigDict, model_validator

from tocsin.api.v1alpha1.cel import exactly_one, exactly_one_message, rules
from tocsin.api.v1alpha1.receivers.settings import ReceiverSettings, SecretRef, Url, shown
from tocsin.api.v1alpha1.receivers.webhook import ADDRESSES
from tocsin.api.v1alpha1.types import Within

Beat = Annotated[timedelta, Within(timedelta(seconds=1), timedelta(hours=24))]


class HeartbeatSettings(ReceiverSettings):
    """An address that is asked at every interval, for as long as evaluating, watching and telling
    work. It is told of no alert."""

    model_config = ConfigDict(json_schema_extra=rules(exactly_one(ADDRESSES, "address")))

    url: Url | None = None
    """The address, where it holds no secret. Example: `https://hc.example.com/ping`."""

    url_secret_ref: SecretRef | None = None
    """The address, where it holds one. Example: `{name: heartbeat, key: url}`."""

    interval: Beat
    """How often it beats: a duration from 1s to 24h. Example: `1m`."""

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.url is None) == (self.url_secret_ref is None):
            raise ValueError(exactly_one_message(ADDRESSES, "address"))
        return self

    @property
    def destination(self) -> str:
        """Where it leads, for people."""
        return f"heartbeat {shown(self.url) if self.url else self.url_secret_ref}"
