"""Numbers of a workload out of its counts and pods."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.core.making import T0, at
from tocsin.core.context.pods import ContainerFacts, PodFacts, Termination
from tocsin.core.context.rollouts import Replicas
from tocsin.core.facts import fact_of
from tocsin.core.queries.kubernetes import Fact, KubernetesQuery

THREE_OF_FOUR = Replicas(wanted=4, total=4, ready=3, updated=2)
POD = PodFacts("a", "rs", "Running", ready=True, started_at=T0)


def pod(name: str, **facts: object) -> PodFacts:
    """A pod with one container."""
    container = ContainerFacts("server", **facts)  # type: ignore[arg-type]  # the test's own
    return replace(POD, name=name, containers=(container,))


def value(fact: Fact, *pods: PodFacts, replicas: Replicas | None = THREE_OF_FOUR) -> float:
    """The number of a fact, a hundred seconds after the start."""
    found = fact_of(KubernetesQuery(fact), replicas, pods, at(100))
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    ("fact", "number"),
    [
        (Fact.WANTED_REPLICAS, 4),
        (Fact.READY_REPLICAS, 3),
        (Fact.UNAVAILABLE_REPLICAS, 1),
        (Fact.READY_RATIO, 0.75),
        (Fact.UPDATED_RATIO, 0.5),
        (Fact.ROLLOUT_STALLED, 0),
    ],
)
def test_counts_are_those_of_the_controller(fact: Fact, number: float) -> None:
    assert value(fact) == number


def test_before_its_controller_has_counted_nobody_knows() -> None:
    assert fact_of(KubernetesQuery(Fact.READY_REPLICAS), None, (), at(0)) is None


def test_unavailable_since_the_first_pod_that_is_not_ready() -> None:
    since = [
        replace(POD, name=n, ready=False, unready_since=at(s)) for n, s in (("a", 40), ("b", 70))
    ]
    assert value(Fact.UNAVAILABLE_FOR, *since) == 60
    early = replace(THREE_OF_FOUR, unavailable_since=at(10))
    assert value(Fact.UNAVAILABLE_FOR, *since, replicas=early) == 90
    all_ready = replace(THREE_OF_FOUR, ready=4)
    assert value(Fact.UNAVAILABLE_FOR, *since, replicas=all_ready) == 0
    assert math.isnan(value(Fact.UNAVAILABLE_FOR))  # no pod says since when


def test_restarts_name_the_container_that_restarts_most() -> None:
    found = fact_of(
        KubernetesQuery(Fact.RESTARTS), None, (pod("a", restarts=1), pod("b", restarts=5)), at(0)
    )
    assert found == (6.0, {"pod": "b", "container": "server"})


def test_waiting_to_start_is_no_trouble_unless_it_is_asked_for() -> None:
    pods = (pod("a", waiting="ContainerCreating"), pod("b", waiting="CrashLoopBackOff"))
    assert fact_of(KubernetesQuery(Fact.WAITING), None, pods, at(0)) == (
        1.0,
        {"pod": "b", "container": "server", "reason": "CrashLoopBackOff"},
    )
    only = KubernetesQuery(Fact.WAITING, ("ContainerCreating",))
    assert fact_of(only, None, pods, at(0)) == (
        1.0,
        {"pod": "a", "container": "server", "reason": "ContainerCreating"},
    )


def test_a_container_that_failed_lately_counts_and_one_of_long_ago_does_not() -> None:
    def ended(name: str, reason: str, code: int, seconds: float) -> PodFacts:
        return pod(name, termination=Termination(reason, code, at(100 - seconds)))

    killed, done = ended("a", "OOMKilled", 137, 30), ended("b", "Completed", 0, 30)
    old = ended("c", "OOMKilled", 137, 3600)
    assert value(Fact.TERMINATED, killed, done, old) == 1
    query = KubernetesQuery(Fact.TERMINATED, ("OOMKilled",), timedelta(hours=2))
    found = fact_of(query, None, (killed, done, old), at(100))
    assert found is not None
    assert found[0] == 2


def test_a_pod_that_is_ending_counts_for_nothing() -> None:
    assert value(Fact.RESTARTS, replace(pod("a", restarts=3), ending=True)) == 0
