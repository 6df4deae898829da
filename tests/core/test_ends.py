"""Named ends: each reason, and what must not end an alert."""

from collections.abc import Set

import pytest

from tests.core.making import BOTH, RANKER, SCORER, T0, alert, at, inventory, rule, workload
from tocsin.core.alerts import Alert, EndReason
from tocsin.core.ends import Named, Scene, missing_since, named_end
from tocsin.core.identity import Identity
from tocsin.core.inventory import Inventory
from tocsin.core.rules import MODEL_LABEL, Rule, WorkloadSelector

GPU0, GPU1 = (Identity(SCORER, (("gpu", number),)) for number in "01")
STORE, OTHER = (Identity(None, (("job", name),)) for name in ("store", "other"))


def scene(
    there: Inventory = BOTH,
    seen: Set[Identity] | None = frozenset(),
    when: float = 10,
    of: Rule | None = None,
) -> Scene:
    of = of or rule()
    return Scene(of, there, there.selected(of.workloads or WorkloadSelector()), seen, at(when))


def absent(of: Identity, seen: Set[Identity] | None, *times: float) -> Named | None:
    """The end of the alert of `of` after answers at `times` that spoke of `seen`."""
    prior: Alert = alert(of)
    for when in times:
        prior = alert(of, missing_since=missing_since(prior, scene(seen=seen, when=when)))
    return named_end(prior, scene(seen=seen, when=times[-1]))


def test_an_alert_whose_workload_is_there_does_not_end() -> None:
    assert named_end(alert(), scene()) is None


def test_a_deleted_workload_ends_its_alert() -> None:
    gone = scene(inventory(workload(RANKER)))
    assert named_end(alert(), gone) == (
        EndReason.WORKLOAD_DELETED,
        "Deployment scorer was deleted",
    )


def test_a_workload_that_lost_its_label_ends_its_alert() -> None:
    unlabelled = inventory(workload(SCORER, model=""))
    expected = (EndReason.WORKLOAD_DESELECTED, "Deployment scorer is no longer selected")
    assert named_end(alert(), scene(unlabelled)) == expected
    assert named_end(alert(), scene(unlabelled, of=rule(workloads=None))) == expected


def test_a_workload_scaled_to_zero_ends_its_alert() -> None:
    idle = inventory(workload(SCORER, replicas=0))
    assert named_end(alert(), scene(idle)) == (
        EndReason.SCALED_TO_ZERO,
        "Deployment scorer was scaled to zero",
    )


@pytest.mark.parametrize("seen", [None, frozenset({GPU1}), frozenset({GPU0})])
def test_those_ends_do_not_wait_for_an_answer(seen: Set[Identity] | None) -> None:
    gone = named_end(alert(GPU0), scene(inventory(), seen))
    assert gone
    assert gone[0] is EndReason.WORKLOAD_DELETED


def test_a_series_that_is_gone_for_two_intervals_while_others_are_there_ends() -> None:
    seen = frozenset({GPU1})
    assert absent(GPU0, seen, 10, 20) is None
    assert absent(GPU0, seen, 10, 20, 30) == (
        EndReason.SERIES_GONE,
        "its series has been gone for 20s, while others are there",
    )


def test_other_workloads_series_say_nothing_of_this_one() -> None:
    assert absent(GPU0, frozenset({Identity(RANKER), OTHER}), 10, 1000) is None


def test_a_series_on_its_own_is_gone_when_any_others_are_there() -> None:
    for others in (frozenset({OTHER}), frozenset({Identity(SCORER)})):
        found = absent(STORE, others, 10, 30)
        assert found
        assert found[0] is EndReason.SERIES_GONE


@pytest.mark.parametrize("seen", [None, frozenset[Identity]()])
def test_without_an_answer_or_with_an_empty_one_no_series_is_gone(
    seen: Set[Identity] | None,
) -> None:
    assert absent(GPU0, seen, 10, 1000) is None
    assert absent(STORE, seen, 10, 1000) is None


def test_a_series_that_was_seen_again_is_missing_anew() -> None:
    missing = alert(GPU0, missing_since=T0)
    assert missing_since(missing, scene(seen=frozenset({GPU0, GPU1}))) is None
    assert missing_since(missing, scene(seen=frozenset({GPU1}))) == T0


def test_an_outage_before_does_not_count_as_absence() -> None:
    prior = alert(GPU0, unobserved_since=T0)
    assert missing_since(prior, scene(seen=None, when=1000)) is None
    after = scene(seen=frozenset({GPU1}), when=1010)
    assert named_end(prior, after) is None
    assert missing_since(prior, after) == at(1010)


def test_a_rule_without_workloads_looks_at_labelled_models() -> None:
    assert workload(SCORER).labels == {MODEL_LABEL: "m"}
    assert named_end(alert(), scene(of=rule(workloads=None))) is None
