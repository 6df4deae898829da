"""Why there is no answer, and whether what was sent may have been taken."""

import asyncio
import socket
import ssl

import pytest

from tests.adapters.transport.hosts import (
    AMPLE,
    CANARY,
    PEM,
    SHORT,
    Names,
    failure,
    guard,
    port,
    post,
    rude,
    says,
    transport,
)
from tocsin.adapters.transport import GuardedTransport
from tocsin.ports import TransportError


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"220 mail.example.com ESMTP\r\n\r\n",
        b"\x00\x01\x02\r\n\r\n",
        b"HTTP/1.1 twohundred OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 1000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"<html>" + b"x" * 20_000,
    ],
)
async def test_what_is_no_http_leaves_open_whether_it_was_taken(raw: bytes) -> None:
    async with rude(says(raw)) as url:
        error = await failure(f"{url}/{CANARY}")
    assert (error.uncertain, error.refused) == (True, False)
    assert "is not HTTP" in str(error) or "broke before there was an answer" in str(error)
    assert "127.0.0.1" in str(error)


async def test_a_host_that_hangs_up_leaves_open_whether_it_was_taken() -> None:
    async with rude(says(b"")) as url:
        error = await failure(f"{url}/{CANARY}")
    assert (error.uncertain, error.refused) == (True, False)
    assert str(error) == (
        "the connection to 127.0.0.1 broke before there was an answer: it may have taken what was "
        "sent"
    )


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 100 Continue\r\n\r\n"])
async def test_a_head_that_does_not_come_costs_the_time_limit(head: bytes) -> None:
    async def slow(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        await asyncio.sleep(AMPLE)

    async with rude(slow) as url:
        error = await failure(f"{url}/{CANARY}", within=SHORT)
    assert (error.uncertain, error.refused) == (True, False)
    assert "127.0.0.1 did not answer within 0.1 s" in str(error)


async def test_a_head_that_comes_byte_by_byte_costs_the_time_limit() -> None:
    async def slow(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await asyncio.sleep(0.01)

    async with rude(slow) as url:
        error = await failure(url, within=SHORT)
    assert error.uncertain


async def test_a_port_where_nobody_listens_has_taken_nothing() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        error = await failure(f"http://127.0.0.1:{held.getsockname()[1]}/{CANARY}")
    assert (error.uncertain, error.refused) == (False, False)
    assert str(error) == "127.0.0.1 cannot be connected to: Connection refused"


async def test_a_name_that_is_not_known_has_taken_nothing() -> None:
    error = await failure(f"https://hooks.test/{CANARY}")
    assert (error.uncertain, error.refused) == (False, False)
    assert str(error) == "the name hooks.test is not known: check its spelling"


async def test_a_name_that_is_too_long_is_not_known() -> None:
    async with transport() as made:
        made._resolver._lookup = socket.getaddrinfo
        with pytest.raises(TransportError, match="is not known") as raised:
            await made.post(f"https://{'a' * 64}.test", body=b"", headers={}, timeout=AMPLE)
    assert not raised.value.uncertain


async def test_dns_that_is_down_is_no_mistake_in_the_name() -> None:
    def down(*_: object) -> list[tuple[object, ...]]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    made = GuardedTransport(guard(), lookup=down)
    with pytest.raises(TransportError, match="cannot be resolved now: check the cluster's DNS"):
        await made.post("https://hooks.test/", body=b"", headers={}, timeout=AMPLE)
    await made.close()


async def test_a_name_that_is_resolved_for_too_long_has_taken_nothing() -> None:
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang(*_: object) -> list[tuple[object, ...]]:
        asyncio.run_coroutine_threadsafe(ending.wait(), loop).result(AMPLE)
        return []

    made = GuardedTransport(guard(), lookup=hang)
    with pytest.raises(TransportError, match="was not resolved within") as raised:
        await made.post("https://hooks.test/", body=b"", headers={}, timeout=SHORT)
    assert not raised.value.uncertain
    ending.set()
    await made.close()


async def test_a_connection_that_does_not_come_about_has_taken_nothing() -> None:
    # A backlog that is full: what knocks is not answered.
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        error = await failure(f"http://127.0.0.1:{full.getsockname()[1]}/", within=SHORT)
    assert (error.uncertain, error.refused) == (False, False)
    assert "there was no connection to 127.0.0.1 within 0.1 s" in str(error)


def tls(*, trusted: bool) -> tuple[ssl.SSLContext, ssl.SSLContext | None]:
    """The contexts of a host that has the certificate of hooks.test, and of who speaks with it."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(PEM)
    return server, ssl.create_default_context(cafile=str(PEM)) if trusted else None


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.mark.parametrize(
    ("name", "trusted", "said"),
    [
        ("hooks.test", True, ""),
        ("hooks.test", False, "the certificate of hooks.test is not trusted: self-signed"),
        ("other.test", True, "the certificate of other.test is not trusted: Hostname mismatch"),
    ],
)
async def test_a_certificate_is_checked(name: str, trusted: bool, said: str) -> None:
    server, client = tls(trusted=trusted)
    names = Names({name: [["127.0.0.1"]]})
    async with rude(says(OK), server) as url:
        named = f"https://{name}:{port(url)}/{CANARY}"
        if said:
            error = await failure(named, names=names, tls=client)
            assert (error.uncertain, error.refused) == (False, False)
            assert str(error).startswith(said)
        else:
            assert (await post(named, names=names, tls=client)).body == b"ok"


async def test_tls_where_there_is_none_has_taken_nothing() -> None:
    async def act(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)

    async with rude(act, reads=False) as url:
        error = await failure(f"{url.replace('http', 'https')}/{CANARY}")
    assert (error.uncertain, error.refused) == (False, False)
    assert str(error).startswith("127.0.0.1 does not speak TLS here")
