"""The model is what its training makes, and its input's drift is measured as PSI defines it."""

import math

import numpy as np
import pytest
from scorer.dataset import FEATURES, Dataset, generate, load_sample
from scorer.drift import MIN_SAMPLES, WINDOW, DriftWindow, psi
from scorer.model import CUT, BadRequestError, Model, parse_features
from scorer.train import SAMPLE_ROWS, SAMPLE_SEED, TRAIN_ROWS, TRAIN_SEED, train


def window(data: Dataset) -> DriftWindow:
    model = Model.load()
    drift = DriftWindow(model.bin_edges, model.bin_counts)
    for row in data.features.tolist():
        drift.add(row)
    return drift


def test_training_again_gives_the_committed_model() -> None:
    unseen = generate(SAMPLE_ROWS, SAMPLE_SEED)
    committed, again = Model.load(), train(generate(TRAIN_ROWS, TRAIN_SEED), unseen)
    np.testing.assert_allclose(
        again.predict(unseen.features), committed.predict(unseen.features), atol=1e-3
    )
    assert again.accuracy == pytest.approx(committed.accuracy, abs=0.002)
    assert again.bin_counts == committed.bin_counts


def test_the_committed_sample_gets_the_accuracy_of_the_training() -> None:
    model, sample = Model.load(), load_sample()
    assert len(sample.labels) == SAMPLE_ROWS
    right = (model.predict(sample.features) >= CUT) == sample.labels
    assert np.mean(right) == pytest.approx(model.accuracy, abs=0.002)
    # It beats the answer "never fraud", or its accuracy would tell nothing.
    assert model.accuracy > 1.0 - np.mean(sample.labels) + 0.1


def test_predictions_are_the_same_each_time() -> None:
    rows = load_sample().features
    assert np.array_equal(Model.load().predict(rows), Model.load().predict(rows))


@pytest.mark.parametrize(
    ("expected", "actual", "score"),
    [
        ([1000] * 10, [80, 90, 95, 100, 100, 100, 105, 105, 110, 115], 0.0092159694),
        ([400, 300, 200, 100], [200, 250, 300, 250], 0.3242892967),
        ([500, 300, 150, 50, 0], [450, 280, 150, 80, 40], 0.1959166467),
    ],
)
def test_psi_agrees_with_reference_values(
    expected: list[int], actual: list[int], score: float
) -> None:
    assert psi(expected, actual) == pytest.approx(score, abs=1e-9)


def test_drift_is_unknown_until_there_are_enough_payments() -> None:
    few = window(generate(MIN_SAMPLES - 1, seed=1))
    assert all(math.isnan(few.score(name)) for name in FEATURES)
    few.add(generate(1, seed=2).features[0].tolist())
    assert all(math.isfinite(few.score(name)) for name in FEATURES)


@pytest.mark.parametrize("rows", [MIN_SAMPLES, WINDOW])
def test_drift_is_small_for_input_like_the_training(rows: int) -> None:
    drift = window(generate(rows, seed=3))
    assert max(drift.score(name) for name in FEATURES) < 0.15


def test_drift_is_large_for_the_feature_that_shifted_and_only_for_it() -> None:
    data = generate(WINDOW, seed=4)
    data.features[:, FEATURES.index("amount")] *= 3
    drift = window(data)
    assert drift.score("amount") > 0.5
    assert max(drift.score(name) for name in FEATURES if name != "amount") < 0.1


def test_drift_forgets_what_is_older_than_its_window() -> None:
    shifted = generate(WINDOW, seed=5)
    shifted.features[:, FEATURES.index("amount")] *= 3
    drift = window(shifted)
    for row in generate(WINDOW, seed=6).features.tolist():
        drift.add(row)
    assert drift.score("amount") < 0.1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amount": "12"}, "features.amount: expected a finite number, not '12'"),
        ({"amount": math.nan}, "features.amount: expected a finite number, not nan"),
        ({"amount": True}, "features.amount: expected a finite number, not True"),
        ({"colour": 1}, "features: missing or unknown: colour"),
    ],
)
def test_a_wrong_payment_is_refused_by_name(
    payment: dict[str, float], change: dict[str, object], message: str
) -> None:
    with pytest.raises(BadRequestError, match=message):
        parse_features({**payment, **change})
