"""Faults of data and model: the server answers, and what it answers is worth less.

FAULT=drift          FAULT_FEATURES (default amount; names, comma between) arrive FAULT_FACTOR
                     (default 3) times as large, as from an upstream job that changed its unit
FAULT=bias           each prediction is more sure of fraud, by FAULT_BIAS (default 4) of log-odds
FAULT=unsure         each prediction is near a half, as of a model that was hardly trained
FAULT=labels         the truth of a share FAULT_ERROR_RATE (default 0.4) is the other one: the world
                     has changed, and the accuracy falls
FAULT=slow-features  each look into the feature store takes FAULT_LATENCY (default 400ms)
FAULT=idle-gpu       the GPU that PLAYED_GPU=1 plays does next to nothing
"""

import math
from collections.abc import Sequence
from threading import Lock

from scorer.dataset import FEATURES, Floats
from scorer.health import Healthy

#: Settings that only these faults have.
OF_QUALITY = ("FAULT_FEATURES", "FAULT_FACTOR", "FAULT_BIAS")
_UNSURE = 0.1
_IDLE = 0.03


class Drift(Healthy):
    """Multiplies features before the model sees them."""

    def __init__(self, features: Sequence[str], factor: float) -> None:
        """Take the features' names and the factor."""
        self._columns = [FEATURES.index(name) for name in features]
        self._factor = factor

    def input(self, row: Floats) -> Floats:
        """Change a copy."""
        changed = row.copy()
        changed[:, self._columns] *= self._factor
        return changed


class Bias(Healthy):
    """Moves every prediction in one direction."""

    def __init__(self, bias: float) -> None:
        """Take the bias in log-odds."""
        self._bias = bias

    def output(self, probability: float) -> float:
        """Add it."""
        return _sigmoid(_log_odds(probability) + self._bias)


class Unsure(Healthy):
    """Brings every prediction near a half."""

    def output(self, probability: float) -> float:
        """Take most of what the model knows away."""
        return _sigmoid(_log_odds(probability) * _UNSURE)


class Labels(Healthy):
    """Turns a share of the truth around, evenly spread."""

    def __init__(self, rate: float) -> None:
        """Take the share, 0..1."""
        self._rate = rate
        self._due = 0.0
        self._lock = Lock()

    def truth(self, label: int) -> int:
        """Give the other label as soon as another whole one is due."""
        with self._lock:
            self._due += self._rate
            other = self._due >= 1.0 - 1e-9
            if other:
                self._due -= 1.0
        return 1 - label if other else label


class SlowFeatures(Healthy):
    """Slows the feature store down."""

    def __init__(self, seconds: float) -> None:
        """Take how long a look takes."""
        self.lookup_seconds = seconds


class IdleGpu(Healthy):
    """Leaves the played GPU idle."""

    gpu_load = _IDLE


def _log_odds(probability: float) -> float:
    kept = min(max(probability, 1e-9), 1.0 - 1e-9)
    return math.log(kept / (1.0 - kept))


def _sigmoid(odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-odds))
