"""URLs and headers as users write them: what can be read in two ways is not used at all."""

import contextlib
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tocsin.adapters.transport.addresses import Address
from tocsin.ports import TransportError

MAX_LENGTH: Final = 4096
_ANY_CASE: Final = re.IGNORECASE | re.ASCII
_URL: Final = re.compile(
    r"(?P<scheme>[a-z]+)://(?P<authority>[^/?#]*)(?P<rest>(?:[/?#][!-~]*)?)", _ANY_CASE
)
_AUTHORITY: Final = re.compile(
    r"(?P<host>[a-z0-9_][a-z0-9_-]*(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?",
    _ANY_CASE,
)
#: A last part like this makes the whole host a number for some programs: 127.1, 0x7f.1, 2130706433.
_NUMBER: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?")
_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[\t -~]*")
#: They belong to the connection, not to what is said over it.
_OURS: Final = frozenset({
    "accept-encoding", "connection", "content-length", "expect", "host", "keep-alive",
    "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip


@dataclass(frozen=True)
class Target:
    """Where a URL leads; `address` is set where the host is no name.

    `url` is the URL as it is asked for: what is secret in it does not show by accident.
    """

    url: str
    host: str
    address: Address | None

    def __repr__(self) -> str:
        return f"Target({self.host})"


def read_url(url: str) -> Target:
    """Where `url` leads.

    Raises:
        TransportError: it must not be used; `refused`. The text has nothing of it but the host.
    """
    found = _URL.fullmatch(url) if len(url) <= MAX_LENGTH else None
    if found is None:
        raise _refused(
            "this is no URL that can be used: write one like https://example.com/hook, in ASCII, "
            f"without spaces, of at most {MAX_LENGTH} characters"
        )
    if found["scheme"].lower() not in ("http", "https"):
        raise _refused("the URL is neither http nor https: write one like https://example.com/hook")
    if "@" in found["authority"]:
        raise _refused("the URL has a user or a password before its host: leave both out")
    authority = _AUTHORITY.fullmatch(found["authority"])
    if authority is None or (authority["port"] and not 0 < int(authority["port"]) < 65536):
        raise _refused(
            "the URL has no host, or one that cannot be used: write a name like hooks.example.com "
            "(of an international one the form with xn--), and if need be a port from 1 to 65535"
        )
    host = authority["host"].lower()
    asked = found["rest"].partition("#")[0]
    asked = f"{found['scheme']}://{found['authority']}".lower() + "/" * (asked[:1] != "/") + asked
    return Target(asked, host.strip("[]").rstrip("."), _address(host))


def check_headers(headers: Mapping[str, str]) -> None:
    """Nothing, if these headers can be sent.

    Raises:
        TransportError: one cannot; `refused`. The text has its name, and never its value.
    """
    for name, value in headers.items():
        if not _HEADER.fullmatch(name):
            raise _refused("a header has a name that cannot be sent: use letters, digits and -")
        if name.lower() in _OURS:
            raise _refused(f"the header {name} is set by the connection itself: leave it out")
        if not _VALUE.fullmatch(value):
            raise _refused(
                f"the header {name} cannot be sent: it has a line break, a control character, or "
                "characters beyond ASCII"
            )


def _address(host: str) -> Address | None:
    """The address that `host` is, if it is no name."""
    # Errors are raised outside of handlers: nothing of the URL goes with them.
    if host.startswith("["):
        with contextlib.suppress(ValueError):
            return ipaddress.IPv6Address(host[1:-1])
        raise _refused("the host is no IPv6 address: check what is in brackets")
    with contextlib.suppress(ValueError):
        return ipaddress.IPv4Address(host)
    if _NUMBER.fullmatch(host):
        raise _refused(
            f"the host {host[:60]} is a number that programs read in different ways: write an "
            "address as four numbers with dots, like 192.0.2.10"
        )
    return None


def _refused(message: str) -> TransportError:
    return TransportError(message, uncertain=False, refused=True)
