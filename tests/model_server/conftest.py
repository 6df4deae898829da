"""The example model server as a module to import, and running on a free port."""

import http.client
import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "model-server"))

from typing import TYPE_CHECKING

from scorer.dataset import FEATURES, load_sample
from scorer.faults import from_settings
from scorer.model import Model
from scorer.server import make_server
from scorer.service import Scorer

if TYPE_CHECKING:
    from scorer.health import Fault


@dataclass(frozen=True, slots=True)
class Client:
    """Asks a running server as traffic and Prometheus do."""

    port: int

    def request(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Give the status and the body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def predict(self, document: object) -> tuple[int, dict[str, object]]:
        """Ask for a prediction."""
        status, body = self.request("POST", "/predict", json.dumps(document).encode())
        return status, json.loads(body)

    def metrics(self) -> dict[str, float]:
        """Scrape: each series as `name{label="value"}`, with its value."""
        page = self.request("GET", "/metrics")[1].decode()
        return {
            sample.name + "".join(f'{{{k}="{v}"}}' for k, v in sample.labels.items()): sample.value
            for family in text_string_to_metric_families(page)
            for sample in family.samples
        }


Serve = Callable[..., AbstractContextManager[Client]]


@contextmanager
def _serve(**environment: str) -> Iterator[Client]:
    fault: Fault = from_settings(environment)
    scorer = Scorer(Model.load(), "v17", fault, gpu=environment.get("PLAYED_GPU") == "1")
    server = make_server(scorer, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Client(server.server_port)
    finally:
        scorer.fault.end()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def serve() -> Serve:
    """Run a server with this environment, for as long as the block lasts."""
    return _serve


@pytest.fixture
def payment() -> dict[str, float]:
    """The sample's first payment, by feature."""
    return dict(zip(FEATURES, load_sample().features[0].tolist(), strict=True))
