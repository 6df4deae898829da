"""Ways to break the server on purpose, chosen by environment variables, so by a rollout.

FAULT=slow    each prediction takes FAULT_LATENCY longer (default 400ms)
FAULT=errors  a share of FAULT_ERROR_RATE (default 0.3) of the predictions fails with 500
"""

import re
import time
from collections.abc import Mapping
from threading import Lock
from typing import Protocol

MILLISECONDS = {"ms": 1, "s": 1000}


class FaultConfigError(ValueError):
    """The environment asks for a fault that there is not."""


class InjectedError(RuntimeError):
    """What a prediction fails with under FAULT=errors."""


class Fault(Protocol):
    """Called within each prediction, before the model is asked."""

    def strike(self) -> None:
        """Delay the prediction, or raise to fail it."""


class Healthy:
    """No fault."""

    def strike(self) -> None:
        """Do nothing."""


class Slow:
    """Delays each prediction."""

    def __init__(self, seconds: float) -> None:
        """Take the delay in seconds."""
        self.seconds = seconds

    def strike(self) -> None:
        """Block this request's thread; others go on."""
        time.sleep(self.seconds)


class Errors:
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


def from_environment(environment: Mapping[str, str]) -> Fault:
    """Make the fault that the environment names; an unknown one is refused."""
    name = environment.get("FAULT", "")
    match name:
        case "":
            return Healthy()
        case "slow":
            return Slow(parse_duration(environment.get("FAULT_LATENCY", "400ms")))
        case "errors":
            return Errors(parse_share(environment.get("FAULT_ERROR_RATE", "0.3")))
    raise FaultConfigError(f"FAULT={name}: unknown; known are: slow, errors (or leave it empty)")


def parse_duration(text: str) -> float:
    """Read `400ms` or `2s` as seconds."""
    match = re.fullmatch(r"(\d{1,6})(ms|s)", text)
    if match is None:
        raise FaultConfigError(f"FAULT_LATENCY={text}: expected for example 400ms or 2s")
    return int(match[1]) * MILLISECONDS[match[2]] / 1000


def parse_share(text: str) -> float:
    """Read a share of 0 to 1."""
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise FaultConfigError(f"FAULT_ERROR_RATE={text}: expected a number from 0 to 1")
    return share
