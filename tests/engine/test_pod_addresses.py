"""Which pods a rule's workloads have, as far as they can be asked."""

from typing import Any

from tests.engine.objects import metadata
from tocsin.core.labels import LabelSelector, Operator, Requirement
from tocsin.core.queries.home import Home
from tocsin.engine.cluster import Cluster
from tocsin.ports import PodAddress

TEAM = LabelSelector((Requirement("team", Operator.IN, frozenset({"fraud"})),))
HOME = Home("fraud", frozenset({"Deployment"}), TEAM)
PORTS = [
    {"name": "metrics", "containerPort": 9090},
    {"containerPort": 8080},
    {"name": "dns", "containerPort": 53, "protocol": "UDP"},
]


def pod(name: str = "scorer-1-a", owner: str = "ReplicaSet/scorer-1", **status: Any) -> Any:
    """A pod that runs and is ready, with what is given in its status."""
    return {
        "metadata": metadata(name, owner),
        "spec": {"containers": [{"name": "server", "ports": PORTS}]},
        "status": {
            "phase": "Running",
            "podIP": "10.1.0.7",
            "conditions": [{"type": "Ready", "status": "True"}],
            **status,
        },
    }


def cluster(*pods: Any) -> Cluster:
    """A Deployment of team fraud and one of another team, with their ReplicaSets, and `pods`."""
    made = Cluster()
    for name, team in (("scorer", "fraud"), ("ranker", "ads")):
        made.saw("Deployment", {"metadata": metadata(name, labels={"team": team}), "spec": {}})
        made.saw("ReplicaSet", {"metadata": metadata(f"{name}-1", f"Deployment/{name}")})
    for body in pods:
        made.saw("Pod", body)
    return made


def test_a_pod_has_its_address_and_the_ports_that_it_names() -> None:
    (address,) = cluster(pod()).pods(HOME)
    assert address == PodAddress(
        "scorer-1-a", "uid-scorer-1-a", "10.1.0.7", ready=True, ports=(("metrics", 9090),)
    )


def test_only_pods_of_the_selected_workloads_of_the_namespace_are_there() -> None:
    there = cluster(pod(), pod("ranker-1-a", "ReplicaSet/ranker-1"), pod("alone", ""))
    assert [one.name for one in there.pods(HOME)] == ["scorer-1-a"]
    assert there.pods(Home("ads", HOME.kinds, TEAM)) == []
    assert there.pods(Home("fraud", frozenset({"StatefulSet"}), TEAM)) == []


def test_pods_that_do_not_run_or_have_no_address_of_their_own_are_left_out() -> None:
    in_the_nodes_network, ending = pod("a"), pod("b")
    in_the_nodes_network["spec"]["hostNetwork"] = True
    ending["metadata"]["deletionTimestamp"] = "2026-01-31T12:00:00Z"
    others = [pod("c", phase="Pending"), pod("d", podIP=None), pod("e", phase="Succeeded")]
    assert cluster(in_the_nodes_network, ending, *others).pods(HOME) == []


def test_a_pod_that_is_not_ready_is_there_and_said_to_be_so() -> None:
    (address,) = cluster(pod(conditions=[{"type": "Ready", "status": "False"}])).pods(HOME)
    assert not address.ready


def test_a_pod_that_goes_or_ends_is_there_no_more() -> None:
    there = cluster(pod())
    there.saw("Pod", pod(phase="Failed"))
    assert there.pods(HOME) == []
    there.saw("Pod", pod())
    there.listed("Pod", None, frozenset())
    assert there.pods(HOME) == []


def test_a_pod_that_makes_no_sense_has_no_address_and_hurts_nobody() -> None:
    odd = pod("odd", conditions=["?"])
    assert [one.name for one in cluster(odd, pod()).pods(HOME)] == ["scorer-1-a"]
