"""Steady traffic for the model: `python -m scorer.traffic`, with TARGET and RATE.

TARGET         the server's address (default http://127.0.0.1:8080)
RATE           requests a second (default 20; 0 is no traffic at all)
AMOUNT_FACTOR  multiplies the amounts (default 1): 3 is input that the model never saw, drift
HOURS          of the day (UTC) in which requests are sent, as 0-6 for a nightly batch; default all
"""

import http.client
import json
import logging
import math
import os
import re
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scorer.dataset import FEATURES, Dataset, load_sample

REPORT_SECONDS = 30.0
TIMEOUT_SECONDS = 5.0
MAX_WORKERS = 64
log = logging.getLogger("traffic")


@dataclass(slots=True)
class Tally:
    """Counts answers by their status ("200", "500", "unreachable"); safe between threads."""

    _counts: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, outcome: str) -> None:
        """Count one."""
        with self._lock:
            self._counts[outcome] += 1

    def take(self) -> dict[str, int]:
        """Give the counts since the last time."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        return dict(sorted(counts.items()))


def payloads(data: Dataset, amount_factor: float) -> list[bytes]:
    """Make the requests' bodies once, each payment with its label."""
    bodies = []
    for row, label in zip(data.features, data.labels, strict=True):
        features = dict(zip(FEATURES, row.tolist(), strict=True))
        features["amount"] *= amount_factor
        bodies.append(json.dumps({"features": features, "label": int(label)}).encode())
    return bodies


def send(target: str, body: bytes) -> str:
    """Send one request on a connection of its own, so that a Service spreads them."""
    parts = urlsplit(target)
    connection = http.client.HTTPConnection(
        parts.hostname or "", parts.port or 80, timeout=TIMEOUT_SECONDS
    )
    try:
        headers = {"Content-Type": "application/json", "Connection": "close"}
        connection.request("POST", "/predict", body, headers)
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        return "unreachable"
    else:
        return str(response.status)
    finally:
        connection.close()


def parse_hours(text: str) -> frozenset[int]:
    """Read `0-6` as the hours from 0:00 to 6:00, `22-2` over midnight; empty: all."""
    if not text:
        return frozenset(range(24))
    match = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text)
    if match is None or not (int(match[1]) < 24 and int(match[2]) <= 24):
        raise ValueError(f"HOURS={text}: expected for example 0-6")
    first, last = int(match[1]), int(match[2])
    return frozenset(hour % 24 for hour in range(first, last if first < last else last + 24))


@dataclass(frozen=True, slots=True)
class Plan:
    """Who sends which request when: worker w of n sends requests w, w+n, w+2n, …

    Nothing is sent outside of `hours` of the day, UTC.
    """

    target: str
    bodies: list[bytes]
    rate: float
    workers: int
    hours: frozenset[int] = frozenset(range(24))


def work(plan: Plan, worker: int, tally: Tally, stop: threading.Event) -> None:
    """Send this worker's share; after a slow answer go on from now, without catching up."""
    period = plan.workers / plan.rate
    due = time.monotonic() + worker / plan.rate
    turn = worker
    while not stop.wait(max(0.0, due - time.monotonic())):
        if time.gmtime().tm_hour in plan.hours:
            tally.add(send(plan.target, plan.bodies[turn % len(plan.bodies)]))
        turn += plan.workers
        due = max(due + period, time.monotonic())


def main() -> None:
    """Send until SIGTERM, then end at once."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    rate = float(os.environ.get("RATE", "20"))
    if not rate >= 0:
        sys.exit(f"RATE={rate:g}: expected 0 or more")
    try:
        hours = parse_hours(os.environ.get("HOURS", ""))
    except ValueError as error:
        sys.exit(str(error))
    bodies = payloads(load_sample(), float(os.environ.get("AMOUNT_FACTOR", "1")))
    # One a second each: an answer may take that long before the rate suffers.
    workers = min(MAX_WORKERS, max(4, math.ceil(rate))) if rate else 0
    target = os.environ.get("TARGET", "http://127.0.0.1:8080")
    plan = Plan(target, bodies, rate, workers, hours)
    tally, stop = Tally(), threading.Event()
    for worker in range(workers):
        threading.Thread(target=work, args=(plan, worker, tally, stop), daemon=True).start()
    log.info("%g requests a second to %s", rate, plan.target)
    while signal.sigtimedwait(signals, REPORT_SECONDS) is None:
        log.info("answers of the last %g s by status: %s", REPORT_SECONDS, tally.take())


if __name__ == "__main__":
    main()
