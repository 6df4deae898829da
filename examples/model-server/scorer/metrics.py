"""What the server tells Prometheus. Namespace, pod and job are added by the scrape, not here."""

import math
from collections import deque
from collections.abc import Callable
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
from scorer.distributions import FeatureHistograms
from scorer.drift import DriftWindow

#: Seconds. Fine from 10 ms to 1 s, where the limits of alerts lie: a quantile is no finer.
LATENCY_BUCKETS = (
    *(0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.125, 0.15, 0.175, 0.2),
    *(0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.8, 1.0, 2.5, 5.0),
)
#: Seconds. A feature store answers within a few milliseconds, or is to be looked at.
LOOKUP_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0)
SCORE_BUCKETS = tuple(n / 20 for n in range(1, 21))
CONFIDENCE_BUCKETS = tuple(n / 20 for n in range(11, 21))
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

    def __init__(
        self,
        version: str,
        accuracy: AccuracyWindow,
        drift: DriftWindow,
        features: FeatureHistograms,
    ) -> None:
        """Register the metrics; accuracy, drift and features are asked at each scrape."""
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
        self.registry.register(features)
        self._register_answers()
        Info("ml_model", "The model that is served.", registry=self.registry).info(
            {"version": version}
        )

    def _register_answers(self) -> None:
        """Register what the answers are like, and what the server waits for."""
        self.scores = Histogram(
            "ml_prediction_value",
            "The predicted probability of fraud.",
            buckets=SCORE_BUCKETS,
            registry=self.registry,
        )
        self.confidence = Histogram(
            "ml_prediction_confidence",
            "How sure a prediction is: the probability of what it says.",
            buckets=CONFIDENCE_BUCKETS,
            registry=self.registry,
        )
        self.labels = Counter(
            "ml_predicted_labels",
            "Predictions by what they say.",
            ["label"],
            registry=self.registry,
        )
        self.labelled = Counter(
            "ml_labelled_predictions",
            "Predictions of which the truth is known, by whether they were right.",
            ["correct"],
            registry=self.registry,
        )
        for label in ("fraud", "ok"):
            self.labels.labels(label)
        for correct in ("true", "false"):
            self.labelled.labels(correct)
        self.lookups = Histogram(
            "feature_store_latency_seconds",
            "Time of a look into the feature store.",
            buckets=LOOKUP_BUCKETS,
            registry=self.registry,
        )

    def play_gpu(self, load: Callable[[], float]) -> None:
        """Expose a GPU that there is not, as NVIDIA's exporter would; its label says so."""
        for name, factor in (("DCGM_FI_DEV_GPU_UTIL", 100), ("DCGM_FI_PROF_GR_ENGINE_ACTIVE", 1)):
            played = Gauge(
                name, "Played: there is no GPU.", ["gpu", "played"], registry=self.registry
            )
            played.labels("0", "true").set_function(partial(_scaled, load, factor))


def _scaled(load: Callable[[], float], factor: float) -> float:
    return load() * factor
