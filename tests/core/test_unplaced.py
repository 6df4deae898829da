"""A series that belongs to nobody says why, in the terms of its labels."""

import pytest

from tests.core.making import inventory, rule, workload
from tocsin.core.inventory import ObjectRef
from tocsin.core.rules import WorkloadSelector
from tocsin.core.unplaced import why_unplaced


def ref(kind: str, name: str) -> ObjectRef:
    """An object of the rule's namespace."""
    return ObjectRef(kind, "fraud", name)


THERE = inventory(
    workload(ref("Deployment", "scorer"), "score"),
    workload(ref("Deployment", "twin"), "score"),
    workload(ref("Deployment", "resting"), "old", replicas=0),
    workload(ref("Deployment", "web"), ""),
    workload(ref("StatefulSet", "store"), "features"),
    owners={
        ref("Pod", "web-1"): ref("ReplicaSet", "web-a"),
        ref("ReplicaSet", "web-a"): ref("Deployment", "web"),
        ref("Deployment", "web"): None,
        ref("Pod", "alone"): None,
        ref("Pod", "job-1"): ref("Job", "job"),
        ref("Job", "job"): None,
        ref("Pod", "new-1"): ref("Deployment", "scorer"),
    },
)
UNSELECTED = "which the rule does not select:"
DEPLOYMENTS = rule(workloads=WorkloadSelector(kinds=frozenset({"Deployment"})))


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ({"namespace": "fraud", "pod": "gone"}, "pod gone is not there (any more)"),
        ({"namespace": "fraud", "pod": "alone"}, "pod alone has no owner"),
        ({"namespace": "fraud", "pod": "job-1"}, "pod job-1 is of Job job, which is no workload"),
        (
            {"namespace": "fraud", "pod": "web-1"},
            f"pod web-1 is of Deployment web, {UNSELECTED} it has no label tocsin.dev/model",
        ),
        (
            {"namespace": "fraud", "pod": "new-1"},
            "pod new-1 is of Deployment scorer, which came after the last evaluation",
        ),
        ({"namespace": "fraud", "deployment": "no"}, "there is no Deployment no"),
        (
            {"namespace": "fraud", "statefulset": "store"},
            f"StatefulSet store, {UNSELECTED} it is a StatefulSet, and the rule is for Deployment",
        ),
        (
            {"pod": "web-1"},
            "its label pod says nothing without namespace: let the query keep both",
        ),
        ({"model": "score"}, 'model "score" is claimed by Deployment scorer and Deployment twin'),
        (
            {"model_name": "none"},
            'no workload says that it serves model "none" (label tocsin.dev/model)',
        ),
        ({"model": "old"}, "Deployment resting is scaled to zero"),
        (
            {"model": "features"},
            f"StatefulSet store, {UNSELECTED} it is a StatefulSet, and the rule is for Deployment",
        ),
    ],
)
def test_the_way_that_was_tried_says_where_it_ended(labels: dict[str, str], said: str) -> None:
    assert why_unplaced(DEPLOYMENTS, labels, THERE) == said


def test_two_ways_that_failed_are_both_told() -> None:
    labels = {"namespace": "fraud", "pod": "gone", "model": "none"}
    assert why_unplaced(DEPLOYMENTS, labels, THERE) == (
        "pod gone is not there (any more); "
        'no workload says that it serves model "none" (label tocsin.dev/model)'
    )


def test_a_series_without_any_useful_label_says_which_ones_are() -> None:
    said = why_unplaced(DEPLOYMENTS, {"job": "x"}, THERE)
    assert said.startswith("it has none of the labels that name a workload: namespace and pod")
