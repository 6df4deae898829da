"""Rules over kinds that a cluster may have: found through their owners, told as themselves."""

from typing import Any

import pytest

from tests.engine.objects import (
    Body,
    container,
    metadata,
    pod,
    replica_set,
    template,
    workload,
)
from tests.engine.serving.test_serving import ROLLOUT, inference_service, ray_service
from tests.engine.world import World, asking, rule
from tocsin.core.samples import Sample, Samples

V17, V18 = (template(container(f"ml/scorer:{version}")) for version in ("v17", "v18"))
NOT_READY = {"threshold": {"metric": {"kubernetes": {"name": "UnavailableReplicas"}}, "above": 0}}


def world_of(kind: str, criterion: Any = None) -> World:
    """A cluster that has this kind, with a rule for it."""
    world = World()
    world.engine.watch_also({kind})
    world.apply(
        rule(workloads={"kinds": [kind]}, criterion=criterion or asking("q"), **{"for": "0s"})
    )
    return world


def named(body: Body, name: str = "scorer", **labels: str) -> Body:
    """`body` as an object of that name which serves a model."""
    return {"metadata": metadata(name, labels={"tocsin.dev/model": "m", **labels}), **body}


def owned_by(body: Body, api_version: str, kind: str, name: str) -> Body:
    """`body`, controlled by another object."""
    reference = {"apiVersion": api_version, "kind": kind, "name": name, "controller": True}
    return {**body, "metadata": {**body["metadata"], "ownerReferences": [reference]}}


async def firing(world: World, **labels: str) -> dict[str, Any]:
    """The alert once a series with these labels is bad."""
    series = {"namespace": "fraud", **labels}
    world.source.answers["q"] = Samples((Sample(series, 12),))
    await listed(world)
    [alert] = world.status()["alerts"]
    return dict(alert)


async def listed(world: World) -> None:
    """All was listed, and time has passed."""
    world.list_all()
    for kind in world.engine.unlisted:
        world.engine.listed(
            kind, None, {("fraud", name) for of, name in world.objects if of == kind}
        )
    await world.tick(5)


async def test_nothing_is_decided_before_the_kind_was_listed() -> None:
    world = world_of("Rollout")
    world.list_all()
    assert world.engine.unlisted == ["Rollout"]


async def test_a_pod_of_a_rollout_belongs_to_it_with_what_it_rolled_out() -> None:
    world = world_of("Rollout")
    world.see("Rollout", named(ROLLOUT))
    for revision, runs, created in ((1, V17, -600), (2, V18, -6)):
        body = replica_set(revision, runs, created=created)
        body["metadata"]["annotations"] = {"rollout.argoproj.io/revision": str(revision)}
        world.see("ReplicaSet", owned_by(body, "argoproj.io/v1alpha1", "Rollout", "scorer"))
    world.see("Pod", pod("scorer-v18-a", "ReplicaSet/scorer-v18", started=-6))
    alert = await firing(world, pod="scorer-v18-a")
    assert alert["workload"] == {"kind": "Rollout", "namespace": "fraud", "name": "scorer"}
    assert "v18 is rolling out: 1 of 5 updated, begun 6m before the onset" in alert["context"]
    [told] = {one.on for one in world.take_told() if one.on.startswith("Rollout")}
    assert told == "Rollout/scorer"


@pytest.mark.parametrize("through_knative", [False, True])
async def test_what_an_inference_service_consists_of_counts_for_it(through_knative: bool) -> None:
    world = world_of("InferenceService", NOT_READY)
    world.see("InferenceService", named(inference_service("True")))
    deployment = workload("scorer-predictor", wanted=3, ready=1)
    if through_knative:
        deployment["metadata"]["labels"]["serving.kserve.io/inferenceservice"] = "scorer"
        owner = ("serving.knative.dev/v1", "Revision", "scorer-predictor-00001")
    else:
        owner = ("serving.kserve.io/v1beta1", "InferenceService", "scorer")
    world.see("Deployment", owned_by(deployment, *owner))
    await listed(world)
    [alert] = world.status()["alerts"]
    assert alert["workload"]["kind"] == "InferenceService"
    assert "is at 2 " in world.status()["message"]


def world_of_both(kinds: list[str], criterion: Any = None) -> World:
    """An InferenceService with its Deployment, to which KServe has handed its labels on, and a rule
    for these kinds."""
    world = World()
    world.engine.watch_also({"InferenceService"})
    world.apply(
        rule(workloads={"kinds": kinds}, criterion=criterion or asking("q"), **{"for": "0s"})
    )
    world.see("InferenceService", named(inference_service("True")))
    deployment = workload("scorer-predictor", wanted=3, ready=1)
    owner = ("serving.kserve.io/v1beta1", "InferenceService", "scorer")
    world.see("Deployment", owned_by(deployment, *owner))
    revision = replica_set(1, V17, created=-600, of="scorer-predictor")
    world.see("ReplicaSet", revision)
    in_it = f"ReplicaSet/{revision['metadata']['name']}"
    world.see("Pod", pod("scorer-predictor-a", in_it, started=-6))
    return world


BOTH = ["Deployment", "InferenceService"]


@pytest.mark.parametrize(
    "labels",
    [{"pod": "scorer-predictor-a"}, {"deployment": "scorer-predictor"}, {"model_name": "m"}],
)
async def test_a_series_of_both_belongs_to_the_inference_service(labels: dict[str, str]) -> None:
    alert = await firing(world_of_both(BOTH), **labels)
    assert (alert["workload"]["kind"], alert["workload"]["name"]) == ("InferenceService", "scorer")


@pytest.mark.parametrize("label", ["pod", "deployment"])
@pytest.mark.parametrize("kind", BOTH)
async def test_a_rule_for_one_of_both_has_its_series(kind: str, label: str) -> None:
    of = {"pod": "scorer-predictor-a", "deployment": "scorer-predictor"}
    alert = await firing(world_of_both([kind]), **{label: of[label]})
    assert alert["workload"]["kind"] == kind


@pytest.mark.parametrize("kinds", [*([kind] for kind in BOTH), BOTH])
async def test_replicas_that_are_missing_of_both_are_one_alert(kinds: list[str]) -> None:
    world = world_of_both(kinds, NOT_READY)
    await listed(world)
    [alert] = world.status()["alerts"]
    assert alert["workload"]["kind"] == kinds[-1]
    assert "is at 2 " in world.status()["message"]
    assert (world.status()["workloadCount"], world.status()["unattributed"]) == (1, 0)


async def test_a_deployment_whose_series_are_its_owners_is_not_missed() -> None:
    causes = ["NoTraffic", "TargetGone", "NeverSeen"]
    absent = {"absence": {"metric": asking("q")["threshold"]["metric"], "causes": causes}}
    world = world_of_both(BOTH, absent)
    series = {"namespace": "fraud", "pod": "scorer-predictor-a"}
    world.source.answers["q"] = Samples((Sample(series, 12),))
    await listed(world)
    assert world.status()["alerts"] == []


async def test_a_pod_of_a_ray_service_belongs_to_it_through_its_cluster() -> None:
    world = world_of("RayService")
    world.see("RayService", named(ray_service(serviceStatus="Running")))
    body = pod("scorer-a1-worker", "RayCluster/scorer-a1", started=-6)
    world.see("Pod", owned_by(body, "ray.io/v1", "RayCluster", "scorer-a1"))
    alert = await firing(world, pod="scorer-a1-worker")
    assert alert["workload"]["kind"] == "RayService"


@pytest.mark.parametrize("label", ["model", "model_name", "seldon_model"])
async def test_a_seldon_model_is_found_by_its_name(label: str) -> None:
    world = world_of("Model")
    world.see("Model", named({"spec": {}}))
    alert = await firing(world, **{label: "scorer"})
    assert alert["workload"]["kind"] == "Model"


async def test_a_rule_for_a_kind_that_the_cluster_has_not_says_what_to_do() -> None:
    world = World()
    world.apply(rule(workloads={"kinds": ["InferenceService"]}))
    world.list_all()
    await world.tick(5)
    stalled = world.condition("Stalled")
    assert (stalled["status"], stalled["reason"]) == ("True", "UnknownKind")
    assert stalled["message"].startswith(
        "this cluster had no InferenceService (serving.kserve.io/v1beta1) when the operator started"
    )


async def test_a_rule_for_several_kinds_goes_on_with_those_that_are_there_and_says_so() -> None:
    world = World()
    world.apply(rule(workloads={"kinds": ["Deployment", "Rollout"]}))
    world.list_all()
    await world.tick(5)
    assert world.condition("Stalled")["status"] == "False"
    ready = world.condition("Ready")
    assert ready["status"] == "True"
    assert ready["message"].endswith(
        "; this cluster had no Rollout (argoproj.io/v1alpha1) when the operator started: install "
        "what defines it, then restart the operator"
    )
    world.apply(rule(workloads={"kinds": ["Deployment"]}))
    await world.tick(5)
    assert world.condition("Ready")["message"] == "evaluated every 5s"
