"""How alerts live on the cluster: a Deployment and a StatefulSet are shared by all tests here.

The rules look at how many targets Prometheus has of a pod: one, until the pod is no longer scraped.
Whether that is too many is a parameter, which annotations set.
"""

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import yaml

from e2e.stage import MODEL, RESTRICTED
from e2e.tools import Tools, wait_for
from e2e.world import World

TARGETS = "count by (namespace, pod) (up)"
#: Odd seconds are bad ones: never is it bad for long.
NOW_AND_THEN = f"{TARGETS} * on () group_left () (floor(vector(time())) % 2)"
DEPLOYMENT, STATEFUL_SET = "deployment/scorer", "statefulset/ranker"


def rule(name: str, query: str = TARGETS, kinds: tuple[str, ...] = (), **spec: Any) -> str:
    """A rule that is met by every pod, unless its workload sets another limit."""
    metric = {"prometheus": {"query": query}}
    body = {
        "apiVersion": "tocsin.dev/v1alpha1",
        "kind": "MLAlertRule",
        "metadata": {"name": name},
        "spec": {
            "severity": "low",
            "interval": "1s",
            "workloads": {"kinds": list(kinds or ("Deployment", "StatefulSet"))},
            "parameters": {"limit": 0},
            "criterion": {"threshold": {"metric": metric, "above": "$limit"}},
            **spec,
        },
    }
    return yaml.safe_dump(body)


def models() -> str:
    """The Deployment of the example, and a StatefulSet made of it."""
    deployment = next(iter(yaml.safe_load_all(MODEL.read_text())))
    other = yaml.safe_load(yaml.safe_dump(deployment).replace("scorer", "ranker"))
    other["kind"] = "StatefulSet"
    other["spec"]["serviceName"] = "ranker"
    return yaml.safe_dump_all([deployment, other])


@pytest.fixture(scope="module")
def world(tools: Tools) -> Iterator[World]:
    """A namespace in which both workloads run and are scraped."""
    name = f"e2e-{os.getpid()}-life"
    tools.kubectl("create", "namespace", name)
    tools.kubectl("label", "namespace", name, RESTRICTED)
    tools.apply(name, models())
    for workload in (DEPLOYMENT, STATEFUL_SET):
        tools.kubectl("rollout", "status", workload, "-n", name, "--timeout=120s")
    found = World(tools, name)
    tools.apply(name, rule("both"))
    wait_for("both workloads alert", lambda: len(found.status("both").get("alerts", [])) == 2)
    yield found
    tools.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture
def unscraped(world: World) -> Iterator[Callable[[], None]]:
    """Makes Prometheus forget the pod of the StatefulSet; afterwards it is scraped again."""
    yield lambda: annotate(world, "pod/ranker-0", "prometheus.io/scrape-")
    annotate(world, "pod/ranker-0", "prometheus.io/scrape=true")


def annotate(world: World, what: str, *annotations: str) -> None:
    """Set annotations, or remove them."""
    world.tools.kubectl("annotate", "--overwrite", what, "-n", world.namespace, *annotations)


def told(world: World, name: str, reason: str) -> bool:
    """Whether an Event of this reason was told of a rule."""
    return any(event["regarding"]["name"] == name for event in world.events(reason))


def ended(world: World, name: str, reason: str) -> dict[str, Any]:
    """The entry of the history that says that an alert of this rule ended so."""
    return wait_for(
        f"an alert of {name} ends: {reason}",
        lambda: next(
            (one for one in world.status(name).get("history", []) if one["reason"] == reason), None
        ),
    )


def recovering(world: World, name: str) -> dict[str, Any] | None:
    """An alert of this rule that is good again, and kept firing."""
    alerts: list[dict[str, Any]] = world.status(name).get("alerts", [])
    return next((one for one in alerts if one["state"] == "Recovering"), None)


def test_a_stateful_set_alerts_beside_a_deployment(world: World) -> None:
    alerts = world.wait_for_state("Firing", "both")["alerts"]
    named = {(one["workload"]["kind"], one["workload"]["name"]) for one in alerts}
    assert named == {("Deployment", "scorer"), ("StatefulSet", "ranker")}
    subjects = {"scorer", "ranker", "both"}
    wait_for(
        "all are told",
        lambda: {e["regarding"]["name"] for e in world.events("AlertFiring")} >= subjects,
    )


def test_a_limit_set_by_annotation_ends_one_alert_after_it_was_kept_firing(world: World) -> None:
    world.tools.apply(world.namespace, rule("kept", keepFiringFor="3s"))
    wait_for("both fire", lambda: world.status("kept").get("firing") == 2)
    annotate(world, DEPLOYMENT, "param.tocsin.dev/kept.limit=5")
    alert = wait_for("one recovers", lambda: recovering(world, "kept"))
    assert alert["workload"]["name"] == "scorer"
    entry = ended(world, "kept", "Recovered")
    assert (entry["id"], entry["message"]) == (alert["id"], "1 is within 5")
    since, until = (
        datetime.fromisoformat(one) for one in (alert["recoveringSince"], entry["resolvedAt"])
    )
    assert until - since >= timedelta(seconds=3)
    wait_for("its end is told", lambda: told(world, "kept", "AlertResolved"))
    status = world.status("kept")
    assert (status["state"], status["firing"]) == ("Firing", 1)  # the other one


def test_a_limit_that_cannot_be_read_keeps_the_old_one_and_is_told_on_the_workload(
    world: World,
) -> None:
    world.tools.apply(world.namespace, rule("limited", kinds=("Deployment",)))
    world.wait_for_state("Firing", "limited")
    annotate(world, DEPLOYMENT, "param.tocsin.dev/limited.limit=5")
    world.wait_for_state("Inactive", "limited")
    annotate(world, DEPLOYMENT, "param.tocsin.dev/limited.limit=fast")
    event = world.wait_for_event("ParameterUnreadable", "Deployment")
    assert event["note"].endswith("; 5 stays in force")
    held = wait_for("status says so", lambda: world.status("limited")["heldParameters"])
    assert (held[0]["value"], world.status("limited")["state"]) == ("5", "Inactive")


def test_m_of_n_fires_on_what_never_lasts(world: World) -> None:
    points = {"matching": 3, "of": 20}
    text = rule("now-and-then", NOW_AND_THEN, kinds=("Deployment",), datapoints=points)
    world.tools.apply(world.namespace, text)
    status = world.wait_for_state("Firing", "now-and-then")
    assert status["alerts"][0]["valueAtTransition"] == "1"


def test_shadow_tells_nobody_until_it_becomes_active(world: World) -> None:
    shadow = rule("shadow", kinds=("Deployment",), mode="Shadow")
    world.tools.apply(world.namespace, shadow)
    status = world.wait_for_state("Firing", "shadow")
    assert (status["wouldHaveNotified"], status["alerts"][0]["shadow"]) == (1, True)
    # What fires after it is told: so would it have been.
    world.tools.apply(world.namespace, rule("after-shadow", kinds=("Deployment",)))
    wait_for("a later one is told", lambda: told(world, "after-shadow", "AlertFiring"))
    assert not told(world, "shadow", "AlertFiring")
    world.tools.apply(world.namespace, shadow.replace("Shadow", "Active"))
    wait_for("it is told", lambda: told(world, "shadow", "AlertFiring"))
    wait_for("nothing is counted", lambda: "wouldHaveNotified" not in world.status("shadow"))


def test_lost_data_hold_an_alert_until_a_person_ends_it_or_end_it_where_the_rule_says_so(
    world: World, unscraped: Callable[[], None]
) -> None:
    own = ("StatefulSet",)
    world.tools.apply(world.namespace, rule("held", kinds=own))
    world.tools.apply(world.namespace, rule("not-met", kinds=own, missingData="NotMet"))
    for name in ("held", "not-met"):
        world.wait_for_state("Firing", name)
    unscraped()
    assert ended(world, "not-met", "NoData")["message"].startswith("no data, which missingData")
    wait_for("it is unobserved", lambda: world.status("held")["alerts"][0]["unobservedSince"])
    [alert] = world.status("held")["alerts"]
    assert alert["state"] == "Firing"
    annotate(world, "mlar/held", f"tocsin.dev/resolve={alert['id']}")
    assert ended(world, "held", "ResolvedByPerson")["id"] == alert["id"]
    status = world.wait_for_state("Unknown", "held")
    assert (status["resolveHandled"], status["alerts"]) == (alert["id"], [])


def test_scaling_to_zero_and_deleting_end_the_alerts_of_their_workloads(world: World) -> None:
    world.tools.kubectl("scale", STATEFUL_SET, "-n", world.namespace, "--replicas=0")
    assert ended(world, "both", "ScaledToZero")["workload"]["name"] == "ranker"
    world.tools.kubectl("delete", DEPLOYMENT, "-n", world.namespace, "--wait=false")
    assert ended(world, "both", "WorkloadDeleted")["workload"]["name"] == "scorer"
