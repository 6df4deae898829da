"""Train the model: `python -m scorer.train` writes model.json and data.npz, always the same."""

import logging
from dataclasses import replace

import numpy as np

from scorer.dataset import Dataset, Floats, generate, save_sample
from scorer.drift import bin_edges, count_bins
from scorer.model import CUT, Model, sigmoid, standardise, unskew

TRAIN_ROWS, TRAIN_SEED = 8000, 17
SAMPLE_ROWS, SAMPLE_SEED = 1000, 18
HIDDEN_UNITS, STEPS, RATE = 8, 300, 0.05


def train(data: Dataset, unseen: Dataset) -> Model:
    """Fit the network to `data`, and measure its accuracy on `unseen`."""
    mean, scale = unskew(data.features).mean(axis=0), unskew(data.features).std(axis=0)
    weights = fit(standardise(data.features, mean, scale), data.labels)
    edges = [bin_edges(column) for column in data.features.T]
    counts = [count_bins(column, e) for column, e in zip(data.features.T, edges, strict=True)]
    model = Model(
        mean=rounded(mean),
        scale=rounded(scale),
        hidden=[rounded(row) for row in weights[0]],
        hidden_bias=rounded(weights[1]),
        output=rounded(weights[2]),
        output_bias=rounded(weights[3])[0],
        accuracy=0.0,
        bin_edges=edges,
        bin_counts=counts,
    )
    accuracy = float(np.mean((model.predict(unseen.features) >= CUT) == unseen.labels))
    return replace(model, accuracy=accuracy)


def fit(inputs: Floats, labels: Floats) -> list[Floats]:
    """Minimise the log-loss by Adam over all rows at once: small, and the same on each run."""
    rng = np.random.default_rng(TRAIN_SEED)
    weights = [
        rng.normal(0.0, 0.5, (inputs.shape[1], HIDDEN_UNITS)),
        np.zeros(HIDDEN_UNITS),
        rng.normal(0.0, 0.5, HIDDEN_UNITS),
        np.zeros(1),
    ]
    first = [np.zeros_like(w) for w in weights]
    second = [np.zeros_like(w) for w in weights]
    for step in range(1, STEPS + 1):
        for i, gradient in enumerate(gradients(weights, inputs, labels)):
            first[i] = 0.9 * first[i] + 0.1 * gradient
            second[i] = 0.999 * second[i] + 0.001 * gradient**2
            mean, spread = first[i] / (1 - 0.9**step), second[i] / (1 - 0.999**step)
            weights[i] = weights[i] - RATE * mean / (np.sqrt(spread) + 1e-8)
    return weights


def gradients(weights: list[Floats], inputs: Floats, labels: Floats) -> list[Floats]:
    """Give the mean log-loss's gradient for each of the weights, in their order."""
    hidden = np.tanh(inputs @ weights[0] + weights[1])
    error = (sigmoid(hidden @ weights[2] + weights[3]) - labels) / len(labels)
    back = np.outer(error, weights[2]) * (1.0 - hidden**2)
    return [inputs.T @ back, back.sum(axis=0), hidden.T @ error, error.sum(keepdims=True)]


def rounded(values: Floats) -> list[float]:
    """Keep six digits: below them, processors differ."""
    return [round(float(value), 6) for value in values]


def main() -> None:
    """Write both files beside this module."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    unseen = generate(SAMPLE_ROWS, SAMPLE_SEED)
    model = train(generate(TRAIN_ROWS, TRAIN_SEED), unseen)
    model.save()
    save_sample(unseen)
    logging.getLogger("scorer").info("accuracy on unseen payments: %.3f", model.accuracy)


if __name__ == "__main__":
    main()
