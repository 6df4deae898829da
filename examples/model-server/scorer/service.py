"""What a prediction is, from a parsed request to its account in the metrics; no HTTP."""

import time
from collections.abc import Mapping
from threading import Lock

from scorer.drift import DriftWindow
from scorer.faults import Fault
from scorer.metrics import AccuracyWindow, Metrics
from scorer.model import CUT, BadRequestError, Model, parse_features


class Scorer:
    """One model being served: asked by many threads at once."""

    def __init__(self, model: Model, version: str, fault: Fault) -> None:
        """Take the model, the name of its version, and what goes wrong."""
        self.version = version
        self._model = model
        self._fault = fault
        self._switching = Lock()
        fault.start()
        self._accuracy = AccuracyWindow()
        self._drift = DriftWindow(model.bin_edges, model.bin_counts)
        self.metrics = Metrics(version, self._accuracy, self._drift)

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
            probability = float(self._model.predict(row)[0])
            status = "ok"
        finally:
            self.metrics.latency.observe(time.perf_counter() - start)
            self.metrics.predictions.labels(status).inc()
        self._drift.add(row[0].tolist())
        if label is not None:
            self._accuracy.add(right=(probability >= CUT) == bool(label))
        return {"probability": probability, "fraud": probability >= CUT, "version": self.version}
