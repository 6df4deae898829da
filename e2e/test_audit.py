"""The operator asks the API server for nothing that it may not, and the chart grants no more.

Read before any test that restarts the API server: while its rights are loaded it refuses all.
"""

import json

from e2e.stage import RELEASE, SYSTEM
from e2e.tools import Tools
from e2e.world import World

from .test_columns import rule

USER = f"system:serviceaccount:{SYSTEM}:{RELEASE}"
#: Which user may ask what of itself is Kubernetes' own grant to everyone.
OWN_RIGHTS = "selfsubjectaccessreviews"


def test_no_request_is_forbidden_and_every_right_is_used(tools: Tools, namespace: str) -> None:
    tools.apply(namespace, rule("audited", "low", "vector(0.312)"))
    World(tools, namespace).wait_for_state("Firing", "audited")
    log = tools.node("cat", "/var/log/kubernetes/audit.log").stdout
    requests = [entry for entry in map(json.loads, log.splitlines())
                if entry["user"]["username"] == USER]  # fmt: skip
    assert requests, f"the audit log knows nothing of {USER}"
    forbidden = [
        (entry["verb"], entry["requestURI"])
        for entry in requests
        if entry.get("annotations", {}).get("authorization.k8s.io/decision") == "forbid"
    ]
    assert forbidden == []

    used = {right for entry in requests if (right := _right(entry))}
    granted = _granted(tools)
    report = "\n".join(
        f"  {verb:7} {resource:24} {'used' if (verb, resource) in used else 'NOT USED'}"
        for verb, resource in sorted(granted)
    )
    print(f"\nThe chart's rights:\n{report}")
    assert used - granted == set(), "asked beyond the chart's rights, and allowed by others"
    assert granted - used == set(), f"rights that nothing needs:\n{report}"


def _right(entry: dict[str, object]) -> tuple[str, str] | None:
    """(verb, resource) of a request, but for discovery and questions about own rights."""
    ref = entry.get("objectRef")
    if not isinstance(ref, dict) or ref.get("resource") == OWN_RIGHTS:
        return None
    resource = ref["resource"] + (f"/{ref['subresource']}" if "subresource" in ref else "")
    return str(entry["verb"]), resource


def _granted(tools: Tools) -> set[tuple[str, str]]:
    done = tools.kubectl("get", "clusterrole", f"{SYSTEM}:{RELEASE}", "-o", "json")
    return {
        (verb, resource)
        for rule in json.loads(done.stdout)["rules"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
