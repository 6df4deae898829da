"""What a prediction is, from a parsed request to its account in the metrics; no HTTP."""

import time
from collections.abc import Mapping
from threading import Lock

from scorer.dataset import Floats
from scorer.distributions import FeatureHistograms
from scorer.drift import DriftWindow
from scorer.health import Fault
from scorer.metrics import AccuracyWindow, Metrics
from scorer.model import CUT, BadRequestError, Model, parse_features


class Scorer:
    """One model being served: asked by many threads at once."""

    def __init__(self, model: Model, version: str, fault: Fault, *, gpu: bool = False) -> None:
        """Take the model, the name of its version, what goes wrong, and whether to play a GPU."""
        self.version = version
        self._model = model
        self._fault = fault
        self._switching = Lock()
        fault.start()
        self._accuracy = AccuracyWindow()
        self._drift = DriftWindow(model.bin_edges, model.bin_counts)
        self._features = FeatureHistograms(model.bin_edges)
        self.metrics = Metrics(version, self._accuracy, self._drift, self._features)
        if gpu:
            self.metrics.play_gpu(lambda: self._fault.gpu_load)

    @property
    def fault(self) -> Fault:
        """What goes wrong now."""
        return self._fault

    def switch(self, fault: Fault) -> None:
        """From now on something else goes wrong."""
        with self._switching:
            self._fault.end()
            self._fault = fault
            fault.start()

    def predict(self, document: object) -> dict[str, object]:
        """Score one payment. A bad request is the caller's fault, so no error of the model's."""
        if not isinstance(document, Mapping):
            raise BadRequestError('expected {"features": {…}, "label": 0 or 1}')
        row = parse_features(document.get("features"))
        label = document.get("label")
        if label not in (None, 0, 1):
            raise BadRequestError(f"label: expected 0 or 1, not {label!r}")
        start = time.perf_counter()
        status = "error"
        try:
            self._fault.strike()
            row = self._looked_up(row)
            probability = self._fault.output(float(self._model.predict(row)[0]))
            status = "ok"
        finally:
            self.metrics.latency.observe(time.perf_counter() - start)
            self.metrics.predictions.labels(status).inc()
        self._account(row[0].tolist(), probability, label)
        return {"probability": probability, "fraud": probability >= CUT, "version": self.version}

    def _looked_up(self, row: Floats) -> Floats:
        """Complete a payment by the feature store, which is played: it takes time, and is timed."""
        with self.metrics.lookups.time():
            time.sleep(self._fault.lookup_seconds)
            return self._fault.input(row)

    def _account(self, row: list[float], probability: float, label: int | None) -> None:
        self._drift.add(row)
        self._features.add(row)
        fraud = probability >= CUT
        self.metrics.scores.observe(probability)
        self.metrics.confidence.observe(max(probability, 1.0 - probability))
        self.metrics.labels.labels("fraud" if fraud else "ok").inc()
        if label is not None:
            right = fraud == bool(self._fault.truth(label))
            self._accuracy.add(right=right)
            self.metrics.labelled.labels(str(right).lower()).inc()
