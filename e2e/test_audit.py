"""The operator asks the API server for nothing that it may not, and the chart grants no more.

Read before any test that restarts the API server: while its rights are loaded it refuses all.
"""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from e2e.operators import scale
from e2e.routes import Listeners, route, secret
from e2e.stage import RELEASE, SYSTEM
from e2e.tools import Tools, wait_for
from e2e.world import World, wait_for_evaluations

from .test_columns import rule
from .test_events import fire_twice

USER = f"system:serviceaccount:{SYSTEM}:{RELEASE}"

#: Everybody may ask what is allowed to themselves: Kubernetes grants it, not the chart.
OWN_RIGHTS = "selfsubjectaccessreviews"

#: An apply that makes an object needs the right to create, and is logged as a patch.
MADE_BY_PATCH = {("create", "mlalertrules")}

OWN_RULE = "tocsin-sources"

Json = dict[str, Any]

BASELINE = """
apiVersion: tocsin.dev/v1alpha1
kind: MLAlertRule
metadata: {name: drift}
spec:
  severity: low
  interval: 2s
  workloads: {}
  criterion:
    drift:
      metric:
        prometheus:
          query: sum by (namespace, pod, feature, le) (increase(ml_feature_value_bucket[20s]))
      baseline: {configMapRef: {name: training}}
"""


def test_no_request_is_forbidden_and_every_right_is_used(
    tools: Tools, namespace: str, listeners: Listeners
) -> None:
    world = World(tools, namespace)
    hook = listeners.hook(bearerSecretRef={"name": "hook", "key": "token"})
    tools.apply(namespace, secret("hook", token="t"), route("oncall", hook))  # noqa: S106  # none
    tools.apply(namespace, rule("twice", "low", "vector(0.312)"))
    listeners.wait_for("First")
    earlier = len(_requests(tools))
    tools.kubectl("delete", "lease", RELEASE, "-n", SYSTEM)  # it is made again
    _age(listeners)  # and the next operator reads everything anew
    fire_twice(world)  # writes all that it ever writes
    _silence(listeners)
    tools.apply(namespace, BASELINE)  # it asks for a ConfigMap

    granted = _granted(tools) - MADE_BY_PATCH
    wait_for("every right is used", lambda: granted <= _used(_requests(tools)[earlier:]), 30)
    requests = _requests(tools)[earlier:]
    used = _used(requests)
    print("\nThe chart's rights, all used:", *sorted(granted), sep="\n  ")
    assert used - granted == set(), "asked beyond the chart's rights, and allowed by others"
    assert [entry["requestURI"] for entry in requests if _is_forbidden(entry)] == []
    assert _leases(requests) == {(SYSTEM, RELEASE)}, "no Lease but its own"
    assert {ref["namespace"] for ref in _refs(requests) if _is_own_rule(ref)} == {SYSTEM}


def test_a_quiet_rule_costs_no_write_but_the_leases_renewal(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    tools.apply(namespace, rule("quiet", "low", "vector(0.1)"))
    world.wait_for_state("Inactive", "quiet")
    earlier = len(_requests(tools))

    def written() -> set[tuple[str, str]]:
        return {
            (entry["verb"], entry["objectRef"]["resource"])
            for entry in _requests(tools)[earlier:]
            if entry["verb"] not in ("get", "list", "watch")
            and entry["objectRef"].get("namespace") in (SYSTEM, namespace)
            and not _is_of_own_rule(entry["objectRef"])
        }

    wait_for("the Lease is renewed", written)
    wait_for_evaluations(tools, more=30)
    assert written() == {("update", "leases")}


def _silence(listeners: Listeners) -> None:
    """Have a silence made and ended."""
    listeners.annotate("mlar/twice", "tocsin.dev/silence=1h deploy")
    wait_for("a silence is made", lambda: _is_in(listeners, "asil", "Active"))
    listeners.annotate("mlar/twice", "tocsin.dev/silence-")
    wait_for("it has ended", lambda: _is_in(listeners, "asil", "Expired"))


def _age(listeners: Listeners) -> None:
    """Leave an incident and a silence to the next operator that were over two days ago."""
    tools = listeners.tools
    _silence(listeners)
    listeners.suspend("twice")
    listeners.wait_for_incident("Closed")
    scale(tools, 0)
    past = (datetime.now(UTC) - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for kind, field in (("mlinc", "closedAt"), ("asil", "endedAt")):
        [name] = [one["metadata"]["name"] for one in tools.items(kind, listeners.namespace)]
        patch = json.dumps({"status": {field: past}})
        tools.kubectl(
            "patch", kind, name, "-n", listeners.namespace, "--subresource=status",
            "--type=merge", "-p", patch,
        )  # fmt: skip
    scale(tools, 2)
    for kind in ("mlinc", "asil"):
        wait_for(f"{kind} is deleted", partial(_is_gone, listeners, kind))
    listeners.suspend("twice", False)
    World(tools, listeners.namespace).wait_for_state("Firing", "twice")


def _is_gone(listeners: Listeners, kind: str) -> bool:
    return not listeners.tools.items(kind, listeners.namespace)


def _is_in(listeners: Listeners, kind: str, state: str) -> bool:
    found = listeners.tools.items(kind, listeners.namespace)
    return state in [one.get("status", {}).get("state") for one in found]


def _is_of_own_rule(ref: Json) -> bool:
    """Its status or Events: it follows sources that other tests have broken."""
    events = ref["resource"] == "events" and ref.get("namespace") == SYSTEM
    return events or ref.get("name") == OWN_RULE


def _requests(tools: Tools) -> list[Json]:
    """What the operator has asked since the cluster was made."""
    log = tools.node("cat", "/var/log/kubernetes/audit.log").stdout
    entries: list[Json] = [json.loads(line) for line in log.splitlines()]
    return [entry for entry in entries if entry["user"]["username"] == USER]


def _leases(requests: list[Json]) -> set[tuple[str, str]]:
    """(namespace, name) of all Leases that requests name; one that makes it does not."""
    refs = [entry.get("objectRef") or {} for entry in requests]
    return {
        (ref["namespace"], ref["name"])
        for ref in refs
        if ref.get("resource") == "leases" and ref.get("name")
    }


def _refs(requests: list[Json]) -> list[Json]:
    """The objects of requests that change rules."""
    patched = [entry for entry in requests if entry["verb"] == "patch"]
    return [entry["objectRef"] for entry in patched]


def _is_own_rule(ref: Json) -> bool:
    return ref["resource"] == "mlalertrules" and not ref.get("subresource")


def _is_forbidden(entry: Json) -> bool:
    annotations: Json = entry.get("annotations", {})
    return annotations.get("authorization.k8s.io/decision") == "forbid"


def _used(requests: list[Json]) -> set[tuple[str, str]]:
    """(verb, resource) of requests, but for discovery and questions about own rights."""
    refs = [(entry["verb"], entry.get("objectRef") or {}) for entry in requests]
    return {
        (verb, "/".join(filter(None, (ref["resource"], ref.get("subresource")))))
        for verb, ref in refs
        if ref.get("resource") not in (None, OWN_RIGHTS)
    }


def _granted(tools: Tools) -> set[tuple[str, str]]:
    roles = (
        ("clusterrole", f"{SYSTEM}:{RELEASE}"),
        ("role", f"{SYSTEM}:{RELEASE}:own", "-n", SYSTEM),
    )
    granted = [json.loads(tools.kubectl("get", *role, "-o", "json").stdout) for role in roles]
    return {
        (verb, resource)
        for role in granted
        for rights in role["rules"]
        for resource in rights["resources"]
        for verb in rights["verbs"]
    }
