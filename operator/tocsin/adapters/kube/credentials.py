"""What a Secret holds: whether it is a credential, for whom, and whether it can be sent."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tocsin.ports import Secret, SecretError

LABEL: Final = "tocsin.dev/credentials"
ALLOWED_HOSTS: Final = "tocsin.dev/allowed-hosts"
#: Bytes of a value, and how many hosts an annotation may name: both are kept in memory.
MAX_VALUE: Final = 16 * 1024
MAX_HOSTS: Final = 100
_MAX_HOST: Final = 253
_SHOWN: Final = 8


@dataclass(frozen=True)
class Credential:
    """One value of a Secret, and the hosts that it may be sent to where a user names them."""

    value: Secret
    hosts: tuple[str, ...] = ()

    def allows(self, host: str) -> bool:
        """Whether `host` is one of them, or below one that begins with `*.`."""
        host = host.lower().rstrip(".")
        return any(
            host.endswith(one[1:]) and len(host) >= len(one) if one[:2] == "*." else host == one
            for one in self.hosts
        )


def credential(where: str, key: str, secret: Mapping[str, Any]) -> Credential:
    """What stands under `key` of a Secret, an object of the API server; `where` says which it is.

    Raises:
        SecretError: it is no credential; the text has nothing of any value.
    """
    metadata = secret.get("metadata") or {}
    if (metadata.get("labels") or {}).get(LABEL) != "true":
        namespace, _, name = where.partition("/")
        raise SecretError(
            f"Secret {where} is not meant for Tocsin: label it if it is, "
            f"kubectl label secret -n {namespace} {name} {LABEL}=true"
        )
    data = secret.get("data") or {}
    if key not in data:
        has = f"it has {_listed(sorted(data))}" if data else "it is empty"
        raise SecretError(f'Secret {where} has no key "{key}", {has}: add it, or name another')
    value, problem = _text(data[key])
    if value is None:
        raise SecretError(f'Secret {where}, key "{key}": {problem}')
    return Credential(value, _hosts((metadata.get("annotations") or {}).get(ALLOWED_HOSTS)))


def not_for(where: str, credential: Credential, host: str) -> SecretError:
    """That a credential may not be sent to `host`."""
    has = f"has {_listed(credential.hosts)}" if credential.hosts else "has none"
    return SecretError(
        f"Secret {where} may not be sent to {host}: its annotation {ALLOWED_HOSTS} {has}; "
        f"add {host} to it, or change the URL"
    )


def _text(encoded: Any) -> tuple[Secret | None, str]:
    """The value, or what is wrong with it."""
    try:
        raw = base64.b64decode(encoded or "", validate=True)
        text = raw.decode("utf-8")
    except (TypeError, ValueError, binascii.Error):
        return None, "the value is not text in UTF-8: store the credential itself"
    if len(raw) > MAX_VALUE:
        return None, f"the value is longer than {MAX_VALUE // 1024} KiB, which is no credential"
    text = text.removesuffix("\n").removesuffix("\r")
    if not text.strip():
        return None, "the value is empty: store the credential in it"
    for place, character in enumerate(text, 1):
        if not character.isprintable():
            return None, (
                f"the value has a line break or an invisible character (U+{ord(character):04X}, "
                f"at position {place} of {len(text)}): store the credential without it"
            )
    return Secret(text), ""


def _hosts(annotation: Any) -> tuple[str, ...]:
    text = annotation if isinstance(annotation, str) else ""
    hosts = (host.strip().lower().rstrip(".") for host in text.split(","))
    return tuple(host for host in hosts if 0 < len(host) <= _MAX_HOST)[:MAX_HOSTS]


def _listed(names: Any) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
