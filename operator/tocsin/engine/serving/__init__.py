"""What objects that serve models say of themselves: one file for each way to say it."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from tocsin.core.context.rollouts import Replicas
from tocsin.engine.serving import apps, inferenceservice, model, rayservice

Body = Mapping[str, Any]


class Reader(NamedTuple):
    """How a kind is read: how many replicas are wanted (0: it rests), and its own counts, None
    while its controller has not counted."""

    wanted: Callable[[Body], int]
    replicas: Callable[[Body], Replicas | None]


#: By kind.
READERS: Final[Mapping[str, Reader]] = {
    "Deployment": Reader(apps.wanted, apps.replicas),
    "StatefulSet": Reader(apps.wanted, apps.replicas),
    "Rollout": Reader(apps.wanted, apps.replicas),
    "InferenceService": Reader(inferenceservice.wanted, inferenceservice.replicas),
    "RayService": Reader(rayservice.wanted, rayservice.replicas),
    "Model": Reader(model.wanted, model.replicas),
}
