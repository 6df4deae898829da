"""Card payments made up with a fixed seed: what the model is trained on and asked about."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: In the order of the columns. Units: money, hour of the day, kilometres from home, 0..1, a count.
FEATURES = ("amount", "hour", "distance", "merchant_risk", "purchases")
SAMPLE_FILE = Path(__file__).with_name("data.npz")


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows of features, and whether each was fraud (0 or 1)."""

    features: Floats
    labels: Floats


def generate(rows: int, seed: int) -> Dataset:
    """Make `rows` payments; a quarter or so is fraud, as many as one can still learn from."""
    rng = np.random.default_rng(seed)
    amount = rng.lognormal(3.5, 1.0, rows)
    hour = rng.integers(0, 24, rows).astype(np.float64)
    distance = rng.lognormal(2.0, 1.2, rows)
    merchant_risk = rng.beta(2.0, 5.0, rows)
    purchases = rng.poisson(3.0, rows).astype(np.float64)
    # Far and dear together are worse than either: a straight line cannot learn that.
    logit = 4.0 * (
        0.8 * (np.log1p(amount) - 3.5)
        + 0.5 * (np.log1p(distance) - 2.0)
        + 0.6 * (np.log1p(amount) - 3.5) * (np.log1p(distance) - 2.0)
        + 3.0 * (merchant_risk - 0.3)
        + 0.15 * (purchases - 3.0)
        + 0.5 * (hour < 6)
        - 1.2
    )
    labels = (rng.random(rows) < 1.0 / (1.0 + np.exp(-logit))).astype(np.float64)
    features = np.column_stack((amount, hour, distance, merchant_risk, purchases))
    return Dataset(features, labels)


def load_sample() -> Dataset:
    """Read the labelled payments that the traffic generator draws from."""
    with np.load(SAMPLE_FILE) as stored:
        return Dataset(stored["features"].astype(np.float64), stored["labels"].astype(np.float64))


def save_sample(data: Dataset, path: Path = SAMPLE_FILE) -> None:
    """Write payments in half the room: seven digits are plenty here."""
    np.savez_compressed(
        path, features=data.features.astype(np.float32), labels=data.labels.astype(np.uint8)
    )
