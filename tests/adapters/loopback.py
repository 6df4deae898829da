"""A Prometheus on loopback that answers whatever a test wants, however badly."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import orjson

from tocsin.adapters.prometheus import PrometheusSource
from tocsin.adapters.prometheus.lines import Connection
from tocsin.core.metrics import Question
from tocsin.core.samples import Answer, Failure, Samples

LIMIT: Final = 0.2
#: For answers whose time is not the point: a busy machine makes none of them late.
AMPLE: Final = 10.0


@dataclass
class Asked:
    """One request as it came."""

    path: str
    query: dict[str, str]
    headers: Mapping[str, str]


class Handler(BaseHTTPRequestHandler):
    """Answers by the server's `act`; what it writes after the client has gone is lost."""

    protocol_version = "HTTP/1.1"
    server: "Loopback"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.server.note(Asked(parts.path, query, dict(self.headers)))
        with contextlib.suppress(OSError):
            self.server.act(self)

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def answer(self, body: bytes, status: int = 200, **headers: str) -> None:
        """Answer whole."""
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def wait(self, seconds: float) -> None:
        """Wait, but not longer than the server lives."""
        if self.server.ending.wait(seconds):
            raise OSError("the server ends")


Act = Callable[[Handler], None]


class Loopback(ThreadingHTTPServer):
    """The server; `url` is its address, `act` may be changed at any time."""

    daemon_threads = True

    def __init__(self, act: Act) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.act = act
        self.asked: list[Asked] = []
        self._arrived = threading.Condition()
        self.ending = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def note(self, asked: Asked) -> None:
        """A request came."""
        with self._arrived:
            self.asked.append(asked)
            self._arrived.notify_all()

    async def has_been_asked(self, times: int) -> None:
        """Wait until so many requests have come, at most three seconds."""

        def wait() -> bool:
            with self._arrived:
                return self._arrived.wait_for(lambda: len(self.asked) >= times, 3)

        assert await asyncio.to_thread(wait), f"{len(self.asked)} requests came, not {times}"


@contextlib.contextmanager
def serving(act: Act) -> Iterator[Loopback]:
    """A server while this lasts."""
    server = Loopback(act)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.ending.set()
        server.shutdown()
        thread.join(5)
        server.server_close()


def json_answer(document: object, status: int = 200) -> Act:
    """Answers with `document`."""
    body = orjson.dumps(document)
    return lambda handler: handler.answer(body, status)


def data(kind: str, result: object, **rest: object) -> dict[str, Any]:
    """A successful answer."""
    return {"status": "success", "data": {"resultType": kind, "result": result}, **rest}


def error(kind: str, said: str) -> dict[str, Any]:
    """An error in Prometheus's own form."""
    return {"status": "error", "errorType": kind, "error": said}


def vector(*values: str) -> list[dict[str, Any]]:
    """As many series as there are values."""
    return [
        {"metric": {"pod": f"p{number}"}, "value": [1.5, value]}
        for number, value in enumerate(values)
    ]


@contextlib.contextmanager
def source_at(url: str, **options: Any) -> Iterator[PrometheusSource]:
    """A source with a short time limit, closed afterwards."""
    source = PrometheusSource("test", Connection(url, **{"timeout": AMPLE, **options}))
    try:
        yield source
    finally:
        source.close()


async def ask(act: Act, query: str = "up", **options: Any) -> Answer:
    """The answer of a source whose server acts so."""
    with serving(act) as server, source_at(server.url, **options) as source:
        async with asyncio.timeout(2 * AMPLE):
            return await source.ask(Question("default", query))


async def fail(act: Act, **options: Any) -> Failure:
    """As `ask`, where only a failure can come."""
    answer = await ask(act, **options)
    assert isinstance(answer, Failure)
    return answer


async def values(act: Act, **options: Any) -> list[float]:
    """As `ask`, where only samples can come."""
    answer = await ask(act, **options)
    assert isinstance(answer, Samples)
    return [sample.value for sample in answer.samples]


@dataclass
class Closed:
    """A port where nobody listens: taken, so that no other process gets it, but not listened to."""

    held: socket.socket = field(default_factory=socket.socket)

    def __enter__(self) -> str:
        self.held.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{self.held.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self.held.close()
