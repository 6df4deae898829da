"""The operator asks the API server for nothing that it may not, and the chart grants no more.

Read before any test that restarts the API server: while its rights are loaded it refuses all.
"""

import json
from typing import Any

from e2e.stage import RELEASE, SYSTEM
from e2e.tools import Tools, wait_for
from e2e.world import World, restart_operator, wait_for_evaluations

from .test_columns import rule
from .test_events import fire_twice

USER = f"system:serviceaccount:{SYSTEM}:{RELEASE}"

#: Everybody may ask what is allowed to themselves: Kubernetes grants it, not the chart.
OWN_RIGHTS = "selfsubjectaccessreviews"

#: An apply that makes an object needs the right to create, and is logged as a patch.
MADE_BY_PATCH = {("create", "mlalertrules")}

OWN_RULE = "tocsin-sources"

Json = dict[str, Any]


def test_no_request_is_forbidden_and_every_right_is_used(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    tools.apply(namespace, rule("twice", "low", "vector(0.312)"))
    world.wait_for_state("Firing", "twice")
    earlier = len(_requests(tools))
    tools.kubectl("delete", "lease", RELEASE, "-n", SYSTEM)  # it is made again
    restart_operator(tools)  # reads everything anew
    fire_twice(world)  # writes all that it ever writes

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
