"""A receiver's settings, as its route has them, read with the place for messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tocsin.core.durations import parse_duration
from tocsin.core.notify.receivers import DeliveryError, Receiver


@dataclass(frozen=True)
class SecretRef:
    """Names a value: key `key` of the Secret `name`; `field` is where it is named."""

    field: str
    name: str
    key: str


@dataclass(frozen=True)
class Settings:
    """The settings of one receiver.

    Schemas refuse most mistakes; what passes them all the same is a DeliveryError that names the
    field, and is of no use to repeat.
    """

    where: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, receiver: Receiver) -> "Settings":
        """Those of `receiver`."""
        return cls(f"receiver {receiver.name}, {receiver.kind}", receiver.settings)

    def text(self, name: str, default: str = "") -> str:
        """A text, without blanks around it."""
        value = self._of_type(name, str)
        return default if value is None else value.strip() or default

    def flag(self, name: str) -> bool:
        """A choice; not set: no."""
        return bool(self._of_type(name, bool))

    def number(self, name: str) -> int:
        """A number from 0; not set: 0."""
        value = self._of_type(name, int)
        return max(0, value or 0)

    def duration(self, name: str, default: timedelta) -> timedelta:
        """A time span."""
        value = self._of_type(name, str)
        try:
            return default if value is None else parse_duration(value)
        except ValueError as error:
            raise self._wrong(name, str(error)) from None

    def secret(self, name: str) -> SecretRef | None:
        """The name of a Secret's value; not set: None."""
        value = self._of_type(name, Mapping)
        if value is None:
            return None
        secret, key = value.get("name"), value.get("key")
        if not (isinstance(secret, str) and secret and isinstance(key, str) and key):
            raise self._wrong(name, "it has to have name and key")
        return SecretRef(f"{self.where}.{name}", secret, key)

    def required_secret(self, name: str) -> SecretRef:
        """The name of a Secret's value, which has to be set."""
        ref = self.secret(name)
        if ref is None:
            raise self._wrong(name, "it has to be set, with name and key of a Secret")
        return ref

    def part(self, name: str) -> "Settings":
        """The settings below `name`; not set: none."""
        return Settings(f"{self.where}.{name}", self._of_type(name, Mapping) or {})

    def _of_type(self, name: str, type_: type) -> Any:
        value = self.values.get(name)
        if value is not None and not isinstance(value, type_):
            raise self._wrong(name, f"it is {type(value).__name__}, which does not fit")
        return value

    def _wrong(self, name: str, what: str) -> DeliveryError:
        return DeliveryError(f"{self.where}.{name}: {what}", retry=False)
