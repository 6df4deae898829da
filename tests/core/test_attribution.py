"""Whose series is it: by pod, by the workload's name, by model, or nobody's."""

import pytest

from tests.core.making import BOTH, RANKER, SCORER, inventory, rule, sample, workload
from tocsin.core.attribution import Attribution, attribute
from tocsin.core.identity import Identity
from tocsin.core.inventory import Inventory, ObjectRef
from tocsin.core.rules import Rule, WorkloadSelector
from tocsin.core.samples import Sample

POD = ObjectRef("Pod", "fraud", "scorer-5d8-x2x")
REPLICA_SET = ObjectRef("ReplicaSet", "fraud", "scorer-5d8")
OPERATED = ObjectRef("StatefulSet", "fraud", "scorer-set")
CHAIN: dict[ObjectRef, ObjectRef | None] = {POD: REPLICA_SET, REPLICA_SET: SCORER, SCORER: None}
IN_PODS = inventory(workload(SCORER), owners=CHAIN)
ALONE = rule(workloads=None)


def placed(one: Sample, there: Inventory, by: Rule | None = None) -> Identity | None:
    """The identity that one series gets, if any."""
    return next(iter(attribute(by or rule(), (one,), there).samples), None)


def test_a_pods_series_belongs_to_the_workload_at_the_top_of_its_owners() -> None:
    assert placed(sample(1, pod=POD.name), IN_PODS) == Identity(SCORER)


def test_the_topmost_selected_owner_counts() -> None:
    owners = {POD: OPERATED, OPERATED: SCORER}
    both = inventory(workload(SCORER), workload(OPERATED), owners=owners)
    assert placed(sample(1, pod=POD.name), both) == Identity(SCORER)
    lower = rule(workloads=WorkloadSelector(frozenset({"StatefulSet"})))
    assert placed(sample(1, pod=POD.name), both, lower) == Identity(OPERATED)


def test_owners_in_a_circle_end() -> None:
    circle = inventory(workload(SCORER), owners={POD: REPLICA_SET, REPLICA_SET: POD})
    assert placed(sample(1, pod=POD.name), circle) is None


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_a_series_that_names_its_workload_belongs_to_it(kind: str) -> None:
    ref = ObjectRef(kind, "fraud", "w")
    assert placed(sample(1, **{kind.lower(): "w"}), inventory(workload(ref))) == Identity(ref)


def test_a_series_that_names_a_model_belongs_to_what_serves_it() -> None:
    for label in ("model", "model_name"):
        assert placed(Sample({label: "rank"}, 1), BOTH) == Identity(RANKER)


def test_the_pod_says_more_than_the_name_and_the_name_more_than_the_model() -> None:
    there = inventory(workload(SCORER, "score"), workload(RANKER, "rank"), owners=CHAIN)
    assert placed(sample(1, pod=POD.name, deployment="ranker"), there) == Identity(SCORER)
    assert placed(sample(1, deployment="scorer", model="rank"), there) == Identity(SCORER)


@pytest.mark.parametrize("labels", [{"pod": POD.name}, {"deployment": "scorer"}])
def test_a_name_says_nothing_without_its_namespace(labels: dict[str, str]) -> None:
    assert placed(Sample(labels, 1), IN_PODS) is None


def test_a_model_that_two_workloads_claim_says_nothing() -> None:
    there = inventory(workload(SCORER, "m"), workload(RANKER, "m"))
    found = attribute(rule(), (sample(1, model="m"),), there)
    assert not found.samples
    assert found.unattributed == (sample(1, model="m"),)
    assert found.ambiguous == {"m": (RANKER, SCORER)}


def test_two_claims_do_not_matter_to_series_that_their_pods_place() -> None:
    there = inventory(workload(SCORER, "m"), workload(RANKER, "m"), owners=CHAIN)
    found = attribute(rule(), (sample(1, pod=POD.name, model="m"),), there)
    assert list(found.samples) == [Identity(SCORER)]
    assert not found.ambiguous


def test_a_workload_that_is_not_selected_claims_no_model() -> None:
    there = inventory(workload(SCORER, "m", team="a"), workload(RANKER, "m"))
    only = WorkloadSelector(frozenset({"Deployment"}))
    assert attribute(rule(workloads=only), (sample(1, model="m"),), there).ambiguous
    there = inventory(workload(SCORER, "m"), workload(ObjectRef("StatefulSet", "fraud", "s"), "m"))
    assert placed(sample(1, model="m"), there, rule(workloads=only)) == Identity(SCORER)


def test_a_series_of_another_namespace_is_dropped_and_not_counted() -> None:
    other = Sample({"namespace": "ads", "deployment": "scorer", "model": "score"}, 1)
    dropped = Attribution({}, (), {}, elsewhere=(other,))
    assert attribute(rule(), (other,), BOTH) == dropped
    assert attribute(ALONE, (other,), BOTH) == dropped


def test_with_workloads_a_series_of_none_is_counted() -> None:
    found = attribute(rule(), (sample(1, gpu="0"),), BOTH)
    assert found == Attribution({}, (sample(1, gpu="0"),), {})


def test_without_workloads_a_series_alerts_on_its_own_with_all_its_labels() -> None:
    one = Sample({"__name__": "up", "job": "store", "instance": "a"}, 1)
    identity = Identity(None, (("instance", "a"), ("job", "store")))
    assert attribute(ALONE, (one,), BOTH).samples == {identity: (one,)}


def test_without_workloads_a_labelled_model_still_gets_its_series() -> None:
    assert placed(sample(1, deployment="scorer"), BOTH, ALONE) == Identity(SCORER)


def test_identity_labels_make_several_alerts_of_a_workload() -> None:
    per_gpu = rule(identity_labels=("gpu",))
    found = attribute(
        per_gpu, tuple(sample(1, deployment="scorer", **gpu) for gpu in ({"gpu": "0"}, {})), BOTH
    )
    assert list(found.samples) == [
        Identity(SCORER, (("gpu", "0"),)),
        Identity(SCORER, (("gpu", ""),)),
    ]


def test_the_order_in_which_a_rule_names_its_labels_makes_no_other_identity() -> None:
    one = sample(1, deployment="scorer", a="1", b="2")
    spelled = [("a", "b"), ("b", "a"), ("a", "b", "a")]
    assert len({placed(one, BOTH, rule(identity_labels=names)) for names in spelled}) == 1


def test_several_series_of_one_alert_are_kept_together() -> None:
    series = tuple(sample(value, deployment="scorer", version=str(value)) for value in (1, 2))
    assert attribute(rule(), series, BOTH).samples == {Identity(SCORER): series}
