"""Which addresses may be connected to: public ones, and what the operator's settings allow."""

import ipaddress
import socket
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

#: What an address is that is forbidden.
API_SERVER: Final = "the API server's address"


@dataclass(frozen=True)
class _Range:
    """Addresses that are not public; `named`: only a network inside this range allows them."""

    network: Network
    what: str
    named: bool = False


def _ranges(what: str, *networks: str, named: bool = False) -> Iterator[_Range]:
    for network in networks:
        yield _Range(ipaddress.ip_network(network), what, named)


#: After IANA's registries of special purposes; the first that has an address says what it is.
_RANGES: Final = (
    *_ranges(
        "an address of cloud metadata",
        "169.254.169.254/32", "169.254.170.2/32", "169.254.170.23/32", "168.63.129.16/32",
        "100.100.100.200/32", "192.0.0.192/32", "fd00:ec2::254/128", "fd00:ec2::23/128",
        "fd20:ce::254/128",
        named=True,
    ),
    *_ranges("a loopback address", "127.0.0.0/8", "::1/128", named=True),
    *_ranges("an unspecified address", "0.0.0.0/8", "::/128", named=True),  # leads to this host
    *_ranges("a link-local address", "169.254.0.0/16", "fe80::/10", named=True),
    *_ranges(
        "a private address", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7",
        "fec0::/10",
    ),
    *_ranges("an address of a carrier's network", "100.64.0.0/10"),
    *_ranges("a multicast address", "224.0.0.0/4", "ff00::/8"),
    *_ranges("an address behind a local translator", "64:ff9b:1::/48", named=True),
    *_ranges("a tunnel's address", "192.88.99.0/24", "2001::/32"),
    *_ranges(
        "a reserved address", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "3fff::/20",
    ),
)  # fmt: skip

#: All public IPv6 addresses are in the first; the others stand for public IPv4 addresses.
_GLOBAL: Final = tuple(ipaddress.IPv6Network(n) for n in ("2000::/3", "64:ff9b::/96"))
_MAPPED: Final = ipaddress.IPv6Network("::ffff:0:0/96")
#: Where an IPv4 address is inside an IPv6 one: the network, and the bits to its right.
_EMBEDDING: Final = (
    (ipaddress.IPv6Network("::/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0:0/96"), 0),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
    (ipaddress.IPv6Network("2001::/32"), 64),  # Teredo: its server
)
_TEREDO: Final = ipaddress.IPv6Network("2001::/32")
#: The half of an address by which a host of ISATAP is known; the IPv4 address is beside it.
_ISATAP: Final = (0x00005EFE, 0x02005EFE)


@dataclass(frozen=True)
class Guard:
    """`allowed` networks are let through although they are not public, `forbidden` never.

    Loopback, link-local and metadata addresses, and whatever else leads to this host or its node,
    are let through only by a network that has nothing else in it: `0.0.0.0/0` does not.
    `setting` is where the allowed networks are set, for messages.
    """

    allowed: Collection[Network] = ()
    forbidden: Collection[Address] = ()
    setting: str = "receivers.allowedNetworks"

    def objection(self, address: Address) -> str | None:
        """Why nothing may connect to `address`, as "a private address"; None if it may."""
        address = plain(address)
        within = (address, *_embedded(address))
        if any(one in self.forbidden for one in within):
            return API_SERVER
        return next(filter(None, map(self._objection, within)), None)

    def _objection(self, address: Address) -> str | None:
        found = [range_ for range_ in _RANGES if address in range_.network]
        allowing = [network for network in self.allowed if address in network]
        for range_ in found:
            if range_.named and not any(_inside(network, range_) for network in allowing):
                return range_.what
        if allowing:
            return None
        if found:
            return found[0].what
        if address.version == 6 and not any(address in network for network in _GLOBAL):
            return "a reserved address"
        return None


def plain(address: Address) -> Address:
    """`address` without a zone; an IPv4 address that is written as IPv6 becomes one of IPv4."""
    if isinstance(address, IPv6Address):
        if address in _MAPPED:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        return IPv6Address(int(address))
    return address


def addresses_of(host: str) -> frozenset[Address]:
    """The addresses of `host`, a name or an address; none where it is not known. It waits."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return frozenset()
    return frozenset(plain(ipaddress.ip_address(info[4][0])) for info in found)


def _inside(network: Network, range_: _Range) -> bool:
    return (
        network.version == range_.network.version
        and network.prefixlen >= range_.network.prefixlen
        and network.network_address in range_.network
    )


def _embedded(address: Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses that an IPv6 address leads to, through whatever translates it."""
    if isinstance(address, IPv4Address):
        return
    bits = int(address)
    if bits <= 1:  # unspecified and loopback, which look like embedding ones
        return
    for network, right in _EMBEDDING:
        if address in network:
            yield IPv4Address(bits >> right & 0xFFFFFFFF)
    if address in _TEREDO:
        yield IPv4Address(~bits & 0xFFFFFFFF)
    if bits >> 32 & 0xFFFFFFFF in _ISATAP:
        yield IPv4Address(bits & 0xFFFFFFFF)
