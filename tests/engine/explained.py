"""An engine in the middle of an incident, and what explains it."""

from typing import Any

from tests.engine.objects import container, oom_killed, pod, replica_set, template
from tests.engine.routed import route, silence
from tests.engine.world import NAMESPACE, World, asking, rule_named
from tocsin.core.samples import Failure, FailureKind, Sample, Samples
from tocsin.engine.explaining import Explainer

#: The longest name that a rule may have.
LONG = "a-rule-whose-name-is-as-long-as-it-may-b"
#: What a page must not run.
ATTACK = "<script>window.broken=1</script>"

V17, V18 = (template(container(f"ml/scorer:{tag}")) for tag in ("v17", "v18"))

TEXTS = {
    "summary": "P99 latency of {{ $workload.name }} is {{ $value | humanizeDuration }}, limit "
    "{{ $threshold | humanizeDuration }}",
    "description": f"Requests wait. {ATTACK}",
    "links": {
        "runbook": "https://wiki.example.com/latency/{{ $workload.name }}",
        "attack": "{{ $labels.attack }}",
    },
    "actions": ["Compare with the version before: kubectl rollout history deployment/scorer"],
}


def explainer(world: World) -> Explainer:
    """What explains the rules of `world`."""
    return Explainer(
        "prod-eu",
        engine=world.engine,
        book=world.book,
        renderer=world.renderer,
        clock=world.clock,
    )


def latency(**spec: Any) -> dict[str, Any]:
    """A rule in seconds: above 200ms, until 150ms."""
    metric = {"unit": "Seconds", "prometheus": {"query": "latency"}}
    criterion = {"threshold": {"metric": metric, "above": "200ms", "recoverBelow": "150ms"}}
    return rule_named("latency", **{"criterion": criterion, **TEXTS, **spec})


def of(name: str, value: float, **labels: str) -> Sample:
    """A series of a Deployment."""
    return Sample({"namespace": NAMESPACE, "deployment": name, **labels}, value)


async def incident() -> World:
    """One rule fires, one is pending, and others show everything else that can be."""
    world = World()
    for name, model in (("scorer", "fraud-v18"), ("ranker", "rank-v2"), ("shadow", "fraud-v18")):
        world.deploy(name, model)
    world.deploy("resting", "old", replicas=0)
    world.see("ReplicaSet", replica_set(1, V17, created=-600), replica_set(2, V18, created=-6))
    crash = {"waiting": {"reason": "CrashLoopBackOff", "message": f"back-off {ATTACK}"}}
    world.see(
        "Pod",
        pod("scorer-v18-a", "ReplicaSet/scorer-v18", started=-6, ready=False, restartCount=3,
            state=crash, lastState={"terminated": oom_killed(-1)}),
        pod("scorer-v18-b", "ReplicaSet/scorer-v18", started=-6),
    )  # fmt: skip
    world.apply(latency())
    world.apply(rule_named("errors", criterion=asking("errors"), **{"for": "5m"}))
    world.apply(rule_named("memory", criterion=asking("memory")))
    world.apply(rule_named("unreachable", criterion=asking("unreachable")))
    world.apply(rule_named("asleep", suspend=True))
    world.apply(rule_named(LONG, criterion=asking("x" * 1000)))
    world.apply({"metadata": {"name": "broken", "namespace": NAMESPACE}, "spec": {"severity": "x"}})
    world.see("NotificationRoute", route(), route("low", selector={"severities": ["low"]}))
    world.see("AlertSilence", silence(selector={"rules": ["memory"]}, comment=ATTACK))
    world.list_all()
    answers = world.source.answers
    attack = {"attack": "javascript:window.broken=1", ATTACK: ATTACK, "odd": "\u202e\x1b[31m"}
    answers["latency"] = Samples(
        (
            of("scorer", 0.312, version="v18", **attack),
            of("ranker", 0.05),
            Sample({"namespace": NAMESPACE, "pod": "scorer-5d9f-gone"}, 0.2),
            Sample({"model": "fraud-v18"}, 0.2),
            Sample({"namespace": NAMESPACE, "deployment": "resting"}, 0.2),
        )
    )
    answers["errors"] = Samples((of("scorer", 12), of("ranker", 3)))
    answers["memory"] = Samples(tuple(of(name, 1) for name in ("scorer", "ranker", "shadow")))
    answers["unreachable"] = Failure(FailureKind.UNREACHABLE, f"connection refused {ATTACK}")
    answers["x" * 1000] = Samples((of("scorer", 99, long="y" * 5000),))
    await world.tick(60)
    return world
