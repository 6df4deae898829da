"""A metrics page of many models: 19 series for each, of which the first few models breach.

Standard library only, in one file, so that it also runs in a pod from a ConfigMap.
"""

import argparse
import math
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAMESPACE = "fraud"
_BUCKETS = ("0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "+Inf")
#: Which share of predictions takes at most so long, as good and as breaching models have it.
_GOOD = (0.1, 0.3, 0.6, 0.9, 0.995, 0.999, 1.0, 1.0)
_BAD = (0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.9, 1.0)
_GPU_BYTES = 16e9


def page(models: int, breaching: int, seconds: float) -> str:
    """The page `seconds` after the start: counters grow, gauges swing by a twentieth."""
    lines = (
        line
        for number in range(models)
        for line in _lines(number, seconds, breaches=number < breaching)
    )
    return "\n".join(lines) + "\n"


def _lines(number: int, seconds: float, *, breaches: bool) -> Iterator[str]:
    name = f"model-{number}"
    labels = f'namespace="{NAMESPACE}",pod="{name}-0",model="{name}"'
    swing = 1 + 0.05 * math.sin(seconds / 7 + number)
    total = seconds * (2 if breaches else 10 + number % 7)
    failed = total * (0.05 if breaches else 0.001)
    yield f'ml_predictions_total{{{labels},status="success"}} {total - failed}'
    yield f'ml_predictions_total{{{labels},status="error"}} {failed}'
    for bound, share in zip(_BUCKETS, _BAD if breaches else _GOOD, strict=True):
        yield f'ml_prediction_latency_seconds_bucket{{{labels},le="{bound}"}} {total * share}'
    yield f"ml_prediction_latency_seconds_sum{{{labels}}} {total * (0.2 if breaches else 0.03)}"
    yield f"ml_prediction_latency_seconds_count{{{labels}}} {total}"
    yield f"ml_model_accuracy{{{labels}}} {(0.7 if breaches else 0.92) * swing}"
    yield f"ml_drift_score{{{labels}}} {(0.4 if breaches else 0.05) * swing}"
    yield f"ml_low_confidence_ratio{{{labels}}} {(0.4 if breaches else 0.05) * swing}"
    used = _GPU_BYTES * (0.99 if breaches else 0.6 * swing)
    yield f"nvidia_gpu_memory_used_bytes{{{labels}}} {used}"
    yield f"nvidia_gpu_memory_total_bytes{{{labels}}} {_GPU_BYTES}"
    yield f"ml_feature_null_ratio{{{labels}}} {(0.2 if breaches else 0.01) * swing}"
    yield f"ml_queue_length{{{labels}}} {(200 if breaches else 20) * swing}"


class _Handler(BaseHTTPRequestHandler):
    server: "Exporter"

    def do_GET(self) -> None:
        """Answer every path with the page; /breaching/N sets how many models breach."""
        head, _, number = self.path.rpartition("/")
        if head == "/breaching":
            self.server.breaching = int(number)
        body = page(self.server.models, self.server.breaching, self.server.seconds()).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class Exporter(ThreadingHTTPServer):
    """Serves the page of `models` models; `port` 0 takes a free one."""

    daemon_threads = True

    def __init__(self, host: str, port: int, models: int) -> None:
        super().__init__((host, port), _Handler)
        self.models = models
        self.breaching = 0
        self._started = time.monotonic()

    def seconds(self) -> float:
        """How long it has been serving."""
        return time.monotonic() - self._started


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description="A metrics page of many models.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--models", type=int, default=100)
    args = parser.parse_args()
    Exporter(args.host, args.port, args.models).serve_forever()


if __name__ == "__main__":
    main()
