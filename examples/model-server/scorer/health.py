"""What a fault may touch, and a server that has none."""

from http import HTTPStatus
from typing import Protocol

from scorer.dataset import Floats


class Fault(Protocol):
    """What goes wrong, from when it is switched on until it is switched off."""

    #: What /healthz answers meanwhile.
    health: HTTPStatus
    #: How long a look into the feature store takes.
    lookup_seconds: float
    #: How busy the played GPU is, 0..1.
    gpu_load: float

    def start(self) -> None:
        """Switch on."""

    def strike(self) -> None:
        """Within each prediction: delay it, or raise to fail it."""

    def input(self, row: Floats) -> Floats:
        """What of a payment reaches the model."""

    def output(self, probability: float) -> float:
        """What becomes of a prediction."""

    def truth(self, label: int) -> int:
        """What turns out to be true."""

    def end(self) -> None:
        """Switch off."""


class Healthy:
    """No fault."""

    health = HTTPStatus.OK
    lookup_seconds = 0.0
    gpu_load = 0.6

    def start(self) -> None:
        """Do nothing."""

    def strike(self) -> None:
        """Do nothing."""

    def input(self, row: Floats) -> Floats:
        """Change nothing."""
        return row

    def output(self, probability: float) -> float:
        """Change nothing."""
        return probability

    def truth(self, label: int) -> int:
        """Change nothing."""
        return label

    def end(self) -> None:
        """Do nothing."""
