"""Objects that serve models beside Deployments: rules find them, count them, and tell of them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from e2e.stage import make_namespace
from e2e.tools import Tools, wait_for
from e2e.world import World, restart_operator

_NAMESPACE: Final = "e2e-serving"
_NOW: Final = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

Json = dict[str, Any]


def _condition(kind: str, status: str) -> Json:
    said = {"reason": "Tested", "message": "as a controller says it"}
    return {"type": kind, "status": status, "lastTransitionTime": _NOW, **said}


#: By kind: its version, and spec and status of an object of which not all is ready.
_OBJECTS: Final[dict[str, tuple[str, Json, Json]]] = {
    "Rollout": (
        "argoproj.io/v1alpha1",
        {"replicas": 3},
        {"observedGeneration": "1", "replicas": 3, "readyReplicas": 1, "updatedReplicas": 3},
    ),
    "InferenceService": (
        "serving.kserve.io/v1beta1",
        {"predictor": {"minReplicas": 2}},
        {"conditions": [_condition("Ready", "False")]},
    ),
    "RayService": (
        "ray.io/v1",
        {"rayClusterConfig": {"workerGroupSpecs": [{"groupName": "a", "replicas": 2}]}},
        {"conditions": [_condition("Ready", "False")]},
    ),
    "Model": (
        "mlops.seldon.io/v1alpha1",
        {"storageUri": "gs://models/scorer", "replicas": 2},
        {"conditions": [_condition("ModelReady", "True")], "replicas": 2, "availableReplicas": 1},
    ),
}


def _rule(name: str, fact: str, *kinds: str, **limit: int) -> Json:
    metric = {"kubernetes": {"name": fact}}
    return {
        "apiVersion": "tocsin.dev/v1alpha1",
        "kind": "MLAlertRule",
        "metadata": {"name": name},
        "spec": {
            "severity": "low",
            "interval": "1s",
            "workloads": {"kinds": list(kinds)},
            "criterion": {"threshold": {"metric": metric, **limit}},
        },
    }


def _not_ready(kind: str) -> Json:
    return _rule(f"{kind.lower()}-not-ready", "UnavailableReplicas", kind, above=0)


def _deployment() -> Json:
    """As KServe makes it for the InferenceService; no pod of it will ever be ready."""
    marks = {"tocsin.dev/model": "scorer", "serving.kserve.io/inferenceservice": "scorer"}
    pods = {"app": "scorer-predictor"}
    template = {
        "metadata": {"labels": pods},
        "spec": {"containers": [{"name": "model", "image": "registry.invalid/scorer:1"}]},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "scorer-predictor", "labels": marks},
        "spec": {"replicas": 2, "selector": {"matchLabels": pods}, "template": template},
    }


def _object(kind: str) -> Json:
    version, spec, _ = _OBJECTS[kind]
    labels = {"tocsin.dev/model": "scorer"}
    metadata = {"name": "scorer", "labels": labels}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


@pytest.fixture(scope="module")
def world(tools: Tools) -> Iterator[World]:
    """One object of each kind, not all of it ready, and a rule for each kind."""
    make_namespace(tools, _NAMESPACE)
    it = World(tools, _NAMESPACE)
    try:
        items = [*map(_object, _OBJECTS), *map(_not_ready, _OBJECTS)]
        tools.apply(_NAMESPACE, json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
        for kind, (_, _, status) in _OBJECTS.items():
            tools.kubectl(
                "patch", kind.lower(), "scorer", "-n", _NAMESPACE, "--subresource=status",
                "--type=merge", "-p", json.dumps({"status": status}),
            )  # fmt: skip
        said = wait_for("it is seen", lambda: it.condition("Stalled", "rollout-not-ready"))
        if said["reason"] == "UnknownKind":
            restart_operator(tools)  # it began before their definitions were there
        yield it
    finally:
        tools.kubectl("delete", "namespace", _NAMESPACE, "--wait=false")


@pytest.mark.parametrize("kind", _OBJECTS)
def test_a_rule_over_its_replicas_fires_and_tells_on_the_object(world: World, kind: str) -> None:
    [alert] = world.wait_for_state("Firing", f"{kind.lower()}-not-ready")["alerts"]
    assert alert["workload"] == {"kind": kind, "namespace": _NAMESPACE, "name": "scorer"}
    assert world.wait_for_event("AlertFiring", kind)["regarding"]["apiVersion"] == _OBJECTS[kind][0]


def test_an_object_that_is_annotated_is_silenced(world: World) -> None:
    world.wait_for_state("Firing", "inferenceservice-not-ready")
    world.tools.kubectl(
        "annotate", "inferenceservice", "scorer", "-n", _NAMESPACE, "tocsin.dev/silence=10m load"
    )
    world.wait_for_event("SilenceStarted")


def test_a_deployment_of_an_inference_service_is_told_of_once(world: World) -> None:
    kinds = ("Deployment", "InferenceService", "Rollout")
    world.tools.apply(world.namespace, json.dumps(_deployment()))

    def deployment_is_counted() -> bool:
        found = world.tools.get("deployment", "scorer-predictor", world.namespace)
        return "observedGeneration" in found.get("status", {})

    wait_for("the Deployment is counted", deployment_is_counted)
    few = _rule("few-ready", "ReadyReplicas", *kinds, below=2)
    world.tools.apply(world.namespace, json.dumps(few))
    values = {"InferenceService": 0, "Rollout": 1}

    def told() -> bool:
        alerts = world.status("few-ready").get("alerts", [])
        return {a["workload"]["kind"]: float(a["valueAtTransition"]) for a in alerts} == values

    wait_for("each is told of once", told)
    assert world.status("few-ready")["workloadCount"] == len(values)
