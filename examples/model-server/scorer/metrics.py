"""What the server tells Prometheus. Namespace, pod and job are added by the scrape, not here."""

import math
from collections import deque
from functools import partial
from threading import Lock

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    disable_created_metrics,
)

from scorer.dataset import FEATURES
from scorer.drift import DriftWindow

#: Seconds. Fine from 10 ms to 1 s, where the limits of alerts lie: a quantile is no finer.
LATENCY_BUCKETS = (
    *(0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.125, 0.15, 0.175, 0.2),
    *(0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.8, 1.0, 2.5, 5.0),
)
LABELLED_WINDOW = 500
#: Below so many labelled payments an accuracy says little.
MIN_LABELLED = 50


class AccuracyWindow:
    """The share of right answers among the last labelled payments; safe between threads."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._hits: deque[bool] = deque(maxlen=LABELLED_WINDOW)
        self._lock = Lock()

    def add(self, *, right: bool) -> None:
        """Count one prediction whose truth is known."""
        with self._lock:
            self._hits.append(right)

    def value(self) -> float:
        """Give the accuracy, 0..1, or NaN while too few are labelled."""
        with self._lock:
            if len(self._hits) < MIN_LABELLED:
                return math.nan
            return sum(self._hits) / len(self._hits)


class Metrics:
    """All metrics of one server in a registry of its own."""

    def __init__(self, version: str, accuracy: AccuracyWindow, drift: DriftWindow) -> None:
        """Register the metrics; accuracy and drift are asked at each scrape."""
        disable_created_metrics()  # type: ignore[no-untyped-call] # the library left it out
        self.registry = CollectorRegistry()
        self.predictions = Counter(
            "ml_predictions", "Predictions by outcome.", ["status"], registry=self.registry
        )
        # From the first scrape on: a rate of what is not there yet is nothing, not zero.
        for status in ("ok", "error"):
            self.predictions.labels(status)
        self.latency = Histogram(
            "ml_prediction_latency_seconds",
            "Time from a parsed request to its prediction or failure.",
            buckets=LATENCY_BUCKETS,
            registry=self.registry,
        )
        Gauge(
            "ml_model_accuracy",
            f"Share of right answers in the last {LABELLED_WINDOW} labelled predictions.",
            registry=self.registry,
        ).set_function(accuracy.value)
        score = Gauge(
            "ml_drift_score",
            "Population stability index of the input of late against the training data.",
            ["feature"],
            registry=self.registry,
        )
        for feature in FEATURES:
            score.labels(feature).set_function(partial(drift.score, feature))
        Info("ml_model", "The model that is served.", registry=self.registry).info(
            {"version": version}
        )
