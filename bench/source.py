"""A Prometheus of this machine, with the fleet of models that it scrapes."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError
from bench.programs import Program, fetch, free_port, python, running, total
from e2e.cluster import programs

SERIES = 19  # of one model


@dataclass(frozen=True)
class Fleet:
    """So many models, scraped every so many seconds."""

    models: int
    scrape: int


class Prometheus:
    """A Prometheus under measurement; its own rule engine runs while it has a rule file."""

    def __init__(
        self, program: Program, folder: Path, url: str, exporter: str, fleet: Fleet
    ) -> None:
        self.program = program
        self.url = url
        self._folder = folder
        self._exporter = exporter
        self._fleet = fleet

    def breach(self, models: int, window: int) -> None:
        """Let so many models breach, and wait until `window` seconds hold nothing from before."""
        fetch(f"{self._exporter}/breaching/{models}")
        time.sleep(window + 2 * self._fleet.scrape)

    def use_rules(self, file: Path | None) -> None:
        """Evaluate the rules in this file, or none."""
        _configure(self._folder, self._exporter, self._fleet, file)
        fetch(f"{self.url}/-/reload", post=True)

    def metrics(self) -> str:
        """Its own metrics page."""
        return fetch(f"{self.url}/metrics")

    def answered_bytes(self) -> float:
        """Bytes that it has answered queries with, as they were sent."""
        name = "prometheus_http_response_size_bytes_sum"
        return total(self.metrics(), name, 'handler="/api/v1/query"')


@contextmanager
def prometheus(folder: Path, fleet: Fleet) -> Iterator[Prometheus]:
    """A Prometheus that scrapes an exporter of these models, and has scraped it once."""
    built = programs.build(["prometheus"])["prometheus"]
    port, exporter = free_port(), f"http://127.0.0.1:{free_port()}"
    _configure(folder, exporter, fleet, None)
    words: list[str | Path] = [
        built / "prometheus", f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address=127.0.0.1:{port}",
        "--web.enable-lifecycle", "--log.level=warn",
    ]  # fmt: skip
    serve = python(
        "bench.exporter", "--port", exporter.rpartition(":")[2], "--models", str(fleet.models)
    )
    with (
        running(serve, folder / "exporter.log"),
        running(words, folder / "prometheus.log") as program,
    ):
        source = Prometheus(program, folder, f"http://127.0.0.1:{port}", exporter, fleet)
        _wait_for_series(source, fleet)
        yield source


def _configure(folder: Path, exporter: str, fleet: Fleet, rules: Path | None) -> None:
    target = exporter.removeprefix("http://")
    scrape = {"job_name": "models", "honor_labels": True, "static_configs": [{"targets": [target]}]}
    config = {
        "global": {
            "scrape_interval": f"{fleet.scrape}s",
            "scrape_timeout": f"{fleet.scrape}s",
        },
        "scrape_configs": [scrape],
        "rule_files": [str(rules)] if rules else [],
    }
    (folder / "prometheus.yml").write_text(json.dumps(config))


def _wait_for_series(source: Prometheus, fleet: Fleet) -> None:
    deadline = time.monotonic() + 60
    wanted = fleet.models * SERIES
    while time.monotonic() < deadline:
        try:
            if total(source.metrics(), "prometheus_tsdb_head_series") >= wanted:
                return
        except OSError:
            pass  # it starts
        time.sleep(0.5)
    raise BenchError(f"Prometheus did not scrape {wanted} series within 60 s")
