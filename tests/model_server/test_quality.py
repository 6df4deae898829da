"""Faults of data and model show in the metrics that rules look at, and in no others."""

import json
from collections.abc import Mapping

import pytest
from scorer.dataset import FEATURES, load_sample
from scorer.traffic import parse_hours

from tocsin.core.statistics.aligning import paired
from tocsin.core.statistics.psi import psi

from .conftest import Client, Serve

DATA = load_sample()
COUNT = 400


def drive(client: Client, count: int = COUNT, start: int = 0) -> None:
    """Send labelled payments of the sample."""
    for index in range(start, start + count):
        features = dict(zip(FEATURES, DATA.features[index].tolist(), strict=True))
        status, _ = client.predict({"features": features, "label": int(DATA.labels[index])})
        assert status == 200


def counts(metrics: Mapping[str, float], name: str) -> dict[str, float]:
    """The buckets of a histogram, each without those below, by their edge."""
    cumulative = {
        series.rpartition('le="')[2].removesuffix('"}'): value
        for series, value in metrics.items()
        if series.startswith(name)
    }
    found, before = {}, 0.0
    for edge in sorted(cumulative, key=float):
        found[edge] = cumulative[edge] - before
        before = cumulative[edge]
    return found


def drift(serve: Serve, name: str, **environment: str) -> float:
    """PSI of a histogram under a fault, against the same payments without one."""
    with serve() as healthy:
        drive(healthy)
        expected = counts(healthy.metrics(), name)
    with serve(**environment) as client:
        drive(client)
        return psi(paired(expected, counts(client.metrics(), name)))


def feature(name: str) -> str:
    """How a feature's buckets begin."""
    return f'ml_feature_value_bucket{{feature="{name}"}}'


def test_drifted_input_is_seen_in_its_feature_and_in_no_other(serve: Serve) -> None:
    assert drift(serve, feature("amount"), FAULT="drift") > 0.2
    assert drift(serve, feature("distance"), FAULT="drift") < 0.01
    both = {"FAULT": "drift", "FAULT_FEATURES": "distance,amount"}
    assert drift(serve, feature("distance"), **both) > 0.2


def test_a_bias_is_seen_in_the_predictions(serve: Serve) -> None:
    assert drift(serve, "ml_prediction_value_bucket", FAULT="bias") > 0.2
    assert drift(serve, feature("amount"), FAULT="bias") == pytest.approx(0.0)


def low_confidence(client: Client) -> float:
    """The share of predictions with a confidence of at most 0.7."""
    metrics = client.metrics()
    low = metrics['ml_prediction_confidence_bucket{le="0.7"}']
    return low / metrics["ml_prediction_confidence_count"]


def test_an_unsure_model_is_seen_in_its_confidence(serve: Serve) -> None:
    with serve() as client:
        drive(client)
        assert low_confidence(client) < 0.2
    with serve(FAULT="unsure") as client:
        drive(client)
        assert low_confidence(client) > 0.5


def test_a_changed_world_is_seen_in_the_accuracy(serve: Serve) -> None:
    with serve() as client:
        drive(client)
        before = client.metrics()["ml_model_accuracy"]
    with serve(FAULT="labels") as client:
        drive(client)
        metrics = client.metrics()
    assert metrics["ml_model_accuracy"] < 0.8 * before
    wrong = metrics['ml_labelled_predictions_total{correct="false"}']
    assert wrong / COUNT == pytest.approx(1 - metrics["ml_model_accuracy"])


def test_a_slow_feature_store_is_seen_in_its_latency(serve: Serve) -> None:
    with serve(FAULT="slow-features", FAULT_LATENCY="60ms") as client:
        drive(client, 5)
        metrics = client.metrics()
    assert metrics['feature_store_latency_seconds_bucket{le="0.05"}'] == 0
    assert metrics["feature_store_latency_seconds_count"] == 5


def test_a_played_gpu_says_that_it_is_played_and_can_be_idle(serve: Serve) -> None:
    series = '{gpu="0"}{played="true"}'
    with serve() as client:
        assert not any("DCGM" in name for name in client.metrics())
    with serve(PLAYED_GPU="1") as client:
        metrics = client.metrics()
        assert metrics[f"DCGM_FI_DEV_GPU_UTIL{series}"] == pytest.approx(60)
        client.request("POST", "/faults", json.dumps({"FAULT": "idle-gpu"}).encode())
        assert client.metrics()[f"DCGM_FI_PROF_GR_ENGINE_ACTIVE{series}"] == pytest.approx(0.03)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"FAULT": "drift", "FAULT_FEATURES": "amont"}, "'amont' is none of amount"),
        ({"FAULT": "drift", "FAULT_FACTOR": "much"}, "FAULT_FACTOR=much: expected a number"),
        ({"FAULT": "bias", "FAULT_BIAS": "nan"}, "FAULT_BIAS=nan: expected a number"),
    ],
)
def test_a_setting_that_is_none_is_refused(
    serve: Serve, settings: dict[str, str], said: str
) -> None:
    with serve() as client:
        status, body = client.request("POST", "/faults", json.dumps(settings).encode())
    assert status == 400
    assert said in body.decode()


def test_hours_of_the_day_may_go_over_midnight() -> None:
    assert parse_hours("") == frozenset(range(24))
    assert parse_hours("0-6") == frozenset(range(6))
    assert parse_hours("22-2") == frozenset((22, 23, 0, 1))
    for wrong in ("6", "0-25", "24-3", "night"):
        with pytest.raises(ValueError, match="expected for example 0-6"):
            parse_hours(wrong)
