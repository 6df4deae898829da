"""How the stand-ins are reached from outside of the cluster."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from e2e.stage import RECEIVERS
from e2e.tools import CommandError, Tools

Json = dict[str, Any]
#: Asks the stand-ins: a method, a path, a body; gives the answer.
Ask = Callable[[str, str, Json | None], Json]


def through_api_server(tools: Tools) -> Ask:
    """Ask the stand-ins of a cluster, from outside of it."""
    root = f"/api/v1/namespaces/{RECEIVERS}/services/receivers:http/proxy"
    verbs = {"GET": "get", "POST": "create", "PUT": "replace"}

    def ask(method: str, path: str, body: Json | None) -> Json:
        words = [verbs[method], "--raw", root + path]
        if method == "GET":
            return _parsed(tools.kubectl(*words).stdout)
        return _parsed(tools.kubectl(*words, "-f", "-", input=json.dumps(body or {})).stdout)

    return ask


def over_http(base: str) -> Ask:
    """Ask stand-ins that listen at an address, as behind a port-forward."""

    def ask(method: str, path: str, body: Json | None) -> Json:
        data = json.dumps(body or {}).encode() if method != "GET" else None
        request = urllib.request.Request(base + path, data, method=method)  # noqa: S310  # ours
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # ours
                return _parsed(answer.read())
        except urllib.error.HTTPError as error:
            raise CommandError(f"{method} {path}: {error.code} {error.read()!r}") from None

    return ask


def _parsed(text: str | bytes) -> Json:
    found: Json = json.loads(text)
    return found
