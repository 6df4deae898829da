"""Secrets that were planted are nowhere: in no object, Event, log, page or metric."""

import base64
import json
from typing import Any

from e2e.operators import logs, page, pods
from e2e.routes import Listeners, route, secret
from e2e.stage import SYSTEM
from e2e.told import WEBHOOK
from e2e.tools import Tools, wait_for
from e2e.world import wait_for_evaluations

from .test_columns import rule

#: What would show: the signing key as it is written and as it is used, the token, the path.
KEY = "CanaryKeyCanaryKeyCanaryKey12345"
SIGNING = "whsec_" + base64.b64encode(KEY.encode()).decode()
TOKEN = "canary-token-5f0a"  # noqa: S105  # opens nothing
PATH = "canary-path-81c3"
CANARIES = (KEY, SIGNING.removeprefix("whsec_"), TOKEN, PATH)
#: All that people may read with the rights to do so, but for Secrets.
KINDS = "mlar,nroute,mlinc,asil,events.events.k8s.io,events,configmaps,pods,leases"
PAGES = ("metrics", "explain", "readyz", "healthz")


def test_secrets_are_in_no_object_event_log_page_or_metric(
    tools: Tools, namespace: str, listeners: Listeners
) -> None:
    refs = {
        "signingSecretRef": {"name": "hook", "key": "signing"},
        "bearerSecretRef": {"name": "hook", "key": "token"},
    }
    names = {name: f"{WEBHOOK}/{namespace}-{name}-{PATH}" for name in ("well", "refused", "down")}
    values: dict[str, Any] = {
        "signing": SIGNING,
        "token": TOKEN,
        **names,
        "closed": f"http://receivers.gone/{PATH}",
    }
    hooks = [
        listeners.hook(name, urlSecretRef={"name": "hook", "key": name}, **refs)
        for name in (*names, "closed")
    ]
    well = f"{namespace}-well-{PATH}"
    told = listeners.told
    told.know(webhook_secrets={well: SIGNING})
    told.go_wrong(f"/webhook/{namespace}-refused", status=401)
    told.go_wrong(f"/webhook/{namespace}-down", mode="redirect", location=f"/{PATH}")
    tools.apply(namespace, secret("hook", hosts="receivers.receivers, receivers.gone", **values))
    tools.apply(namespace, route("oncall", *hooks), rule("low", "low", "vector(0.312)"))
    wait_for("it is told, signed well", lambda: told.webhooks(well))
    wait_for(
        "the others fail",
        lambda: tools.get("nroute", "oncall", namespace)["status"]["failing"] == 3,
    )
    wait_for_evaluations(tools, more=5)

    read = {
        "objects": tools.kubectl("get", KINDS, "-n", namespace, "-o", "json").stdout,
        "own objects": tools.kubectl("get", KINDS, "-n", SYSTEM, "-o", "json").stdout,
        "table": tools.kubectl("get", KINDS, "-n", namespace, "-o", "wide").stdout,
    }
    for name in [pod["metadata"]["name"] for pod in pods(tools)]:
        read[f"log of {name}"] = logs(tools, name)
        for path in (*PAGES, f"explain.json?rule={namespace}/low", f"explain?rule={namespace}/low"):
            read[f"{path} of {name}"] = page(tools, name, path)
    errors = json.loads(read["objects"])
    assert "redirects are not followed" in json.dumps(errors)
    assert "receivers.gone" in json.dumps(errors), "it is said where it could not be sent"
    found = [f"{canary} in {where}" for where, text in read.items() for canary in CANARIES
             if canary in text]  # fmt: skip
    assert found == []
