"""Ways to break the server on purpose: by environment variables, so by a rollout; or by HTTP.

FAULT=slow        each prediction takes FAULT_LATENCY longer (default 400ms)
FAULT=errors      a share of FAULT_ERROR_RATE (default 0.3) of the predictions fails with 500
FAULT=memory      takes memory until it is killed for it, or has FAULT_MEMORY (default 512Mi) more
FAULT=crash       ends with exit code 1: at the start, or a moment after it is switched on
FAULT=no-traffic  /healthz fails, so that a Service sends no requests any more

quality.py has more: drift, bias, unsure, labels, slow-features, idle-gpu.
"""

import math
import os
import re
import threading
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from threading import Lock
from typing import Final

from scorer.dataset import FEATURES
from scorer.health import Fault, Healthy
from scorer.quality import OF_QUALITY, Bias, Drift, IdleGpu, Labels, SlowFeatures, Unsure

MILLISECONDS = {"ms": 1, "s": 1000}
MEBIBYTES = {"Mi": 1, "Gi": 1024}
SETTINGS: Final = frozenset(
    ("FAULT", "FAULT_LATENCY", "FAULT_ERROR_RATE", "FAULT_MEMORY", *OF_QUALITY)
)

#: Half a GiB in six seconds: slow enough to be seen, and to be stopped.
PIECE_BYTES = 8 * 2**20
PIECE_SECONDS = 0.1
#: Long enough for the answer that switched the fault on to leave.
CRASH_SECONDS = 0.2
CRASH_CODE = 1


class FaultConfigError(ValueError):
    """A fault is asked for that there is not, or not with such a setting."""


class InjectedError(RuntimeError):
    """What a prediction fails with under FAULT=errors."""


class Slow(Healthy):
    """Delays each prediction."""

    def __init__(self, seconds: float) -> None:
        """Take the delay in seconds."""
        self.seconds = seconds

    def strike(self) -> None:
        """Block this request's thread; others go on."""
        time.sleep(self.seconds)


class Errors(Healthy):
    """Fails a share of the predictions, evenly spread: no chance, so a test can count them."""

    def __init__(self, rate: float) -> None:
        """Take the share, 0..1."""
        self.rate = rate
        self._due = 0.0
        self._lock = Lock()

    def strike(self) -> None:
        """Raise as soon as another whole failure is due."""
        with self._lock:
            self._due += self.rate
            # A tenth added ten times is a little less than one.
            failing = self._due >= 1.0 - 1e-9
            if failing:
                self._due -= 1.0
        if failing:
            raise InjectedError("failed on purpose: FAULT=errors")


class Memory(Healthy):
    """Takes memory piece by piece. Without a limit of the container it stops at its own."""

    def __init__(self, limit: int) -> None:
        """Take the most that is taken, in bytes."""
        self.limit = limit
        self.taken = 0
        self.full, self.given_back = threading.Event(), threading.Event()
        self._ended = threading.Event()

    def start(self) -> None:
        """Begin, in a thread of its own."""
        threading.Thread(target=self._take, daemon=True).start()

    def end(self) -> None:
        """Stop, and give back what was taken."""
        self._ended.set()

    def _take(self) -> None:
        pieces = []
        while self.taken < self.limit and not self._ended.wait(PIECE_SECONDS):
            size = min(PIECE_BYTES, self.limit - self.taken)
            pieces.append(b"x" * size)  # written, or the kernel would only promise it
            self.taken += size
        self.full.set()
        self._ended.wait()
        self.taken = 0
        pieces.clear()
        self.given_back.set()


class Crash(Healthy):
    """Ends the process."""

    def start(self) -> None:
        """End it in a moment."""
        threading.Timer(CRASH_SECONDS, os._exit, (CRASH_CODE,)).start()


class NoTraffic(Healthy):
    """Is not ready, so nobody asks it anything."""

    health = HTTPStatus.SERVICE_UNAVAILABLE


_FAULTS: Final[Mapping[str, Callable[[Mapping[str, str]], Fault]]] = {
    "": lambda _: Healthy(),
    "slow": lambda given: Slow(parse_duration(given)),
    "errors": lambda given: Errors(parse_share(given, "0.3")),
    "memory": lambda given: Memory(parse_size(given.get("FAULT_MEMORY", "512Mi"))),
    "crash": lambda _: Crash(),
    "no-traffic": lambda _: NoTraffic(),
    "drift": lambda given: Drift(parse_features(given), parse_number(given, "FAULT_FACTOR", "3")),
    "bias": lambda given: Bias(parse_number(given, "FAULT_BIAS", "4")),
    "unsure": lambda _: Unsure(),
    "labels": lambda given: Labels(parse_share(given, "0.4")),
    "slow-features": lambda given: SlowFeatures(parse_duration(given)),
    "idle-gpu": lambda _: IdleGpu(),
}


def from_settings(settings: Mapping[str, str]) -> Fault:
    """Make the fault that the environment, or a request, names; an unknown one is refused."""
    name = settings.get("FAULT", "")
    if name not in _FAULTS:
        known = ", ".join(filter(None, _FAULTS))
        raise FaultConfigError(f"FAULT={name}: unknown; known are: {known} (or leave it empty)")
    return _FAULTS[name](settings)


def parse_features(settings: Mapping[str, str]) -> list[str]:
    """Read `amount,hour` as names of features."""
    text = settings.get("FAULT_FEATURES", "amount")
    names = [name.strip() for name in text.split(",")]
    if unknown := sorted(set(names) - set(FEATURES)):
        known = ", ".join(FEATURES)
        raise FaultConfigError(f"FAULT_FEATURES={text}: {unknown[0]!r} is none of {known}")
    return names


def parse_number(settings: Mapping[str, str], name: str, usual: str) -> float:
    """Read a finite number."""
    text = settings.get(name, usual)
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise FaultConfigError(f"{name}={text}: expected a number")
    return number


def parse_duration(settings: Mapping[str, str]) -> float:
    """Read `400ms` or `2s` as seconds."""
    text = settings.get("FAULT_LATENCY", "400ms")
    match = re.fullmatch(r"(\d{1,6})(ms|s)", text)
    if match is None:
        raise FaultConfigError(f"FAULT_LATENCY={text}: expected for example 400ms or 2s")
    return int(match[1]) * MILLISECONDS[match[2]] / 1000


def parse_size(text: str) -> int:
    """Read `512Mi` or `2Gi` as bytes."""
    match = re.fullmatch(r"(\d{1,6})(Mi|Gi)", text)
    if match is None:
        raise FaultConfigError(f"FAULT_MEMORY={text}: expected for example 512Mi or 2Gi")
    return int(match[1]) * MEBIBYTES[match[2]] * 2**20


def parse_share(settings: Mapping[str, str], usual: str) -> float:
    """Read a share of 0 to 1."""
    text = settings.get("FAULT_ERROR_RATE", usual)
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise FaultConfigError(f"FAULT_ERROR_RATE={text}: expected a number from 0 to 1")
    return share
