"""Slow, large, broken and absent: a source costs its time limit and says what is wrong."""

import gzip
import socket
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from tests.adapters.loopback import (
    LIMIT,
    Closed,
    Handler,
    data,
    fail,
    json_answer,
    serving,
    source_at,
    values,
    vector,
)
from tocsin.adapters.prometheus.reading import SIZE_LIMIT
from tocsin.core.metrics import Question
from tocsin.core.samples import Failure, FailureKind, Samples

GOOD = orjson.dumps(data("vector", vector("1")))


def silent(handler: Handler) -> None:
    handler.wait(30)


def dripping_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(300):
        handler.wfile.write(f"X-{number}: y\r\n".encode())
        handler.wait(0.05)


def dripping_body(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(GOOD) + 1000))
    handler.end_headers()
    for _ in range(1000):
        handler.wfile.write(b" ")
        handler.wait(0.05)


def endless_redirects(handler: Handler) -> None:
    handler.wait(0.1)
    handler.answer(b"", 302, Location="/api/v1/query?query=up")


@pytest.mark.parametrize("act", [silent, dripping_headers, dripping_body, endless_redirects])
async def test_a_slow_source_costs_its_time_limit_and_not_more(
    act: Callable[[Handler], None],
) -> None:
    with serving(act) as server, source_at(server.url, timeout=LIMIT) as source:
        start = time.monotonic()
        answer = await source.ask(Question("default", "up"))
        took = time.monotonic() - start
    assert answer == Failure(FailureKind.TIMEOUT, "the source did not answer within 0.2 s")
    assert LIMIT * 0.9 < took < LIMIT + 2


@pytest.mark.parametrize("act", [silent, dripping_body, endless_redirects])
async def test_a_slow_answer_does_not_hold_its_place_beyond_the_time_limit(
    act: Callable[[Handler], None],
) -> None:
    def either(handler: Handler) -> None:
        handler.answer(GOOD) if "query=good" in handler.path else act(handler)

    with serving(either) as server, source_at(server.url, concurrency=1, timeout=1.0) as source:
        assert isinstance(await source.ask(Question("default", "up")), Failure)
        assert isinstance(await source.ask(Question("default", "good")), Samples)


async def test_a_refused_connection_says_so_in_words_that_do_not_change() -> None:
    with Closed() as url, source_at(url) as source:
        first, second = (
            await source.ask(Question("default", "up")),
            await source.ask(Question("default", "up")),
        )
    assert first == Failure(FailureKind.UNREACHABLE, f"{url} cannot be reached: Connection refused")
    assert second == first


async def test_an_unknown_host_says_so_in_words_that_do_not_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(*_: object, **__: object) -> None:  # a real resolver may take its time
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with source_at("http://nowhere.invalid:9090") as source:
        first, second = (
            await source.ask(Question("default", "up")),
            await source.ask(Question("default", "up")),
        )
    said = "http://nowhere.invalid:9090 cannot be reached: Name or service not known"
    assert first == Failure(FailureKind.UNREACHABLE, said)
    assert second == first


def hang_up(handler: Handler) -> None:
    handler.close_connection = True


def half_a_body(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(GOOD)))
    handler.end_headers()
    handler.wfile.write(GOOD[:20])
    handler.close_connection = True


def no_gzip(handler: Handler) -> None:
    handler.answer(b"this is not gzip", Content_Encoding="gzip")


def no_http(handler: Handler) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.9\r\n")
    handler.close_connection = True


def redirect_to_itself(handler: Handler) -> None:
    handler.answer(b"", 302, Location="/api/v1/query")


@pytest.mark.parametrize("act", [hang_up, half_a_body, no_gzip, no_http, redirect_to_itself])
async def test_a_broken_connection_is_a_failure_in_words_that_do_not_change(
    act: Callable[[Handler], None],
) -> None:
    with serving(act) as server, source_at(server.url) as source:
        first, second = (
            await source.ask(Question("default", "up")),
            await source.ask(Question("default", "up")),
        )
    assert isinstance(first, Failure)
    assert first.kind in (FailureKind.UNREACHABLE, FailureKind.NOT_AN_ANSWER)
    assert "0x" not in first.message
    assert second == first


async def test_what_is_compressed_is_read() -> None:
    packed = gzip.compress(GOOD)
    assert await values(lambda handler: handler.answer(packed, Content_Encoding="gzip")) == [1.0]


async def test_an_answer_of_the_largest_size_is_read_and_one_byte_more_is_not() -> None:
    limit = 100_000
    full = GOOD[:-1] + b" " * (limit - len(GOOD)) + b"}"
    assert await values(lambda handler: handler.answer(full), max_bytes=limit) == [1.0]
    failure = await fail(lambda handler: handler.answer(full + b" "), max_bytes=limit)
    assert failure.kind is FailureKind.TOO_LARGE
    assert failure.message.startswith("the answer is larger than 97.66 KiB: aggregate it")


async def test_ten_mebibytes_are_the_most_unless_it_is_said_otherwise() -> None:
    full = GOOD[:-1] + b" " * (SIZE_LIMIT - len(GOOD)) + b"}"
    assert await values(lambda handler: handler.answer(full), timeout=5.0) == [1.0]
    failure = await fail(lambda handler: handler.answer(full + b" "), timeout=5.0)
    assert failure.message == (
        "the answer is larger than 10 MiB: aggregate it, for example with "
        "`sum by (namespace, pod)`, or raise maxBytes of the source"
    )


def packed_blanks(mebibytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b" " * (1024 * 1024)
    return b"".join(packer.compress(block) for _ in range(mebibytes)) + packer.flush()


@pytest.mark.parametrize("times", [1, 2])
async def test_a_compressed_answer_is_measured_unpacked_and_not_unpacked_whole(times: int) -> None:
    bomb = packed_blanks(100)
    assert len(bomb) < 200_000
    assert struct.unpack("<I", bomb[-4:]) == (100 * 1024 * 1024,)
    bomb = bomb if times == 1 else gzip.compress(bomb)
    encoding = ", ".join(["gzip"] * times)
    tracemalloc.start()
    try:
        failure = await fail(
            lambda handler: handler.answer(bomb, Content_Encoding=encoding),
            timeout=5.0,
            max_bytes=100_000,
        )
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert failure.kind is FailureKind.TOO_LARGE
    assert peak < 5_000_000


async def test_a_redirect_is_followed_but_takes_no_credentials_to_another_server(
    tmp_path: Path,
) -> None:
    (tmp_path / "token").write_text("secret-token")
    with serving(json_answer(data("vector", vector("1")))) as there:
        target = f"{there.url}/api/v1/query"
        with (
            serving(lambda handler: handler.answer(b"", 302, Location=target)) as here,
            source_at(here.url, credentials=tmp_path) as source,
        ):
            answer = await source.ask(Question("default", "up"))
    assert isinstance(answer, Samples)
    assert "Authorization" in here.asked[0].headers
    assert "Authorization" not in there.asked[0].headers
