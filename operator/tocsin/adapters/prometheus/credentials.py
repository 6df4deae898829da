"""What proves to a source who asks: read anew for each query, so that a rotation is picked up."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


class CredentialsError(Exception):
    """The files cannot be used; the message names the file and never what is in it."""


@dataclass(frozen=True, repr=False)
class Credentials:
    """Headers or basic authentication, and the texts that nobody may see."""

    headers: Mapping[str, str] = field(default_factory=dict)
    basic: tuple[bytes, bytes] | None = None
    secrets: tuple[str, ...] = ()

    def hidden_in(self, text: str) -> str:
        """`text` without what is secret."""
        for secret in filter(None, self.secrets):
            text = text.replace(secret, "…")
        return text


def read_credentials(folder: Path | None) -> Credentials:
    """What the files in `folder` hold: token, or username and password.

    Raises:
        CredentialsError: a file is missing, or holds what cannot be sent.
    """
    if folder is None:
        return Credentials()
    token = _text(folder / "token", missing_is_fine=True)
    if token is not None:
        if not (token.isascii() and token.isprintable()):
            raise CredentialsError(
                f"{folder / 'token'} cannot be sent as a token: it has a line break inside, "
                f"or characters beyond ASCII"
            )
        return Credentials({"Authorization": f"Bearer {token}"}, secrets=(token,))
    user, password = (_text(folder / name) or "" for name in ("username", "password"))
    basic = user.encode(), password.encode()
    sent = b64encode(b":".join(basic)).decode()
    return Credentials(basic=basic, secrets=(sent, password))


def _text(path: Path, *, missing_is_fine: bool = False) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        if missing_is_fine and isinstance(error, FileNotFoundError):
            return None
        raise CredentialsError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise CredentialsError(f"{path} cannot be read: it is not UTF-8") from None
