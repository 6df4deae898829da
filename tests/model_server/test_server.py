"""The running server: answers, metrics under their names, and faults that are real."""

import math

import pytest
from scorer.dataset import FEATURES, load_sample
from scorer.faults import FaultConfigError, from_settings
from scorer.metrics import LATENCY_BUCKETS

from .conftest import Serve

OK = 'ml_predictions_total{status="ok"}'
ERROR = 'ml_predictions_total{status="error"}'
LATENCY = "ml_prediction_latency_seconds"


def test_all_metrics_are_there_before_the_first_request(serve: Serve) -> None:
    with serve() as client:
        metrics = client.metrics()
        assert client.request("GET", "/healthz")[0] == 200
    assert metrics[OK] == metrics[ERROR] == metrics[f"{LATENCY}_count"] == 0
    assert metrics['ml_model_info{version="v17"}'] == 1
    assert math.isnan(metrics["ml_model_accuracy"])
    assert all(math.isnan(metrics[f'ml_drift_score{{feature="{f}"}}']) for f in FEATURES)
    # A bucket boundary is what a quantile is read from: these lie on the usual limits.
    assert {0.01, 0.05, 0.1, 0.2, 0.5, 1.0} <= set(LATENCY_BUCKETS)
    assert all(f'{LATENCY}_bucket{{le="{edge}"}}' in metrics for edge in LATENCY_BUCKETS)
    assert not [name for name in metrics if name.endswith("_created")]


def test_traffic_with_labels_gives_accuracy_and_drift(serve: Serve) -> None:
    sample = load_sample()
    with serve() as client:
        for row, label in zip(sample.features[:200], sample.labels[:200], strict=True):
            features = dict(zip(FEATURES, row.tolist(), strict=True))
            status, answer = client.predict({"features": features, "label": int(label)})
            assert status == 200
            assert set(answer) == {"probability", "fraud", "version"}
        metrics = client.metrics()
    assert (metrics[OK], metrics[ERROR]) == (200, 0)
    assert metrics["ml_model_accuracy"] == pytest.approx(0.95, abs=0.05)
    assert max(metrics[f'ml_drift_score{{feature="{f}"}}'] for f in FEATURES) < 0.2


def test_the_slow_fault_shows_in_the_histogram(serve: Serve, payment: dict[str, float]) -> None:
    with serve(FAULT="slow", FAULT_LATENCY="120ms") as client:
        assert client.predict({"features": payment})[0] == 200
        metrics = client.metrics()
    assert metrics[f"{LATENCY}_count"] == 1
    assert metrics[f"{LATENCY}_sum"] >= 0.12
    assert metrics[f'{LATENCY}_bucket{{le="0.1"}}'] == 0


def test_the_errors_fault_fails_its_share(serve: Serve, payment: dict[str, float]) -> None:
    with serve(FAULT="errors") as client:
        statuses = [client.predict({"features": payment})[0] for _ in range(20)]
        metrics = client.metrics()
    assert (statuses.count(500), statuses.count(200)) == (6, 14)
    assert (metrics[ERROR], metrics[OK]) == (6, 14)
    assert metrics[f"{LATENCY}_count"] == 20


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"FAULT": "slwo"}, "FAULT=slwo: unknown; known are: slow, errors"),
        ({"FAULT": "slow", "FAULT_LATENCY": "fast"}, "FAULT_LATENCY=fast: expected"),
        ({"FAULT": "errors", "FAULT_ERROR_RATE": "30"}, "FAULT_ERROR_RATE=30: expected"),
        ({"FAULT": "memory", "FAULT_MEMORY": "lots"}, "FAULT_MEMORY=lots: expected"),
    ],
)
def test_an_unknown_fault_is_refused(environment: dict[str, str], message: str) -> None:
    with pytest.raises(FaultConfigError, match=message):
        from_settings(environment)


def test_a_bad_request_is_no_error_of_the_model(serve: Serve, payment: dict[str, float]) -> None:
    with serve() as client:
        assert client.request("POST", "/predict", b"{")[0] == 400
        assert client.predict([])[0] == 400
        assert client.predict({"features": {}})[0] == 400
        assert client.predict({"features": payment, "label": 2})[0] == 400
        assert client.request("GET", "/nowhere")[0] == 404
        assert client.request("POST", "/nowhere", b"{}")[0] == 404
        metrics = client.metrics()
    assert metrics[OK] == metrics[ERROR] == 0
