"""What is not public is not connected to, however it is written, named or embedded."""

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.transport.hosts import CANARY, Names, failure, guard
from tocsin.adapters.transport import Guard, addresses_of
from tocsin.adapters.transport.resolving import ForbiddenError, socket_to

REFUSED = {
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "0.0.0.0": "unspecified",  # noqa: S104  # to be refused
    "0.1.2.3": "unspecified",
    "10.0.0.1": "private",
    "10.255.255.255": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.168.0.1": "private",
    "100.64.0.1": "carrier",
    "100.127.255.255": "carrier",
    "169.254.0.1": "link-local",
    "169.254.169.254": "metadata",
    "169.254.170.2": "metadata",
    "168.63.129.16": "metadata",
    "100.100.100.200": "metadata",
    "192.0.0.8": "reserved",
    "192.0.2.1": "reserved",
    "192.88.99.1": "tunnel",
    "198.18.0.1": "reserved",
    "198.51.100.1": "reserved",
    "203.0.113.9": "reserved",
    "224.0.0.1": "multicast",
    "239.255.255.255": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "unspecified",
    "::1": "loopback",
    "::7f00:1": "reserved",  # 127.0.0.1, as it was once written
    "fe80::1": "link-local",
    "fe80::a9fe:a9fe": "link-local",
    "fec0::1": "private",
    "fc00::1": "private",
    "fd12:3456::1": "private",
    "fd00:ec2::254": "metadata",
    "fd20:ce::254": "metadata",
    "ff02::1": "multicast",
    "2001:db8::1": "reserved",
    "3fff::1": "reserved",
    "100::1": "reserved",
    "4000::1": "reserved",
    "5f00::1": "reserved",
    "::ffff:127.0.0.1": "loopback",
    "::ffff:169.254.169.254": "metadata",
    "::ffff:10.1.2.3": "private",
    "::ffff:0:10.1.2.3": "reserved",
    "64:ff9b::7f00:1": "loopback",
    "64:ff9b::a9fe:a9fe": "metadata",
    "64:ff9b::a00:1": "private",
    "64:ff9b:1::a00:1": "translator",
    "2002:7f00:1::": "loopback",
    "2002:a9fe:a9fe::1": "metadata",
    "2002:c0a8:1::": "private",
    "2001:0:7f00:1::": "tunnel",
    "2001:0:808:808:0:0:80ff:fffe": "tunnel",
    "2606:4700::5efe:a00:1": "private",
    "2606:4700::200:5efe:7f00:1": "loopback",
}
PUBLIC = (
    "8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
    "169.253.0.1", "192.0.1.1", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::200e",
    "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8",
)  # fmt: skip
NOT_CANONICAL = (
    "2130706433", "017700000001", "0x7f000001", "0x7f.1", "127.1", "127.0.1", "0177.0.0.1",
    "127.0.0.01", "0x7f.0x0.0x0.0x1", "127.0.0.1.", "1.2.3.256", "1.2.3.4.5", "0", "10.1",
    "8.8.8.08", "a.127", "0X7F000001",
)  # fmt: skip


@pytest.mark.parametrize(("address", "what"), REFUSED.items())
async def test_an_address_that_is_not_public_is_refused(address: str, what: str) -> None:
    names = Names()
    host = f"[{address}]" if ":" in address else address
    error = await failure(f"http://{host}/{CANARY}?{CANARY}", "192.0.3.0/24", names=names)
    assert (error.refused, error.uncertain) == (True, False)
    assert what in str(error)
    assert "receivers.allowedNetworks" in str(error)
    assert names.asked == []


@pytest.mark.parametrize(("address", "what"), REFUSED.items())
async def test_a_name_that_leads_there_is_refused(address: str, what: str) -> None:
    names = Names({"inside.test": [[address]]})
    error = await failure(f"https://inside.test/{CANARY}", "192.0.3.0/24", names=names)
    assert (error.refused, error.uncertain) == (True, False)
    assert what in str(error)
    assert str(error).startswith("inside.test leads to ")
    assert names.asked == ["inside.test"]


@pytest.mark.parametrize("address", REFUSED)
def test_the_last_moment_before_a_connection_refuses_it_too(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with pytest.raises(ForbiddenError):
        socket_to(Guard(), (family, socket.SOCK_STREAM, 0, "", (address, 80)))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_connected_to(address: str) -> None:
    assert Guard().objection(ipaddress.ip_address(address)) is None


@pytest.mark.parametrize("host", NOT_CANONICAL)
async def test_a_number_in_place_of_a_host_is_refused(host: str) -> None:
    names = Names()
    error = await failure(f"http://{host}/{CANARY}", names=names)
    assert error.refused
    assert "a number that programs read in different ways" in str(error)
    assert names.asked == []


@pytest.mark.parametrize(
    ("allowed", "opened", "closed"),
    [
        ("10.0.0.0/8", "10.1.2.3", "192.168.0.1"),
        ("10.0.0.0/8", "::ffff:10.1.2.3", "::ffff:192.168.0.1"),
        ("10.0.0.0/8", "64:ff9b::a01:203", "64:ff9b::c0a8:1"),
        ("10.96.0.0/12", "10.96.0.10", "10.95.255.255"),
        ("100.64.0.0/10", "100.64.0.1", "100.100.100.200"),
        ("0.0.0.0/0", "192.168.0.1", "127.0.0.1"),
        ("0.0.0.0/0", "224.0.0.1", "169.254.0.1"),
        ("0.0.0.0/0", "10.0.0.1", "169.254.169.254"),
        ("0.0.0.0/0", "203.0.113.9", "0.0.0.0"),  # noqa: S104  # to be refused
        ("0.0.0.0/0", "10.0.0.1", "168.63.129.16"),
        ("127.0.0.0/8", "127.0.0.1", "169.254.169.254"),
        ("127.0.0.1/32", "127.0.0.1", "127.0.0.2"),
        ("126.0.0.0/7", "126.0.0.1", "127.0.0.1"),
        ("169.254.0.0/16", "169.254.0.1", "169.254.169.254"),
        ("169.254.169.254/32", "169.254.169.254", "169.254.0.1"),
        ("169.254.169.254/32", "::ffff:169.254.169.254", "64:ff9b::a9fe:1"),
        ("::/0", "fd12::1", "::1"),
        ("::/0", "2001:db8::1", "fe80::1"),
        ("::/0", "fd12::1", "fd00:ec2::254"),
        ("::/0", "fd12::1", "::ffff:10.0.0.1"),
        ("::/0", "fd12::1", "64:ff9b::7f00:1"),
        ("::/0", "fd12::1", "64:ff9b:1::a00:1"),
        ("::/0", "fd12::1", "2002:7f00:1::"),
        ("64:ff9b:1::/48", "64:ff9b:1::a00:1", "64:ff9b::a00:1"),
        ("fd00:ec2::254/128", "fd00:ec2::254", "fd00:ec2::253"),
        ("::1/128", "::1", "::"),
    ],
)
def test_a_network_that_is_allowed_opens_itself_and_what_is_dangerous_only_by_name(
    allowed: str, opened: str, closed: str
) -> None:
    its = guard(allowed)
    assert its.objection(ipaddress.ip_address(opened)) is None
    assert its.objection(ipaddress.ip_address(closed)) is not None


@pytest.mark.parametrize(
    "address", ["10.96.0.1", "::ffff:10.96.0.1", "64:ff9b::a60:1", "2002:a60:1::"]
)
def test_the_api_servers_address_stays_closed_in_a_network_that_is_open(address: str) -> None:
    its = guard("10.96.0.0/12", "10.96.0.1/32", "::/0", forbidden=["10.96.0.1"])
    assert its.objection(ipaddress.ip_address("10.96.0.2")) is None
    assert its.objection(ipaddress.ip_address(address)) == "the API server's address"


@given(st.ip_addresses())
def test_what_is_open_without_settings_is_global_by_the_standard_library_too(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if Guard().objection(address) is None:
        assert address.is_global
        assert not address.is_multicast


def test_a_zone_makes_no_other_address_of_it() -> None:
    assert Guard().objection(ipaddress.ip_address("fe80::1%eth0")) == "a link-local address"
    assert guard("fe80::/10").objection(ipaddress.ip_address("fe80::1%eth0")) is None


def test_the_addresses_of_a_host_are_those_of_the_system_and_none_of_what_is_unknown() -> None:
    assert addresses_of("127.0.0.1") == {ipaddress.ip_address("127.0.0.1")}
    assert addresses_of("[::1]") == {ipaddress.ip_address("::1")}
    assert addresses_of("a..b") == addresses_of("") == frozenset()
