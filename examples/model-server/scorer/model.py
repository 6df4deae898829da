"""The model itself: a network of one hidden layer, with what it was trained on."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import numpy as np

from scorer.dataset import FEATURES, Floats

MODEL_FILE = Path(__file__).with_name("model.json")
SKEWED = [FEATURES.index("amount"), FEATURES.index("distance")]
#: From this probability on a payment counts as fraud.
CUT = 0.5


class BadRequestError(ValueError):
    """The caller's mistake: what was sent is not a payment."""


@dataclass(frozen=True, slots=True)
class Model:
    """Weights, and the training data's distribution in bins for the drift score."""

    mean: list[float]
    scale: list[float]
    hidden: list[list[float]]
    hidden_bias: list[float]
    output: list[float]
    output_bias: float
    #: Accuracy on payments that the training never saw, 0..1.
    accuracy: float
    #: For each feature the inner edges of its bins, and the training rows in each bin.
    bin_edges: list[list[float]]
    bin_counts: list[list[int]]

    def predict(self, rows: Floats) -> Floats:
        """Give each row's probability of fraud, 0..1."""
        inputs = standardise(rows, np.array(self.mean), np.array(self.scale))
        hidden = np.tanh(inputs @ np.array(self.hidden) + np.array(self.hidden_bias))
        return sigmoid(hidden @ np.array(self.output) + self.output_bias)

    @classmethod
    def load(cls, path: Path = MODEL_FILE) -> Self:
        """Read a model that `save` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def save(self, path: Path = MODEL_FILE) -> None:
        """Write the model as text that a person can read and compare."""
        lines = (f' "{name}": {json.dumps(value)}' for name, value in asdict(self).items())
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def standardise(rows: Floats, mean: Floats, scale: Floats) -> Floats:
    """Bring features to mean 0 and deviation 1, the skewed ones by their logarithm."""
    return (unskew(rows) - mean) / scale


def unskew(rows: Floats) -> Floats:
    """Replace money and kilometres by their logarithms."""
    result = rows.copy()
    result[:, SKEWED] = np.log1p(np.maximum(result[:, SKEWED], 0.0))
    return result


def sigmoid(values: Floats) -> Floats:
    """Turn log-odds into probabilities without an overflow at the far ends."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)), dtype=np.float64)


def parse_features(document: object) -> Floats:
    """Read `{"amount": 12.5, …}` as one row, or say what is wrong with it."""
    if not isinstance(document, Mapping):
        raise BadRequestError("features: expected an object of " + ", ".join(FEATURES))
    wrong = sorted(set(FEATURES) ^ set(document))
    if wrong:
        raise BadRequestError(f"features: missing or unknown: {', '.join(map(str, wrong))}")
    for name in FEATURES:
        value = document[name]
        # A bool is an int to Python, and json reads NaN and Infinity.
        if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
            raise BadRequestError(f"features.{name}: expected a finite number, not {value!r}")
    return np.array([[float(document[name]) for name in FEATURES]])
