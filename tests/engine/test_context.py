"""What surrounds an alert is told with it: rollouts, pods in trouble, and never a secret."""

import json
import re
import string
from random import Random
from typing import Any

import pytest

from tests.engine.objects import (
    Body,
    container,
    controller_revision,
    oom_killed,
    pod,
    replica_set,
    template,
    workload,
)
from tests.engine.world import World, rule
from tocsin.core.context import context as core_context
from tocsin.core.samples import Sample, Samples
from tocsin.engine.notices import DETAILS

V17 = template(container("ml/scorer:v17"))
V18 = template(container("ml/scorer:v18"))
SAID = "latency: scorer is at 12 (limit 10)"


def world_with(kind: str = "Deployment", **spec: Any) -> World:
    """A world with one rule for workloads of a kind, and what it says of them is bad."""
    world = World()
    world.apply(rule(workloads={"kinds": [kind]}, **{"for": "0s"} | spec))
    labels = {"namespace": "fraud", kind.lower(): "scorer"}
    world.source.answers["q"] = Samples((Sample(labels, 12),))
    return world


async def firing(world: World) -> str:
    """The message once the rule has been evaluated."""
    world.list_all()
    await world.tick(5)
    status = world.status()
    assert status["state"] == "Firing"
    return str(status["message"])


def after_a_rollout() -> World:
    """v18 was rolled out six minutes ago."""
    world = world_with()
    world.see("Deployment", workload())
    world.see("ReplicaSet", replica_set(1, V17, created=-600), replica_set(2, V18, created=-6))
    world.see("Pod", pod("scorer-v18-a", "ReplicaSet/scorer-v18", started=-6))
    return world


async def test_an_alert_names_the_rollout_before_it_and_what_it_changed() -> None:
    world = after_a_rollout()
    told = "v18 rolled out 6m before the onset: image ml/scorer:v17 → ml/scorer:v18"
    assert await firing(world) == f"{SAID}; {told}"
    assert world.status()["alerts"][0]["context"] == told
    assert {event.note for event in world.take_told()} == {f"{SAID}; {told}"}


async def test_a_pending_alert_has_its_context_behind_what_it_waits_for() -> None:
    world = after_a_rollout()
    world.apply(rule(**{"for": "10m"}))
    world.list_all()
    await world.tick(5)
    assert "; fires once it has lasted 10m; v18 rolled out 6m before" in world.status()["message"]


async def test_what_is_told_stands_still_while_time_goes_on() -> None:
    world = after_a_rollout()
    message = await firing(world)
    writes = len(world.api.writes)
    await world.tick(180)
    assert world.status()["message"] == message
    assert len(world.api.writes) == writes


async def test_a_restart_changes_no_byte_of_it() -> None:
    world = after_a_rollout()
    await firing(world)
    before, writes = world.status(), len(world.api.writes)
    world.clock.step(600)
    world.see("Pod", pod("scorer-v18-a", "ReplicaSet/scorer-v18", started=-6, ready=False))
    world.restart()
    await world.tick(20)
    assert world.status() == before
    assert len(world.api.writes) == writes


async def test_a_former_alert_keeps_its_context() -> None:
    world = after_a_rollout()
    await firing(world)
    world.value(scorer=1)
    await world.tick(5)
    assert world.status()["history"][0]["context"].startswith("v18 rolled out 6m before")


async def test_a_rollback_reuses_its_replica_set_and_counts_from_its_pods() -> None:
    world = world_with()
    world.see("Deployment", workload())
    world.see("ReplicaSet", replica_set(2, V18, created=-30))
    world.see("ReplicaSet", replica_set(3, V17, created=-600, before="1"))
    world.see("Pod", pod("scorer-v17-b", "ReplicaSet/scorer-v17", started=-2))
    told = "v17 rolled out again 2m before the onset: image ml/scorer:v18 → ml/scorer:v17"
    assert await firing(world) == f"{SAID}; {told}"


async def test_a_stateful_set_is_told_by_its_controller_revisions() -> None:
    world = world_with("StatefulSet")
    world.see("StatefulSet", workload())
    world.see("ControllerRevision", controller_revision(1, V17, created=-600))
    world.see("ControllerRevision", controller_revision(2, V18, created=-6))
    told = "v18 rolled out 6m before the onset: image ml/scorer:v17 → ml/scorer:v18"
    assert await firing(world) == f"{SAID}; {told}"


async def test_a_stateful_set_rolled_back_counts_from_its_pods() -> None:
    world = world_with("StatefulSet")
    world.see("StatefulSet", workload())
    world.see("ControllerRevision", controller_revision(3, V17, created=-600))
    world.see("ControllerRevision", controller_revision(2, V18, created=-30))
    labels = {"controller-revision-hash": "scorer-v17"}
    world.see("Pod", pod("scorer-0", "StatefulSet/scorer", started=-2, labels=labels))
    told = "v17 rolled out again 2m before the onset: image ml/scorer:v18 → ml/scorer:v17"
    assert await firing(world) == f"{SAID}; {told}"


async def test_a_rollout_that_goes_on_says_how_far_it_is() -> None:
    world = after_a_rollout()
    world.see("Deployment", workload(wanted=3, total=4, updated=1))
    told = "v18 is rolling out: 1 of 3 updated, begun 6m before the onset (image"
    assert f"{SAID}; {told}" in await firing(world)


async def test_a_pod_that_was_killed_for_its_memory_shows_its_limit() -> None:
    world = world_with()
    world.see("Deployment", workload(wanted=3, ready=2))
    world.see("ReplicaSet", replica_set(1, V17, created=-600))
    world.see(
        "Pod",
        pod("scorer-abc", "ReplicaSet/scorer-v17", started=-600, ready=False, restartCount=5,
            state={"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s"}},
            lastState={"terminated": oom_killed(-1)}),
        pod("scorer-def", "ReplicaSet/scorer-v17", started=-600),
    )  # fmt: skip
    told = ("2 of 3 ready; scorer-abc: CrashLoopBackOff, 5 restarts, last OOMKilled (limit 64Mi) "
            "1m before the onset")  # fmt: skip
    assert await firing(world) == f"{SAID}; {told}"


async def test_the_events_carry_the_whole_context_for_exporters() -> None:
    world = after_a_rollout()
    await firing(world)
    details = json.loads(world.events.notices[0].annotations[DETAILS])
    context = details["context"]
    assert context["replicas"] == {"wanted": 1, "ready": 1, "updated": 1}
    assert context["rollout"]["from"] == "v17"
    assert context["rollout"]["to"] == context["version"] == "v18"
    assert context["rollout"]["changes"] == ["image ml/scorer:v17 → ml/scorer:v18"]
    assert [one["name"] for one in context["pods"]] == ["scorer-v18-a"]
    assert context["pods"][0]["node"] == "node-1"


async def test_a_bug_in_the_context_costs_the_sentence_and_not_the_alert(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> object:
        raise ZeroDivisionError("a bug")

    world = after_a_rollout()
    monkeypatch.setattr("tocsin.engine.surroundings.surround", broken)
    assert core_context.surround is not broken
    assert await firing(world) == SAID
    assert {event.note for event in world.take_told()} == {SAID}


async def test_pods_without_owner_and_foreign_replica_sets_are_nobodys() -> None:
    world = after_a_rollout()
    bad: Body = {"ready": False, "lastState": {"terminated": oom_killed(-1)}, "restartCount": 3}
    foreign: Body = pod("foreign", "ReplicaSet/scorer-v18", started=-1, **bad)
    foreign["metadata"]["ownerReferences"][0]["apiVersion"] = "apps.example.org/v1"
    world.see("Pod", pod("alone", "", started=-1, **bad), foreign)
    adopted = replica_set(9, V17, created=-1)
    adopted["metadata"]["name"] = "other"
    adopted["metadata"]["ownerReferences"][0] |= {"kind": "Rollout", "apiVersion": "argo.io/v1"}
    world.see("ReplicaSet", adopted)
    message = await firing(world)
    assert "v18 rolled out 6m before" in message
    assert "OOMKilled" not in message


async def test_a_pod_that_restarts_makes_no_inventory_anew() -> None:
    world = after_a_rollout()
    world.list_all()
    inventory = world.engine._cluster.inventory("fraud")
    world.see(
        "Pod",
        pod("scorer-v18-a", "ReplicaSet/scorer-v18", started=-6, restartCount=1, ready=False),
    )
    assert world.engine._cluster.inventory("fraud") is inventory


async def test_what_is_gone_is_not_told_of_any_more() -> None:
    world = after_a_rollout()
    world.see("Pod", pod("scorer-v18-b", "ReplicaSet/scorer-v18", started=-6, ready=False,
                         lastState={"terminated": oom_killed(-1)}, restartCount=3))  # fmt: skip
    world.list_all()
    world.engine.gone("Pod", "fraud", "scorer-v18-b")
    world.engine.gone("ReplicaSet", "fraud", "scorer-v17")
    assert await firing(world) == f"{SAID}; v18 rolled out 6m before the onset"
    surroundings = world.engine._cluster._surroundings
    world.list_all()
    for kind, name in tuple(world.objects):
        world.engine.gone(kind, "fraud", name)
    assert (surroundings._pods, surroundings._revisions, surroundings._replicas) == ({}, {}, {})


def secretive(image: str, secret: str) -> Body:
    """A template with a secret in every place that has one."""
    return template(
        container(
            image,
            command=["serve", secret],
            args=["--token", secret, f"--key={secret}", f"-p{secret}", "-k", secret, secret],
            env=[
                {"name": "TOKEN", "value": secret},
                {
                    "name": "MODEL_URI",
                    "value": f"s3://user:{secret}@models/v1?sig={secret}#{secret}",
                },
                {"name": "STORAGE_URI", "value": secret},
            ],
        ),
        annotations={"kubectl.kubernetes.io/restartedAt": secret},
    )


@pytest.mark.parametrize("seed", range(40))
async def test_no_value_of_a_variable_or_an_argument_is_kept_or_shown(seed: int) -> None:
    hidden = [made_up(Random(2 * seed + i)) for i in range(2)]  # noqa: S311  # no key is made of it
    old, new = (secretive(f"ml/scorer:v{17 + i}", one) for i, one in enumerate(hidden))
    world = world_with()
    world.see("Deployment", workload(ready=0))
    world.see("ReplicaSet", replica_set(1, old, created=-600), replica_set(2, new, created=-6))
    crash = {"reason": "RunContainerError", "message": f"exec {hidden[1]}: not found"}
    ended = oom_killed(-1) | {"message": hidden[1]}
    failing = pod("scorer-v18-a", "ReplicaSet/scorer-v18", started=-6, ready=False,
                  state={"waiting": crash}, lastState={"terminated": ended})  # fmt: skip
    failing["spec"]["containers"] = new["spec"]["containers"]
    world.see("Pod", failing)
    await firing(world)
    surroundings = world.engine._cluster._surroundings
    kept = repr((surroundings._pods, surroundings._revisions))
    notices = world.events.notices
    context = json.loads(notices[0].annotations[DETAILS])["context"]
    assert "env TOKEN, MODEL_URI, STORAGE_URI changed" in context["rollout"]["changes"]
    outputs = [kept, json.dumps(world.status()), *(repr(notice) for notice in notices)]
    for piece in re.split(r"\W", "/".join(hidden)):
        assert [text for text in outputs if piece in text] == []


def made_up(chance: Random) -> str:
    """A secret with characters in it that have a meaning in URIs and arguments."""
    pieces = ("".join(chance.choices(string.ascii_letters, k=8)) for _ in range(3))
    return chance.choice("/@?#:=-. ").join(pieces)


async def test_a_rollout_after_the_predictions_that_a_late_label_judges_is_no_cause() -> None:
    world = after_a_rollout()
    world.apply(rule(workloads={"kinds": ["Deployment"]}, labelDelay="2h", **{"for": "0s"}))
    message = await firing(world)
    assert "before the onset" not in message
    assert world.status()["alerts"][0]["reason"] == "12 is above 10, as of 2h ago (labelDelay)"


@pytest.mark.parametrize(
    ("summary", "said"),
    [
        (None, "latency: scorer is at 12 (limit 10), as of 2h ago"),
        ("it is {{ $value }}", "it is 12, as of 2h ago"),
        ("{{ $labelDelay }} ago it was {{ $value }}", "2h ago it was 12"),
    ],
)
async def test_a_summary_says_as_of_when_its_value_is(summary: str | None, said: str) -> None:
    world = after_a_rollout()
    texts = {} if summary is None else {"summary": summary}
    world.apply(rule(labelDelay="2h", **{"for": "0s"}, **texts))
    assert (await firing(world)).partition("; ")[0] == said
