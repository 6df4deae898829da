"""Models of which one more breaches every few seconds, each on a page of its own.

Standard library only, in one file, so that it runs in a pod from a ConfigMap.
"""

import argparse
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Handler(BaseHTTPRequestHandler):
    server: "Exporter"
    protocol_version = "HTTP/1.1"  # connections stay open

    def do_GET(self) -> None:
        """/models/NAME is the page of a model; /begin/NAME,NAME has these breach in turn."""
        _, what, names = self.path.split("/")
        if what == "begin":
            self.server.begin(names.split(","))
            self._answer("begun\n")
        else:
            value = int(self.server.breaches(names))
            self._answer(f'model_breach{{deployment="{names}"}} {value}\n')

    def _answer(self, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class Exporter(ThreadingHTTPServer):
    """Serves the pages; one more model breaches each `every` seconds, and goes on with it."""

    daemon_threads = True

    def __init__(self, host: str, port: int, every: float) -> None:
        super().__init__((host, port), _Handler)
        self._every = every
        self._from: dict[str, float] = {}

    def begin(self, names: list[str]) -> None:
        """Have these models breach, in this order."""
        now = time.monotonic()
        self._from = {name: now + (n + 1) * self._every for n, name in enumerate(names)}

    def breaches(self, name: str) -> bool:
        """Whether that model breaches now."""
        return name in self._from and time.monotonic() >= self._from[name]


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description="Models that breach one after the other.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--every", type=float, default=2.6, help="seconds between two breaches")
    args = parser.parse_args()
    Exporter(args.host, args.port, args.every).serve_forever()


if __name__ == "__main__":
    main()
