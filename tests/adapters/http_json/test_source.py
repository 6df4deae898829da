"""How addresses are asked: with which credentials, within which bounds, and to where."""

import asyncio
import gzip
import logging
from base64 import b64encode
from typing import Any

import pytest
from aiohttp import web

from tests.adapters.http_json.asking import Secrets, a_source, ask, fail, json, series, text
from tests.adapters.transport.hosts import CANARY, SHORT, Names, port, rude, says, serving
from tocsin.core.metrics import HTTP_SOURCE, Question
from tocsin.core.queries.http import Credential, HttpQuery, Method, Scheme
from tocsin.core.samples import Failure, FailureKind

LOGIN = Secrets({("fraud", "stats", "token"): CANARY, ("fraud", "stats", "login"): f"me:{CANARY}"})


class Seen:
    """Remembers what came, and answers 1."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []

    async def answer(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append((request.method, request.raw_path, headers, await request.read()))
        return web.json_response({"value": 1})


async def test_a_get_has_no_body_and_asks_for_json() -> None:
    seen = Seen()
    await series(seen.answer, path="/stats?window=5m", headers=(("X-Tenant", "fraud"),))
    ((method, path, headers, body),) = seen.requests
    assert (method, path, body) == ("GET", "/stats?window=5m", b"")
    assert (headers["accept"], headers["x-tenant"]) == ("application/json", "fraud")
    assert "authorization" not in headers


async def test_a_post_sends_its_body_as_json() -> None:
    seen = Seen()
    await series(seen.answer, method=Method.POST, body='{"model": "scorer"}')
    ((method, _, headers, body),) = seen.requests
    assert (method, body) == ("POST", b'{"model": "scorer"}')
    assert headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("credential", "header", "sent"),
    [
        (Credential("stats", "token"), "authorization", f"Bearer {CANARY}"),
        (
            Credential("stats", "login", Scheme.BASIC),
            "authorization",
            f"Basic {b64encode(f'me:{CANARY}'.encode()).decode()}",
        ),
        (Credential("stats", "token", Scheme.HEADER, "X-Api-Key"), "x-api-key", CANARY),
    ],
)
async def test_a_credential_of_the_rules_namespace_is_sent_as_the_rule_says(
    credential: Credential, header: str, sent: str
) -> None:
    seen = Seen()
    await series(seen.answer, credential=credential, options={"secrets": LOGIN})
    assert seen.requests[0][2][header] == sent


async def test_a_secret_is_read_for_the_host_that_it_is_sent_to() -> None:
    secrets = Secrets(LOGIN.known)
    await series(
        Seen().answer, credential=Credential("stats", "token"), options={"secrets": secrets}
    )
    assert secrets.asked == ["127.0.0.1"]


async def test_a_secret_of_another_namespace_is_not_read_and_nothing_is_sent() -> None:
    seen = Seen()
    failure = await fail(
        seen.answer,
        namespace="ads",
        credential=Credential("stats", "token"),
        options={"secrets": LOGIN},
    )
    assert failure.kind is FailureKind.UNREACHABLE
    assert failure.message == "authSecretRef: Secret ads/stats does not exist: create it"
    assert seen.requests == []


@pytest.mark.parametrize("status", [200, 401, 500])
@pytest.mark.parametrize("key", ["token", "login"])
async def test_an_address_that_echoes_what_it_was_sent_shows_no_secret(
    status: int, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    scheme = Scheme.BASIC if key == "login" else Scheme.BEARER
    packed = b64encode(f"me:{CANARY}".encode()).decode()

    async def echo(request: web.Request) -> web.Response:
        sent = request.headers["Authorization"]
        document = {sent: 1, CANARY: 2, "value": f"{sent} {CANARY}"}
        return web.json_response(document, status=status)

    credential = Credential("stats", key, scheme)
    for value in ("value", "missing", "abs(value)"):
        failure = await fail(echo, value, credential=credential, options={"secrets": LOGIN})
        for secret in (CANARY, packed):
            assert secret not in failure.message
            assert secret not in caplog.text


async def test_a_refused_credential_is_read_anew_the_next_time() -> None:
    secrets = Secrets(LOGIN.known)
    failure = await fail(
        text("no", 403), credential=Credential("stats", "token"), options={"secrets": secrets}
    )
    assert failure.kind is FailureKind.HTTP_ERROR
    assert failure.message == "the address answered 403: no; check the credential (authSecretRef)"
    assert secrets.forgotten == ["fraud/stats"]


async def test_a_secret_with_a_line_break_is_refused_without_showing_it() -> None:
    secrets = Secrets({("fraud", "stats", "token"): f"{CANARY}\nX: y"})
    failure = await fail(
        Seen().answer, credential=Credential("stats", "token"), options={"secrets": secrets}
    )
    assert failure.kind is FailureKind.UNREACHABLE
    assert "one line of printable ASCII" in failure.message
    assert CANARY not in failure.message


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    seen = Seen()
    async with serving(seen.answer) as elsewhere:
        failure = await fail(text("", status, Location=elsewhere))
    assert failure.kind is FailureKind.HTTP_ERROR
    assert "a redirect, and these are not followed: write the final URL" in failure.message
    assert seen.requests == []


async def test_an_error_has_what_was_said() -> None:
    failure = await fail(text("model store\nis down", 503))
    assert failure.kind is FailureKind.HTTP_ERROR
    assert failure.message == "the address answered 503: model store is down"


async def test_a_private_address_is_refused_and_the_setting_is_named() -> None:
    async with a_source("0.0.0.0/0") as source:
        query = HttpQuery("http://169.254.169.254/latest/meta-data", "value")
        answer = await source.ask(Question(HTTP_SOURCE, query))
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.QUERY_REJECTED
    assert answer.message.startswith("url: 169.254.169.254 leads to an address of cloud metadata")


async def test_a_name_that_leads_to_a_private_address_is_refused() -> None:
    names = Names({"stats.example.com": [["10.0.0.7"]]})
    async with a_source("192.0.2.0/24", names=names) as source:
        query = HttpQuery("http://stats.example.com/", "value")
        answer = await source.ask(Question(HTTP_SOURCE, query))
    assert isinstance(answer, Failure)
    assert "leads to a private address" in answer.message


async def test_an_answer_without_end_is_cut_off_at_the_limit() -> None:
    async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
        for _round in range(1600):  # 100 MiB: it is not read that far
            writer.write(b"1," * 32 * 1024)
            await writer.drain()

    async with rude(endless) as url:
        failure = await _from(url, max_bytes=64 * 1024)
    assert failure.kind is FailureKind.TOO_LARGE
    assert failure.message.startswith("the answer is larger than 64 KiB")


async def test_an_answer_as_large_as_the_limit_is_read() -> None:
    document = {"value": 1, "filling": "x" * 1000}
    assert len(await _values_within(document, 1024 * 8)) == 1


async def _values_within(document: object, limit: int) -> tuple[Any, ...]:
    return (await series(json(document), options={"max_bytes": limit})).samples


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\n\r\n[1,"])
async def test_an_address_that_hangs_is_a_timeout_also_in_the_middle(head: bytes) -> None:
    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        await writer.drain()
        await asyncio.Event().wait()

    async with rude(hang) as url:
        failure = await _from(url, timeout=SHORT)
    assert failure.kind is FailureKind.TIMEOUT
    assert failure.message == "127.0.0.1 did not answer within 0.1 s"


async def test_an_answer_that_breaks_off_is_no_answer() -> None:
    async with rude(says(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[1,")) as url:
        failure = await _from(url)
    assert failure.kind is FailureKind.UNREACHABLE
    assert failure.message == "the connection to 127.0.0.1 broke before there was an answer"


async def _from(url: str, **limits: Any) -> Failure:
    async with a_source(**limits) as source:
        answer = await source.ask(Question(HTTP_SOURCE, HttpQuery(url, "value")))
    assert isinstance(answer, Failure)
    return answer


async def test_a_port_where_nobody_listens_is_unreachable() -> None:
    async with serving(json({})) as url:
        gone = port(url)
    failure = await _from(f"http://127.0.0.1:{gone}/")
    assert failure.kind is FailureKind.UNREACHABLE
    assert failure.message == "127.0.0.1 cannot be connected to: Connection refused"


async def test_a_query_of_another_kind_is_refused() -> None:
    async with a_source() as source:
        answer = await source.ask(Question(HTTP_SOURCE, "up"))
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.QUERY_REJECTED


async def test_packed_answers_are_not_unpacked() -> None:
    async def packed(_: web.Request) -> web.Response:
        body = gzip.compress(b'{"value": 1}')
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    failure = await fail(packed)
    assert failure.kind is FailureKind.NOT_AN_ANSWER


async def test_what_is_asked_shows_nothing_behind_the_question_mark() -> None:
    query = HttpQuery("https://a.example.com/v1/stats?key=1", "p99", items="models")
    assert str(query) == "GET https://a.example.com/v1/stats?…: p99 of each of models"


async def test_answers_are_the_same_for_whoever_asks_at_once() -> None:
    answers = await asyncio.gather(*(ask(json({"value": n})) for n in range(5)))
    assert [one.samples[0].value for one in answers if not isinstance(one, Failure)] == [
        0.0, 1.0, 2.0, 3.0, 4.0,
    ]  # fmt: skip
