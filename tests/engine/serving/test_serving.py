"""Objects of each kind that serves models are read as their controllers write them."""

from typing import Any

import pytest

from tests.engine.objects import when, workload
from tocsin.core.context.rollouts import Replicas
from tocsin.engine.serving import READERS
from tocsin.engine.serving.inferenceservice import STOP
from tocsin.engine.serving.rayservice import clusters

Body = dict[str, Any]


def condition(kind: str, status: str, reason: str = "") -> Body:
    """A condition that changed five minutes after the start."""
    said = {"reason": reason or "Tested", "message": "as its controller says it"}
    return {"type": kind, "status": status, "lastTransitionTime": when(5), **said}


def counts(kind: str, body: Body) -> tuple[int, int, int, bool, bool] | None:
    """Wanted, ready, updated, whether it is known since when too few are there, and stalled."""
    read = READERS[kind].replicas(body)
    if read is None:
        return None
    since = read.unavailable_since is not None
    return read.wanted, read.ready, read.updated, since, read.stalled


def test_a_deployment_that_its_controller_has_not_counted_yet_is_not_known() -> None:
    assert counts("Deployment", workload() | {"status": {}}) is None
    none_ready: Body = {"observedGeneration": 1, "replicas": 2}
    assert READERS["Deployment"].replicas(workload(wanted=2) | {"status": none_ready}) == Replicas(
        wanted=2, total=2, ready=0, updated=0
    )


ROLLOUT: Body = {
    "spec": {"replicas": 5},
    "status": {
        "observedGeneration": "7",
        "replicas": 6,
        "readyReplicas": 4,
        "updatedReplicas": 1,
        "phase": "Degraded",
        "conditions": [condition("Available", "False") | {"lastUpdateTime": when(5)}],
    },
}


def test_a_rollout_that_is_degraded_makes_no_progress() -> None:
    assert counts("Rollout", ROLLOUT) == (5, 4, 1, True, True)


def inference_service(ready: str, *, least: int | None = 2, **status: Any) -> Body:
    """As KServe has it, with the readiness of all of it."""
    predictor = {} if least is None else {"minReplicas": least}
    revisions = {"latestCreatedRevision": "p-00002", "latestReadyRevision": "p-00001"}
    return {
        "spec": {"predictor": predictor},
        "status": {
            "conditions": [condition("PredictorReady", "True"), condition("Ready", ready)],
            "components": {"predictor": revisions},
            **status,
        },
    }


def test_an_inference_service_is_ready_as_a_whole_or_not_at_all() -> None:
    assert counts("InferenceService", inference_service("True")) == (2, 2, 0, False, False)
    stuck = inference_service("False", modelStatus={"transitionStatus": "BlockedByFailedLoad"})
    assert counts("InferenceService", stuck) == (2, 0, 0, True, True)
    assert counts("InferenceService", {"spec": {}, "status": {}}) is None


@pytest.mark.parametrize(
    ("least", "copies", "wanted"), [(None, 0, 1), (3, 1, 3), (0, 0, 0), (0, 2, 2)]
)
def test_an_inference_service_that_may_rest_does_so_while_it_has_no_copies(
    least: int | None, copies: int, wanted: int
) -> None:
    status = {"modelStatus": {"copies": {"totalCopies": copies, "failedCopies": 0}}}
    assert READERS["InferenceService"].wanted(inference_service("True", least=least, **status)) == (
        wanted
    )


def test_an_inference_service_that_was_stopped_rests() -> None:
    body = inference_service("False") | {"metadata": {"annotations": {STOP: "True"}}}
    assert READERS["InferenceService"].wanted(body) == 0
    assert counts("InferenceService", body) == (0, 0, 0, True, False)


def ray_service(*, pending: str = "", **status: Any) -> Body:
    """As KubeRay has it, with two groups of workers."""
    groups: list[Body] = [
        {"groupName": "fixed", "replicas": 2},
        {"groupName": "scaled", "minReplicas": 1},
    ]
    active = {"rayClusterStatus": {"desiredWorkerReplicas": 3, "readyWorkerReplicas": 2}}
    return {
        "spec": {"rayClusterConfig": {"workerGroupSpecs": groups}},
        "status": {
            "activeServiceStatus": {"rayClusterName": "scorer-a1", **active},
            "pendingServiceStatus": {"rayClusterName": pending},
            **status,
        },
    }


def test_a_ray_service_counts_the_workers_of_the_cluster_that_serves() -> None:
    assert READERS["RayService"].wanted(ray_service()) == 3
    assert counts("RayService", ray_service(serviceStatus="Running")) == (3, 2, 2, False, False)
    down = ray_service(conditions=[condition("Ready", "False")], pending="scorer-b2")
    assert counts("RayService", down) == (3, 0, 0, True, False)
    assert list(clusters(down)) == ["scorer-a1", "scorer-b2"]
    assert counts("RayService", {"spec": {}, "status": {}}) is None


def test_a_count_of_workers_that_is_0_is_left_out_by_kuberay() -> None:
    none_ready = {"desiredWorkerReplicas": 3, "availableWorkerReplicas": 3}
    ready = [condition("Ready", "True")]

    def of(workers: Body, **status: Any) -> tuple[int, int] | None:
        active = {"rayClusterName": "scorer-a1", "rayClusterStatus": workers}
        read = counts("RayService", ray_service(activeServiceStatus=active, **status))
        return read and read[:2]

    assert of(none_ready, conditions=ready) == (3, 0)
    assert of({"desiredWorkerReplicas": 3}, conditions=ready) == (3, 0)
    assert of({"desiredWorkerReplicas": 3}, serviceStatus="Running") == (3, 0)
    assert of(none_ready, serviceStatus="Running") == (3, 3), "older ones count no ready workers"
    assert of({}, conditions=ready) == (3, 3), "none are wanted: the head serves alone"


def test_a_ray_service_that_did_not_begin_in_time_is_stalled() -> None:
    late = condition("Ready", "False", "InitializingTimeout")
    assert counts("RayService", ray_service(conditions=[late])) == (3, 0, 2, True, True)


def test_a_ray_service_that_is_suspended_rests_and_one_without_workers_has_its_head() -> None:
    assert READERS["RayService"].wanted({"spec": {"rayClusterConfig": {"suspend": True}}}) == 0
    assert READERS["RayService"].wanted({"spec": {"rayClusterConfig": {}}}) == 1


def model(status: Body, **spec: int) -> Body:
    """As Seldon has it."""
    return {"spec": {"storageUri": "gs://models/scorer", **spec}, "status": status}


def test_a_seldon_model_counts_the_servers_that_have_loaded_it() -> None:
    loaded = {"conditions": [condition("ModelReady", "True")], "replicas": 2}
    assert counts("Model", model(loaded, replicas=2)) == (2, 2, 2, False, False)
    failed = {"conditions": [condition("ModelReady", "False", "ModelFailed")], "replicas": 2}
    assert counts("Model", model(failed, minReplicas=3)) == (3, 0, 0, True, True)
    assert counts("Model", {"spec": {}, "status": {}}) is None
