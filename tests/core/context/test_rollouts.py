"""When the last rollout began, and which of those there were is told of."""

from dataclasses import replace

import pytest

from tests.core.context.making import ONSET, minutes, pod, revision
from tocsin.core.context.onset import Onset
from tocsin.core.context.rollouts import (
    Replicas,
    Rollout,
    last_rollout,
    of_stateful_set,
    tell_rollout,
)

ROLLOUT = Rollout("v17", "v18", 2, minutes(-6), changes=("image a:v17 → a:v18",))
DONE = Replicas(wanted=3, total=3, ready=3, updated=3)


def test_a_new_revision_began_when_it_was_made() -> None:
    found = last_rollout([revision(2, "v18", -6), revision(1, "v17", -600)], [pod(started=-1)])
    changed = ("image ml/scorer:v17 → ml/scorer:v18",)
    assert found == Rollout("v17", "v18", 2, minutes(-6), changes=changed)


def test_a_revision_that_is_used_again_began_with_its_first_present_pod() -> None:
    back = replace(revision(3, "v17", -600), reused=True)
    pods = [
        pod("a", "r-v17", started=-2),
        pod("b", "r-v17", started=-3),
        pod("c", "r-v17", started=-500, ending=True),
        pod("d", "r-v18", started=-30),
    ]
    found = last_rollout([revision(2, "v18", -30), back], pods)
    assert found is not None
    assert (found.started_at, found.again, found.before, found.after) == (
        minutes(-3), True, "v18", "v17",
    )  # fmt: skip


def test_used_again_and_without_pods_nobody_knows_when_it_began() -> None:
    back = replace(revision(3, "v17", -600), reused=True)
    assert last_rollout([back, revision(2, "v18", -30)], []) is None


def test_nothing_is_told_where_no_revision_or_no_template_is_known() -> None:
    assert last_rollout([], []) is None
    assert last_rollout([replace(revision(1, "v17", -6), template=None)], []) is None


def test_the_same_version_is_called_by_the_number_of_its_revision() -> None:
    found = last_rollout([revision(1, "v17", -600), revision(2, "v17", -6)], [])
    assert found is not None
    assert (found.before, found.after) == ("v17", "revision 2")


def test_the_first_revision_is_a_deployment_and_no_change() -> None:
    found = last_rollout([revision(1, "v17", -6)], [])
    assert found is not None
    assert tell_rollout(found, DONE, ONSET) == "v17 first deployed 6m before the onset"
    later = last_rollout([revision(7, "v17", -6)], [])  # the history was cut to nothing
    assert later is not None
    assert tell_rollout(later, DONE, ONSET) == "v17 rolled out 6m before the onset"


@pytest.mark.parametrize(
    ("began", "told"),
    [
        (-61, ""),
        (-60, "1h before the onset"),
        (-6, "6m before the onset"),
        (-0.5, "30s before the onset"),
        (0, "at the onset"),
        (1, "1m after the onset"),
        (1.1, ""),
    ],
)
def test_only_a_rollout_near_the_onset_is_told_of(began: float, told: str) -> None:
    said = tell_rollout(replace(ROLLOUT, started_at=minutes(began)), DONE, ONSET)
    assert said == (f"v18 rolled out {told}: image a:v17 → a:v18" if told else "")


def test_a_rollout_that_is_stuck_is_told_of_however_long_ago_it_began() -> None:
    old = replace(ROLLOUT, started_at=minutes(-60 * 24))
    stuck = Replicas(wanted=3, total=4, ready=3, updated=1)
    assert tell_rollout(old, stuck, ONSET) == (
        "v18 is rolling out: 1 of 3 updated, begun 1d before the onset (image a:v17 → a:v18)"
    )


def test_scaling_up_is_no_rollout() -> None:
    old = replace(ROLLOUT, started_at=minutes(-600))
    assert tell_rollout(old, Replicas(wanted=9, total=3, ready=3, updated=3), ONSET) == ""


def test_without_an_alert_times_are_told_from_now() -> None:
    now = Onset(ONSET.at, is_now=True)
    assert tell_rollout(ROLLOUT, DONE, now) == "v18 rolled out 6m ago: image a:v17 → a:v18"


def test_many_changes_are_cut_and_counted() -> None:
    many = replace(ROLLOUT, changes=tuple(f"env VARIABLE_{n} changed" for n in range(30)))
    told = tell_rollout(many, DONE, ONSET)
    assert told.endswith(", and 24 more")
    assert len(told) < 200


def test_revisions_of_a_stateful_set_say_by_their_order_what_was_used_again() -> None:
    v17, v18 = revision(1, "v17", -600), revision(2, "v18", -6)
    assert of_stateful_set([v18, v17]) == [v17, v18]
    back = replace(v17, number=3)
    assert of_stateful_set([back, v18])[-1] == replace(back, reused=True, created_at=None)
    forth = replace(v18, number=4)  # v17, v18, back, and forth again
    assert of_stateful_set([back, forth])[-1] == replace(forth, created_at=None)
    assert of_stateful_set([]) == []
