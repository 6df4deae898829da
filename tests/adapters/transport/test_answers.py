"""What hosts answer: whole, without end, packed, elsewhere."""

import asyncio
import gzip

import pytest
from aiohttp import web

from tests.adapters.transport.hosts import (
    AMPLE,
    CANARY,
    SHORT,
    Names,
    post,
    rude,
    says,
    serving,
    transport,
)
from tocsin.adapters.transport.problems import MAX_BODY


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
