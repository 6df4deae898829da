"""What can be read in two ways is not used, and what is refused is not repeated."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from tests.adapters.transport.hosts import CANARY, Names, failure
from tocsin.adapters.transport.urls import check_headers, read_url
from tocsin.ports import TransportError

REFUSED = {
    "": "this is no URL",
    "hooks.example.com/x": "this is no URL",
    "//hooks.example.com/x": "this is no URL",
    "https:hooks.example.com": "this is no URL",
    "https://hooks.example.com/a b": "this is no URL",
    "https://hooks.example.com/é": "this is no URL",
    "https://hooks.example.com/a\r\nHost: b": "this is no URL",
    "https://hooks.example.com/" + "a" * 4096: "this is no URL",
    " https://hooks.example.com": "this is no URL",
    "ftp://hooks.example.com": "neither http nor https",
    "file:///etc/passwd": "neither http nor https",
    "unix://hooks.example.com": "neither http nor https",
    "https://user@hooks.example.com": "a user or a password",
    "https://user:password@hooks.example.com": "a user or a password",
    "https://hooks.example.com:80@127.0.0.1/": "a user or a password",
    "https://hooks.example.com\\@127.0.0.1/": "a user or a password",
    "https://": "no host",
    "https:///path": "no host",
    "https://?x": "no host",
    "https://:80/": "no host",
    "https://hooks.example.com\\.test/": "no host",
    "https://hooks.example.com:0/": "no host",
    "https://hooks.example.com:65536/": "no host",
    "https://hooks.example.com:a/": "no host",
    "https://hooks.example.com:/": "no host",
    "https://hooks..example.com/": "no host",
    "https://.example.com/": "no host",
    "https://hooks.example.com%2f/": "no host",
    "https://１２７.０.０.１/": "no host",
    "https://ⓛocalhost/": "no host",
    "https://\u212aooks.example.com/": "no host",
    "https://[fe80::1%25eth0]/": "no host",
    "https://[::1/": "no host",
    "https://[:::1]/": "no IPv6 address",
    "https://[127.0.0.1]/": "no IPv6 address",
}


@pytest.mark.parametrize(("url", "said"), REFUSED.items())
async def test_a_url_that_cannot_be_used_says_so_and_is_not_repeated(url: str, said: str) -> None:
    names = Names()
    error = await failure(f"{url}{CANARY}" if "password" in url else url, names=names)
    assert (error.refused, error.uncertain) == (True, False)
    assert said in str(error)
    assert "password@" not in str(error)
    assert names.asked == []


@pytest.mark.parametrize(
    ("url", "host", "asked"),
    [
        ("https://Hooks.Example.COM", "hooks.example.com", "https://hooks.example.com/"),
        ("HTTPS://a.test:8443/B?c#d", "a.test", "https://a.test:8443/B?c"),
        ("http://a.test?b", "a.test", "http://a.test/?b"),
        ("http://a.test./%2F%41//../b", "a.test", "http://a.test./%2F%41//../b"),
        ("http://[2606:4700::1111]:80/", "2606:4700::1111", "http://[2606:4700::1111]:80/"),
        ("http://xn--bcher-kva.test/", "xn--bcher-kva.test", "http://xn--bcher-kva.test/"),
        ("http://my_service.ns.svc/", "my_service.ns.svc", "http://my_service.ns.svc/"),
        ("http://a.test/@b:c@d", "a.test", "http://a.test/@b:c@d"),
    ],
)
def test_a_url_that_can_be_used_has_one_host(url: str, host: str, asked: str) -> None:
    target = read_url(url)
    assert (target.host, target.url) == (host, asked)
    assert "asked" not in repr(target)
    assert "8443" not in repr(target)


@given(st.text("htps:/@\\?#[].%a1x-_ \té", max_size=40), st.booleans())
def test_whatever_is_accepted_has_the_same_host_for_all_who_read_it(rest: str, tls: bool) -> None:
    url = f"http{'s' * tls}://{rest}"
    try:
        target = read_url(url)
    except TransportError:
        return
    shown = target.host
    for read in (urlsplit(target.url).hostname, urlsplit(url).hostname):
        assert (read or "").rstrip(".") == shown
    client = URL(target.url, encoded=True)
    assert (client.raw_host or "").rstrip(".") == shown
    assert client.user is client.password is None


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("Host", "a.test", "the header Host is set by the connection itself"),
        ("content-LENGTH", "1", "the header content-LENGTH is set by the connection itself"),
        ("Transfer-Encoding", "chunked", "is set by the connection itself"),
        ("Accept-Encoding", "gzip", "is set by the connection itself"),
        ("X-Token", f"{CANARY}\r\nHost: a", "the header X-Token cannot be sent"),
        ("X-Token", f"{CANARY}\n", "the header X-Token cannot be sent"),
        ("X-Token", f"{CANARY}\0", "the header X-Token cannot be sent"),
        ("X-Token", f"{CANARY}é", "the header X-Token cannot be sent"),
        (f"{CANARY}: x\r\nHost", "a.test", "a header has a name that cannot be sent"),
        ("", CANARY, "a header has a name that cannot be sent"),
    ],
)
async def test_a_header_that_cannot_be_sent_is_named_without_its_value(
    name: str, value: str, said: str
) -> None:
    error = await failure("https://a.test/", headers={name: value})
    assert (error.refused, error.uncertain) == (True, False)
    assert said in str(error)


def test_usual_headers_can_be_sent() -> None:
    check_headers({"Authorization": "Bearer a.b-c_d", "content-type": "application/json", "X": ""})
