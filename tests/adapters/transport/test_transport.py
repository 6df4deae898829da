"""What hosts answer, and what they make of it to answer badly, slowly, without end or elsewhere."""

import asyncio
import gzip
import socket
import ssl

import pytest
from aiohttp import web

from tests.adapters.transport.hosts import (
    AMPLE,
    CANARY,
    PEM,
    Answer,
    Names,
    failure,
    guard,
    post,
    rude,
    says,
    serving,
    transport,
)
from tocsin.adapters.transport import GuardedTransport
from tocsin.adapters.transport.transport import MAX_BODY
from tocsin.ports import TransportError

#: For what is to be late.
SHORT = 0.1


def address(url: str) -> int:
    """The port of a URL on loopback."""
    return int(url.rpartition(":")[2])


async def test_what_is_sent_arrives_as_it_is_and_nothing_beside_it() -> None:
    seen: list[tuple[str, str, bytes, dict[str, str]]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.method, request.raw_path, await request.read(), dict(request.headers)))
        return web.Response(status=202, text="ok", headers={"X-Request-ID": "7"})

    async with serving(answer) as url, transport() as made:
        response = await made.post(
            f"{url}/a%2Fb?c=%41#d", body=b'{"a": 1}', headers={"content-type": "a/b"}, timeout=AMPLE
        )
    assert (response.status, response.body, response.cut) == (202, b"ok", False)
    assert response.headers["x-request-id"] == "7"
    assert all(name == name.lower() for name in response.headers)
    ((method, path, body, headers),) = seen
    assert (method, path, body) == ("POST", "/a%2Fb?c=%41", b'{"a": 1}')
    assert headers == {
        "Host": url.removeprefix("http://"),
        "User-Agent": "tocsin",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
        "Content-Type": "a/b",
        "Content-Length": "8",
    }


async def test_a_caller_may_name_itself() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=",".join(request.headers.getall("User-Agent")))

    async with serving(answer) as url:
        assert (await post(url, headers={"user-agent": "me"})).body == b"me"


@pytest.mark.parametrize("status", [200, 204, 301, 304, 307, 308, 400, 403, 404, 429, 500, 503])
async def test_every_status_is_an_answer_and_no_redirect_is_followed(status: int) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=status, headers={"Location": "/elsewhere", "Retry-After": "9"})

    async with serving(answer) as url:
        response = await post(f"{url}/here")
    assert response.status == status
    assert response.headers["retry-after"] == "9"
    assert asked == ["/here"]


async def test_a_redirect_to_what_is_forbidden_leads_nowhere() -> None:
    async def answer(_: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect("http://169.254.169.254/latest/meta-data/")

    async with serving(answer) as url:
        response = await post(url)
    assert response.status == 307
    assert "169.254.169.254" in response.headers["location"]


async def test_html_is_an_answer_too() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="<html>Sign in</html>", content_type="text/html")

    async with serving(answer) as url:
        response = await post(url)
    assert (response.status, response.body) == (200, b"<html>Sign in</html>")
    assert response.headers["content-type"].startswith("text/html")


async def test_no_cookie_is_kept() -> None:
    async def answer(request: web.Request) -> web.Response:
        response = web.Response(text=request.headers.get("Cookie", ""))
        response.set_cookie("session", CANARY)
        return response

    async with serving(answer) as url, transport("127.0.0.0/8", names=Names()) as made:
        named = url.replace("127.0.0.1", "a.test")
        made._resolver._lookup = Names({"a.test": [["127.0.0.1"]]})
        for _ in range(2):
            response = await made.post(named, body=b"", headers={}, timeout=AMPLE)
            assert response.body == b""


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def proxy(request: web.Request) -> web.Response:
        asked.append(request.raw_path)
        return web.Response(status=502)

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="direct")

    async with serving(proxy) as proxy_url, serving(answer) as url:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy_url)
        assert (await post(url)).body == b"direct"
    assert asked == []


async def test_an_answer_of_100_mb_is_cut_and_the_connection_closed() -> None:
    written, gone = 0, asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal written
        response = web.StreamResponse(headers={"Content-Length": str(100_000_000)})
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 65536)
                written += 65536
        except ConnectionError:
            gone.set()
            raise

    async with serving(answer) as url:
        response = await post(url)
        async with asyncio.timeout(AMPLE):
            await gone.wait()
    assert (response.status, response.cut) == (200, True)
    assert response.body == b"x" * MAX_BODY
    assert written < 20_000_000  # what buffers of the system hold


@pytest.mark.parametrize(("length", "cut"), [(0, False), (MAX_BODY, False), (MAX_BODY + 1, True)])
async def test_only_what_is_beyond_64_kib_is_cut(length: int, cut: bool) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=b"x" * length)

    async with serving(answer) as url:
        response = await post(url)
    assert (len(response.body), response.cut) == (min(length, MAX_BODY), cut)


async def test_an_endless_stream_is_cut_at_the_time_limit_if_not_before() -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"1\r\nx\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with rude(drip) as url:
        response = await post(url, within=SHORT)
    assert (response.status, response.cut) == (200, True)
    assert set(response.body) == {ord("x")}
    assert len(response.body) < 100


async def test_what_is_packed_is_not_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 5_000_000)

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    async with serving(answer) as url:
        response = await post(url)
    assert len(bomb) < MAX_BODY
    assert response.body == bomb


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ],
)
async def test_an_answer_that_breaks_after_its_status_is_an_answer(raw: bytes) -> None:
    async with rude(says(raw)) as url:
        response = await post(url)
    assert (response.status, response.cut) == (200, True)
    assert response.body == b"half"


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


async def test_a_name_that_leads_elsewhere_the_second_time_is_refused_the_second_time() -> None:
    reached: list[str] = []

    def at(where: str) -> Answer:
        async def answer(_: web.Request) -> web.Response:
            reached.append(where)
            return web.Response()

        return answer

    names = Names({"rebinding.test": [["127.0.0.1"], ["127.0.0.2"]]})
    async with (
        serving(at("open")) as url,
        serving(at("closed"), "127.0.0.2", address(url)),
        transport("127.0.0.1/32", names=names) as made,
    ):
        named = url.replace("127.0.0.1", "rebinding.test")
        await made.post(named, body=b"", headers={}, timeout=AMPLE)
        assert names.asked == ["rebinding.test"]  # once: what was checked is what is connected to
        with pytest.raises(TransportError, match="leads to a loopback address") as raised:
            await made.post(named, body=b"", headers={}, timeout=AMPLE)
    assert raised.value.refused
    assert reached == ["open"]


async def test_of_several_addresses_only_those_that_are_open_are_connected_to() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="open")

    names = Names({"mixed.test": [["127.0.0.2", "169.254.169.254", "127.0.0.1", "fe80::1"]]})
    async with serving(answer) as url:
        named = url.replace("127.0.0.1", "mixed.test")
        assert (await post(named, "127.0.0.1/32", names=names)).body == b"open"


@pytest.mark.parametrize("found", [["127.0.0.2"], ["127.0.0.2", "127.0.0.3"]])
async def test_what_gets_past_the_names_is_stopped_at_the_connection(found: list[str]) -> None:
    reached: list[str] = []

    async def answer(_: web.Request) -> web.Response:
        reached.append("closed")
        return web.Response()

    async with (
        serving(answer, "127.0.0.2") as url,
        transport("127.0.0.1/32", names=Names({"a.test": [found]})) as made,
    ):
        made._resolver._guard = guard("127.0.0.0/8")  # a check of names that has been fooled
        named = f"http://a.test:{address(url)}/{CANARY}"
        with pytest.raises(TransportError) as raised:
            await made.post(named, body=b"", headers={}, timeout=AMPLE)
    assert not raised.value.uncertain
    assert CANARY not in str(raised.value)
    assert reached == []


async def test_the_api_servers_address_is_closed_whatever_is_allowed() -> None:
    made = GuardedTransport(guard("127.0.0.0/8", forbidden=["127.0.0.1"]), lookup=Names())
    with pytest.raises(TransportError, match="leads to the API server's address") as raised:
        await made.post("http://127.0.0.1:6443/", body=b"", headers={}, timeout=AMPLE)
    assert raised.value.refused
    await made.close()


async def test_many_to_one_host_wait_for_each_other_and_those_to_another_do_not() -> None:
    ending, waiting = asyncio.Event(), 0

    async def slow(_: web.Request) -> web.Response:
        nonlocal waiting
        waiting += 1
        await ending.wait()
        return web.Response()

    async def quick(_: web.Request) -> web.Response:
        return web.Response()

    async with serving(slow) as url, serving(quick) as other, transport() as made:

        async def send(to: str, within: float = AMPLE) -> None:
            await made.post(to, body=b"", headers={}, timeout=within)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(8):
                tasks.create_task(send(url))
            await send(other)
            with pytest.raises(TransportError, match="too many requests are under way") as raised:
                await send(url, SHORT)
            await send(other)
            assert waiting == 8
            ending.set()
    assert not raised.value.uncertain


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
        named = f"https://{name}:{address(url)}/{CANARY}"
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


async def test_who_stops_waiting_is_let_go_at_once() -> None:
    arrived = asyncio.Event()

    async def slow(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        arrived.set()
        await asyncio.sleep(AMPLE)

    async with rude(slow) as url, asyncio.timeout(AMPLE):
        task = asyncio.create_task(post(url))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
