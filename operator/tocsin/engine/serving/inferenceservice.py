"""KServe's InferenceService: it says whether all of it is ready, and not how much of it.

Where its Deployments are seen, their counts stand for it (`surroundings.py`).
"""

from collections.abc import Mapping
from typing import Any, Final

from tocsin.core.context.rollouts import Replicas
from tocsin.engine.serving.conditions import condition, since_not

Body = Mapping[str, Any]

#: By this label a Deployment says whose it is, where Knative stands between the two.
PART_OF: Final = "serving.kserve.io/inferenceservice"
#: Annotated so with "true" it has been stopped on purpose, and its Deployments are deleted.
STOP: Final = "serving.kserve.io/stop"

_STUCK: Final = frozenset({"BlockedByFailedLoad", "InvalidSpec"})


def wanted(body: Body) -> int:
    """The least replicas of its predictor. With 0 it may rest: then the copies that there are.
    One that was stopped rests."""
    annotations = (body.get("metadata") or {}).get("annotations") or {}
    if str(annotations.get(STOP)).lower() == "true":
        return 0
    predictor = (body.get("spec") or {}).get("predictor") or {}
    least = predictor.get("minReplicas")
    return (1 if least is None else least) or _copies(body)


def replicas(body: Body) -> Replicas | None:
    """All are ready, or none."""
    status = body.get("status") or {}
    ready = condition(status, "Ready")
    if not ready:
        return None
    predictor = (status.get("components") or {}).get("predictor") or {}
    newest, served = (predictor.get(f"latest{word}Revision") for word in ("Created", "Ready"))
    count = wanted(body)
    serving = count if ready.get("status") == "True" else 0
    return Replicas(
        wanted=count,
        total=count,
        ready=serving,
        updated=count if newest == served else 0,
        unavailable_since=since_not(ready),
        stalled=(status.get("modelStatus") or {}).get("transitionStatus") in _STUCK,
    )


def _copies(body: Body) -> int:
    model = (body.get("status") or {}).get("modelStatus") or {}
    return (model.get("copies") or {}).get("totalCopies") or 0
