"""Which pods are in trouble, and what is said of them."""

from typing import Any

import pytest

from tests.core.context.making import ONSET, container, oom_killed, pod
from tocsin.core.context.pods import Termination, trouble, troubled

CRASHED = Termination("Error", 1, oom_killed(-2).finished_at)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, ""),
        ({"waiting": "ContainerCreating"}, ""),
        ({"waiting": "CrashLoopBackOff", "restarts": 5, "termination": oom_killed(-0.66)},
         "CrashLoopBackOff, 5 restarts, last OOMKilled (limit 64Mi) 39s before the onset"),
        ({"restarts": 1, "termination": CRASHED},
         "1 restart, last Error (exit code 1) 2m before the onset"),
        ({"restarts": 2, "termination": oom_killed(3)},
         "2 restarts, last OOMKilled (limit 64Mi) 3m after the onset"),
        ({"restarts": 2, "termination": oom_killed(-61)}, ""),
        ({"restarts": 1, "termination": oom_killed(None)},
         "1 restart, last OOMKilled (limit 64Mi)"),
        ({"restarts": 1, "memory_limit": "", "termination": oom_killed(None)},
         "1 restart, last OOMKilled"),
        ({"waiting": "ImagePullBackOff", "message": "not found"}, "ImagePullBackOff (not found)"),
    ],
)  # fmt: skip
def test_a_container_says_why_it_waits_and_how_it_ended(facts: dict[str, Any], said: str) -> None:
    assert trouble([pod("a", "r", container(**facts))], ONSET) == (f"a: {said}" if said else "")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"phase": "Pending", "ready": False}, ""),
        ({"phase": "Pending", "ready": False, "reason": "Unschedulable",
          "message": "0/3 nodes are available"}, "Unschedulable (0/3 nodes are available)"),
        ({"phase": "Failed", "ready": False, "reason": "Evicted", "started": -30}, "Evicted"),
        ({"phase": "Failed", "ready": False, "reason": "Evicted", "started": -90}, ""),
        ({"phase": "Succeeded", "ready": False, "reason": "Completed"}, ""),
    ],
)  # fmt: skip
def test_a_pod_says_what_is_its_own_trouble(facts: dict[str, Any], said: str) -> None:
    assert trouble([pod("a", "r", **facts)], ONSET) == (f"a: {said}" if said else "")


def test_the_worst_is_named_and_the_others_are_counted() -> None:
    once = container(restarts=1, termination=CRASHED)
    often = container(restarts=9, termination=CRASHED)
    pods = [
        pod("fine"),
        pod("once", "r", once),
        pod("often", "r", often),
        pod("unready", ready=False),
        pod("ending", "r", often, ending=True),
    ]
    assert [one.name for one in troubled(pods, ONSET)] == ["often", "once", "unready"]
    assert trouble(pods, ONSET).startswith("often: 9 restarts")
    assert trouble(pods, ONSET).endswith("; 1 more pod in trouble")


def test_a_pod_that_does_not_work_now_is_worse_than_one_that_was_restarted() -> None:
    back = pod("a", "r", container(restarts=9, termination=CRASHED))
    stuck = pod("b", "r", ready=False, phase="Pending", reason="Unschedulable")
    assert trouble([back, stuck], ONSET) == "b: Unschedulable; 1 more pod in trouble"


def test_of_several_containers_the_one_that_waits_says_most() -> None:
    ended = container(name="proxy", restarts=7, termination=CRASHED)
    waits = container(name="server", waiting="CrashLoopBackOff", restarts=2, termination=CRASHED)
    assert trouble([pod("a", "r", ended, waits)], ONSET).startswith("a: CrashLoopBackOff, 2")
