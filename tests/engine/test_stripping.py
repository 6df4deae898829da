"""What is kept of objects: little, shared, and read from where Kubernetes writes it."""

import json

import pytest

from tests.engine.objects import (
    Body,
    container,
    controller_revision,
    metadata,
    oom_killed,
    pod,
    replica_set,
    template,
)
from tests.engine.world import World
from tocsin.core.context.templates import Template
from tocsin.core.inventory import ObjectRef
from tocsin.engine.arguments import named_arguments
from tocsin.engine.cluster import Cluster
from tocsin.engine.modeluris import model_uri
from tocsin.engine.stripping import Stripper

SET = ObjectRef("ReplicaSet", "fraud", "scorer-v17")


def stripped(runs: Body) -> Template:
    """A template as it is kept."""
    revision = Stripper().replica_set(replica_set(1, runs, created=0))
    assert revision is not None
    assert revision.template is not None
    return revision.template


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--batch", "8"], [("--batch", "8")]),
        (["--batch=8", "serve"], [("--batch", "8"), ("", "serve")]),
        (["--fast", "--batch", "8"], [("--fast", ""), ("--batch", "8")]),
        (["-p", "x", "-pSECRET"], [("-p", "x"), ("", "-pSECRET")]),
        (["serve", "--debug"], [("", "serve"), ("--debug", "")]),
        ([], []),
    ],
)
def test_arguments_are_told_apart_by_name(
    arguments: list[str], named: list[tuple[str, str]]
) -> None:
    assert list(named_arguments(arguments)) == named


@pytest.mark.parametrize(
    ("annotations", "runs", "uri"),
    [
        ({}, {"env": [{"name": "MODEL_URI", "value": "s3://m/v1"}]}, "s3://m/v1"),
        ({}, {"env": [{"name": "FRAUD_MODEL_URI", "value": "gs://m"}]}, "gs://m"),
        ({}, {"env": [{"name": "MODEL_URI", "valueFrom": {"secretKeyRef": {"name": "x"}}}]}, ""),
        ({}, {"env": [{"name": "DATABASE_URI", "value": "postgres://u:p@db"}]}, ""),
        ({}, {"args": ["--model-uri=hf://org/model"]}, "hf://org/model"),
        ({}, {"args": ["--storage_uri", "s3://m/v2"]}, "s3://m/v2"),
        ({}, {"name": "storage-initializer", "args": ["s3://m/v3", "/mnt/models"]}, "s3://m/v3"),
        ({"tocsin.dev/model-uri": "s3://m/v4"}, {}, "s3://m/v4"),
        ({"tocsin.dev/model-uri": "https://user:pw@host/m?sig=x#y"}, {}, "https://host/m"),
        ({"tocsin.dev/model-uri": "s3://user:with/slash@models/v1"}, {}, ""),
        ({"tocsin.dev/model-uri": "s3://user:p@ss@models/v1"}, {}, "s3://models/v1"),
        ({"tocsin.dev/model-uri": "s3://models/v1?by=a@b"}, {}, ""),
        ({"tocsin.dev/model-uri": "a secret"}, {}, ""),
    ],
)
def test_the_models_uri_is_found_and_bare(
    annotations: dict[str, str], runs: Body, uri: str
) -> None:
    assert model_uri(annotations, [container(**runs)]) == uri


def test_the_version_is_our_label_then_kubernetes_own_then_the_tag() -> None:
    kubernetes = {"app.kubernetes.io/version": "2.0"}
    ours = kubernetes | {"tocsin.dev/version": "v3"}
    assert stripped(template(container(), labels=ours)).model_version == "v3"
    assert stripped(template(container(), labels=kubernetes)).model_version == "2.0"
    assert stripped(template(container("scorer:v17"))).model_version == "v17"


def test_the_image_is_that_of_the_default_container() -> None:
    both = [container("envoy:1", name="proxy"), container("scorer:v17")]
    named = {"kubectl.kubernetes.io/default-container": "server"}
    assert stripped(template(*both)).image == "envoy:1"
    assert stripped(template(*both, annotations=named)).image == "scorer:v17"


def test_a_replica_set_without_a_revision_is_none_of_a_deployments() -> None:
    body = replica_set(1, template(container()), created=0)
    body["metadata"]["annotations"] = {}
    assert Stripper().replica_set(body) is None


def test_init_containers_tell_of_their_troubles_and_not_of_their_work() -> None:
    body = pod("a", "ReplicaSet/scorer-v17", started=0)
    body["spec"]["initContainers"] = [container("loader:1", name="loader")]
    done = {"reason": "Completed", "exitCode": 0, "finishedAt": "2026-01-31T12:00:00Z"}
    state = {"name": "loader", "restartCount": 0, "state": {"terminated": done}}
    body["status"]["initContainerStatuses"] = [state]
    [loader, _] = Stripper().pod(body, SET).containers
    assert loader.termination is None
    state |= {"state": {"terminated": oom_killed(0)}}
    [loader, _] = Stripper().pod(body, SET).containers
    assert loader.termination is not None
    assert loader.termination.reason == "OOMKilled"


@pytest.mark.parametrize(
    ("reason", "kept"), [("ImagePullBackOff", "said"), ("CrashLoopBackOff", "")]
)
def test_only_messages_that_quote_nothing_and_stand_still_are_kept(reason: str, kept: str) -> None:
    state = {"waiting": {"reason": reason, "message": "said"}}
    body = pod("a", "ReplicaSet/scorer-v17", started=0, state=state)
    assert Stripper().pod(body, SET).containers[0].message == kept


def test_a_pod_that_no_node_takes_says_so() -> None:
    body = pod("a", "ReplicaSet/scorer-v17", started=0, phase="Pending", ready=False)
    why = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
    body["status"] = {"phase": "Pending", "conditions": [why | {"message": "0/1 nodes"}]}
    found = Stripper().pod(body, SET)
    assert (found.reason, found.message, found.ready) == ("Unschedulable", "0/1 nodes", False)


def test_pods_that_are_alike_share_what_is_known_of_them() -> None:
    stripper = Stripper()
    body = json.dumps(pod("a", "ReplicaSet/scorer-v17", started=0))
    one, other = (stripper.pod(json.loads(body), SET) for _ in range(2))
    assert one.containers is other.containers
    assert one.node is other.node


def test_only_the_latest_two_templates_of_a_workload_are_kept() -> None:
    world = World()
    for number in (3, 1, 5, 2, 4):
        runs = template(container(f"ml/scorer:v{number}"))
        world.see("ReplicaSet", replica_set(number, runs, created=number))
    [revisions] = world.engine._cluster._surroundings._revisions.values()
    kept = {one.number for one in revisions.values() if one.template}
    assert (len(revisions), kept) == (5, {4, 5})


def test_an_object_that_lacks_what_it_must_have_is_attributed_all_the_same() -> None:
    cluster = Cluster()
    body = pod("a", "ReplicaSet/scorer-v17", started=0)
    body["status"] = {"startTime": "yesterday"}
    cluster.saw("Pod", body)
    there = ObjectRef("Pod", "fraud", "a")
    assert cluster.inventory("fraud").owners[there] == SET
    assert cluster._surroundings._pods == {}
    cluster.gone(there)
    assert there not in cluster.inventory("fraud").owners


def test_revisions_of_other_kinds_are_not_looked_into() -> None:
    cluster = Cluster()
    body = controller_revision(1, template(container()), created=0)
    body["metadata"]["ownerReferences"][0]["kind"] = "DaemonSet"
    body["data"] = {"spec": "something else"}
    cluster.saw("ControllerRevision", body)
    cluster.saw("Pod", {"metadata": metadata("a", "DaemonSet/agent")})
    assert (cluster._surroundings._revisions, cluster._surroundings._pods) == ({}, {})
