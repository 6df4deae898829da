"""Credentials are read for each query and shown to nobody; a source has its own bounded pool."""

import asyncio
import threading
import time
from base64 import b64encode
from pathlib import Path

import pytest

from tests.adapters.loopback import (
    Closed,
    Handler,
    data,
    error,
    json_answer,
    serving,
    source_at,
    vector,
)
from tocsin.core.metrics import Question
from tocsin.core.samples import Failure, FailureKind, Samples

GOOD = json_answer(data("vector", vector("1")))


async def test_a_token_is_read_anew_for_each_query(tmp_path: Path) -> None:
    with serving(GOOD) as server, source_at(server.url, credentials=tmp_path) as source:
        for token in ("first", "second"):
            (tmp_path / "token").write_text(token + "\n")
            await source.ask(Question("default", "up"))
    sent = [asked.headers["Authorization"] for asked in server.asked]
    assert sent == ["Bearer first", "Bearer second"]


async def test_user_and_password_are_read_anew_for_each_query(tmp_path: Path) -> None:
    (tmp_path / "username").write_text("tocsin\n")
    with serving(GOOD) as server, source_at(server.url, credentials=tmp_path) as source:
        for password in ("first", "zweites€"):
            (tmp_path / "password").write_text(password + "\n", encoding="utf-8")
            await source.ask(Question("default", "up"))
    sent = [asked.headers["Authorization"] for asked in server.asked]
    assert sent == [
        "Basic " + b64encode(f"tocsin:{password}".encode()).decode()
        for password in ("first", "zweites€")
    ]


async def test_without_credentials_no_header_is_sent() -> None:
    with serving(GOOD) as server, source_at(server.url) as source:
        await source.ask(Question("default", "up"))
    assert "Authorization" not in server.asked[0].headers
    assert server.asked[0].headers["User-Agent"] == "tocsin"


@pytest.mark.parametrize(
    "token", [b"geheim\nzwei", "geheim€".encode(), b"geheim\xff", b"a\tgeheim"]
)
async def test_a_token_that_cannot_be_sent_names_its_file_and_not_its_content(
    tmp_path: Path, token: bytes
) -> None:
    (tmp_path / "token").write_bytes(token)
    with serving(GOOD) as server, source_at(server.url, credentials=tmp_path) as source:
        answer = await source.ask(Question("default", "up"))
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.UNREACHABLE
    assert str(tmp_path / "token") in answer.message
    assert "geheim" not in answer.message
    assert server.asked == []


async def test_missing_credentials_are_named_rather_than_the_source(tmp_path: Path) -> None:
    with serving(GOOD) as server, source_at(server.url, credentials=tmp_path) as source:
        answer = await source.ask(Question("default", "up"))
    said = f"{tmp_path / 'username'} cannot be read: No such file or directory"
    assert answer == Failure(FailureKind.UNREACHABLE, said)


async def test_no_failure_shows_a_credential_even_if_the_answer_echoes_it(tmp_path: Path) -> None:
    def echo(handler: Handler) -> None:
        handler.answer(f"you sent {handler.headers['Authorization']}".encode(), 400)

    def hang_up(handler: Handler) -> None:
        handler.close_connection = True

    token, basic = tmp_path / "token", tmp_path / "basic"
    for folder in (token, basic):
        folder.mkdir()
    (token / "token").write_text("geheim-token")
    (basic / "username").write_text("tocsin")
    (basic / "password").write_text("geheim-wort")
    seen = []
    acts = (echo, hang_up, json_answer(error("bad_data", "geheim-token geheim-wort"), 400))
    with serving(GOOD) as server:
        for folder in (token, basic):
            with source_at(server.url, credentials=folder) as source, Closed() as closed:
                for act in acts:
                    server.act = act
                    seen.append(await source.ask(Question("default", "up")))
                with source_at(closed, credentials=folder) as absent:
                    seen.append(await absent.ask(Question("default", "up")))
    assert all(isinstance(answer, Failure) for answer in seen)
    by_token, by_password = str(seen[:4]), str(seen[4:])
    assert "geheim-token" not in by_token
    assert "geheim-wort" not in by_password
    assert b64encode(b"tocsin:geheim-wort").decode() not in by_password


async def test_a_hung_source_fills_only_its_own_pool_and_recovers() -> None:
    hold = threading.Event()

    def hang(handler: Handler) -> None:
        hold.wait(10)

    with (
        serving(hang) as hung,
        serving(GOOD) as fine,
        source_at(hung.url, concurrency=2, timeout=0.4) as source,
        source_at(fine.url, timeout=5.0) as other,
    ):
        start = time.monotonic()
        two = [asyncio.create_task(source.ask(Question("default", "up"))) for _ in range(2)]
        await hung.has_been_asked(2)
        third = asyncio.create_task(source.ask(Question("default", "up")))
        assert isinstance(await other.ask(Question("default", "up")), Samples)
        assert not any(task.done() for task in (*two, third))
        answers = [await task for task in (*two, third)]
        assert time.monotonic() - start < 2
        assert {getattr(answer, "kind", None) for answer in answers} == {FailureKind.TIMEOUT}
        assert len(hung.asked) <= 3
        hung.act = GOOD
        hold.set()
        async with asyncio.timeout(3):
            while not isinstance(await source.ask(Question("default", "up")), Samples):
                pass


async def test_the_third_of_two_at_once_says_that_the_others_are_still_open() -> None:
    def drip(handler: Handler) -> None:  # holds a thread beyond the time limit
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(99):
            handler.wfile.write(f"X-{number}: y\r\n".encode())
            handler.wait(0.05)

    with serving(drip) as server, source_at(server.url, concurrency=2, timeout=0.2) as source:
        answers = await asyncio.gather(*(source.ask(Question("default", "up")) for _ in range(3)))
        server.ending.set()
    assert [getattr(answer, "kind", None) for answer in answers] == [FailureKind.TIMEOUT] * 3
    assert sorted(str(getattr(answer, "message", "")) for answer in answers)[0] == (
        "all 2 queries at once to the source are still open"
    )


async def test_a_query_that_is_given_up_frees_its_place() -> None:
    with serving(GOOD) as server, source_at(server.url, concurrency=1) as source:
        hold = threading.Event()
        server.act = lambda handler: (hold.wait(5), GOOD(handler))[1]
        asking = asyncio.create_task(source.ask(Question("default", "up")))
        await server.has_been_asked(1)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        server.act = GOOD
        hold.set()
        assert isinstance(await source.ask(Question("default", "up")), Samples)


async def test_headers_of_the_settings_come_with_each_query_beside_the_credentials(
    tmp_path: Path,
) -> None:
    (tmp_path / "token").write_text("first")
    tenant = {"X-Scope-OrgID": "ml"}
    with (
        serving(GOOD) as server,
        source_at(server.url, credentials=tmp_path, headers=tenant) as source,
    ):
        for _ in range(2):
            await source.ask(Question("default", "up"))
    sent = [
        (asked.headers["X-Scope-OrgID"], asked.headers["Authorization"]) for asked in server.asked
    ]
    assert sent == [("ml", "Bearer first")] * 2
