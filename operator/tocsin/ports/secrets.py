"""Credentials out of Secrets."""

from typing import Protocol


class Secret:
    """A text that nobody may see: however it is printed or logged, it shows nothing of itself."""

    __slots__ = ("_text",)
    _text: str

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_text", text)

    def reveal(self) -> str:
        """The text, for the one that it is sent to."""
        return self._text

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Secret does not change")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


class SecretError(Exception):
    """A credential cannot be used; the text says what is wrong, with which Secret, what to do."""


class SecretReader(Protocol):
    """Reads credentials out of Secrets, each by its name."""

    async def read(self, namespace: str, name: str, key: str, *, host: str | None = None) -> Secret:
        """What stands under `key` of the Secret, without one line break at its end.

        `host` is where it is to be sent, if a user chooses that: the Secret has to allow it.

        Raises:
            SecretError: it is not there, not meant for this, or cannot be a credential.
        """
        ...

    def forget(self, namespace: str, name: str) -> None:
        """Read the Secret anew the next time: what it held was not taken."""
        ...
