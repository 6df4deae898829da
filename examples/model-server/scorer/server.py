"""The HTTP server: `python -m scorer.server`, with MODEL_VERSION, PORT and FAULT (see faults.py).

POST /predict  {"features": {"amount": 12.5, …}, "label": 0}  →  {"probability": 0.03, …}
The label, the truth as far as it is known, may be left out; it counts towards the accuracy.

POST /faults   {"FAULT": "slow", "FAULT_LATENCY": "2s"}  →  {"fault": "slow"}
Switches to another fault, named as in the environment; {} or {"FAULT": ""} to none.
"""

import json
import logging
import os
import signal
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from scorer.faults import CRASH_CODE, SETTINGS, Crash, FaultConfigError, from_settings
from scorer.model import BadRequestError, Model
from scorer.service import Scorer

MAX_BODY_BYTES = 65_536
IDLE_SECONDS = 30
log = logging.getLogger("scorer")


class Handler(BaseHTTPRequestHandler):
    """One connection. `bind` makes the class that a server needs, with its scorer."""

    scorer: ClassVar[Scorer]
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    wbufsize = 65_536  # headers and body in one packet: no 40 ms of waiting for an acknowledgement

    def do_GET(self) -> None:
        """Serve health and metrics."""
        if self.path == "/healthz":
            health = self.scorer.fault.health
            self._answer(health, {"status": health.phrase.lower(), "version": self.scorer.version})
        elif self.path == "/metrics":
            page = generate_latest(self.scorer.metrics.registry)
            self._send(HTTPStatus.OK, CONTENT_TYPE_LATEST, page)
        else:
            self._answer(HTTPStatus.NOT_FOUND, {"error": f"no such page: {self.path}"})

    def do_POST(self) -> None:
        """Serve predictions, and switch faults."""
        pages = {"/predict": self.scorer.predict, "/faults": self._switch}
        if self.path not in pages:
            self.close_connection = True  # its body was not read
            self._answer(HTTPStatus.NOT_FOUND, {"error": f"no such page: {self.path}"})
            return
        try:
            self._answer(HTTPStatus.OK, pages[self.path](self._document()))
        except (BadRequestError, FaultConfigError) as error:
            self._answer(HTTPStatus.BAD_REQUEST, {"error": str(error)})
        except Exception as error:  # noqa: BLE001  # whatever failed, the caller gets his 500
            log.warning("prediction failed: %s", error)
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": str(error)})

    def _switch(self, document: object) -> dict[str, object]:
        texts = isinstance(document, dict) and all(isinstance(v, str) for v in document.values())
        if not isinstance(document, dict) or not texts or not document.keys() <= SETTINGS:
            names = ", ".join(sorted(SETTINGS))
            raise BadRequestError(f'expected for example {{"FAULT": "slow"}}; texts of {names}')
        self.scorer.switch(from_settings(document))
        log.info("switched to fault: %s", document.get("FAULT") or "none")
        return {"fault": document.get("FAULT", "")}

    def _document(self) -> object:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            raise BadRequestError(f"expected a Content-Length of at most {MAX_BODY_BYTES}")
        try:
            return json.loads(self.rfile.read(int(length)))
        except ValueError as error:
            raise BadRequestError(f"not JSON: {error}") from error

    def _answer(self, status: HTTPStatus, document: dict[str, object]) -> None:
        self._send(status, "application/json", json.dumps(document).encode())

    def _send(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
        """Keep quiet: a line for each request would be all there is to read."""


class Server(ThreadingHTTPServer):
    """A thread for each connection; none of them holds up the end."""

    daemon_threads = True
    request_queue_size = 128


def make_server(scorer: Scorer, host: str, port: int) -> Server:
    """Open the port (0: any that is free) for this scorer."""
    return Server((host, port), type("BoundHandler", (Handler,), {"scorer": scorer}))


def main() -> None:
    """Serve until SIGTERM, then end at once."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    version = os.environ.get("MODEL_VERSION", "dev")
    try:
        fault = from_settings(os.environ)
    except FaultConfigError as error:
        sys.exit(str(error))
    if isinstance(fault, Crash):
        log.error("ends on purpose: FAULT=crash")
        sys.exit(CRASH_CODE)
    signals = {signal.SIGTERM, signal.SIGINT}
    # Before any thread starts, so that all of them leave the signals to sigwait.
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    gpu = os.environ.get("PLAYED_GPU") == "1"
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8080"))
    server = make_server(Scorer(Model.load(), version, fault, gpu=gpu), host, port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    log.info("model %s on port %d, fault: %s", version, port, type(fault).__name__.lower())
    log.info("ending: %s", signal.Signals(signal.sigwait(signals)).name)


if __name__ == "__main__":
    main()
