"""Numbers of a workload out of what the cluster says of it and its pods."""

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from tocsin.core.context.pods import ContainerFacts, PodFacts
from tocsin.core.context.rollouts import Replicas
from tocsin.core.queries.kubernetes import Fact, KubernetesQuery

#: Waiting for these is how every container starts; a rule that wants them names them.
_STARTING = frozenset({"", "ContainerCreating", "PodInitializing"})

Number = tuple[float, Mapping[str, str]]


def fact_of(
    query: KubernetesQuery, replicas: Replicas | None, pods: Iterable[PodFacts], now: datetime
) -> Number | None:
    """The number and what it is about (pod, container, reason); None where nobody knows yet.

    Pods that are ending do not count. What counts containers names the first of them.
    """
    there = [pod for pod in pods if not pod.ending]
    match query.fact:
        case Fact.RESTARTS:
            return _restarts(there)
        case Fact.WAITING:
            return _counted(_waiting(query, there))
        case Fact.TERMINATED:
            return _counted(_terminated(query, there, now))
        case Fact.UNAVAILABLE_FOR:
            return None if replicas is None else (_unavailable_for(replicas, there, now), {})
    return None if replicas is None else (_count(query.fact, replicas), {})


def _count(fact: Fact, replicas: Replicas) -> float:
    wanted, ready = replicas.wanted, replicas.ready
    match fact:
        case Fact.WANTED_REPLICAS:
            return float(wanted)
        case Fact.READY_REPLICAS:
            return float(ready)
        case Fact.UNAVAILABLE_REPLICAS:
            return float(max(0, wanted - ready))
        case Fact.READY_RATIO:
            return ready / wanted if wanted else math.nan
        case Fact.UPDATED_RATIO:
            return min(1.0, replicas.updated / wanted) if wanted else math.nan
        case _:
            return 1.0 if replicas.stalled else 0.0


def _unavailable_for(replicas: Replicas, pods: Iterable[PodFacts], now: datetime) -> float:
    """Seconds since not all wanted replicas are ready; 0 if they are, NaN if nobody knows.

    The earliest of when a pod that is not ready became so, and of when the controller said that
    too few are: both stand in the objects, so that a restart of the operator changes nothing.
    """
    if replicas.ready >= replicas.wanted:
        return 0.0
    since = [pod.unready_since for pod in pods if not pod.ready and pod.unready_since]
    if replicas.unavailable_since:
        since.append(replicas.unavailable_since)
    return max(0.0, (now - min(since)).total_seconds()) if since else math.nan


def _restarts(pods: Iterable[PodFacts]) -> Number:
    counted = [(one.restarts, pod, one) for pod in pods for one in pod.containers]
    total = sum(restarts for restarts, _, _ in counted)
    if not total:
        return 0.0, {}
    _, pod, container = max(counted, key=lambda one: one[0])
    return float(total), {"pod": pod.name, "container": container.name}


Found = tuple[PodFacts, ContainerFacts, str]


def _waiting(query: KubernetesQuery, pods: Iterable[PodFacts]) -> Iterator[Found]:
    for pod in pods:
        for container in pod.containers:
            reason = container.waiting
            wanted = reason in query.reasons if query.reasons else reason not in _STARTING
            if wanted:
                yield pod, container, reason


def _terminated(query: KubernetesQuery, pods: Iterable[PodFacts], now: datetime) -> Iterator[Found]:
    """Containers whose last run ended within the time, and failed unless reasons are named."""
    for pod in pods:
        for container in pod.containers:
            ended = container.termination
            if ended is None or ended.finished_at is None or now - ended.finished_at > query.within:
                continue
            wanted = ended.reason in query.reasons if query.reasons else ended.exit_code != 0
            if wanted:
                yield pod, container, ended.reason


def _counted(found: Iterable[Found]) -> Number:
    them = list(found)
    if not them:
        return 0.0, {}
    pod, container, reason = them[0]
    return float(len(them)), {"pod": pod.name, "container": container.name, "reason": reason}
