"""A small API server on loopback: discovery, lists, watches; and how it may go wrong."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import orjson
import yaml
from aiohttp import web

#: The kinds by "group/version" and plural.
KINDS: Final = {
    "v1": {"pods": "Pod", "namespaces": "Namespace"},
    "apps/v1": {
        "deployments": "Deployment",
        "statefulsets": "StatefulSet",
        "replicasets": "ReplicaSet",
        "controllerrevisions": "ControllerRevision",
    },
    "tocsin.dev/v1alpha1": {
        "mlalertrules": "MLAlertRule",
        "notificationroutes": "NotificationRoute",
        "alertsilences": "AlertSilence",
        "mlincidents": "MLIncident",
    },
}
#: What kopf looks for in the discovery before anything else, and must not list.
_BACKBONE: Final = {
    "v1": {"namespaces": "Namespace"},
    "apiextensions.k8s.io/v1": {"customresourcedefinitions": "CustomResourceDefinition"},
}


class ApiServer:
    """Holds objects by plural; `refuse` gives, by plural, the codes of the next lists."""

    def __init__(self) -> None:
        self.objects: dict[str, list[dict[str, Any]]] = {}
        self.refuse: dict[str, list[int]] = {}
        self.requests: list[tuple[str, str, bool]] = []
        self.watched: dict[str, asyncio.Event] = {
            plural: asyncio.Event() for kinds in KINDS.values() for plural in kinds
        }
        self._watches: dict[str, list[asyncio.Queue[dict[str, Any] | None]]] = {}
        self.silent = False

    def tell(self, plural: str, kind: str, body: dict[str, Any]) -> None:
        """An event to all who watch; lost while the server is `silent`."""
        if self.silent:
            return
        for watch in self._watches.get(plural, ()):
            watch.put_nowait({"type": kind, "object": body})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Whatever is asked for."""
        parts = request.path.strip("/").split("/")
        watch = "watch" in request.query
        self.requests.append((request.method, request.path, watch))
        if parts == ["api"]:
            return web.json_response({"versions": ["v1"]})
        if parts == ["apis"]:
            versions = {version for version in (*KINDS, *_BACKBONE) if "/" in version}
            return web.json_response({"groups": [_group(version) for version in versions]})
        version = "/".join(parts[1:3] if parts[0] == "apis" else parts[1:2])
        if len(parts) == (3 if parts[0] == "apis" else 2):
            kinds = {**KINDS.get(version, {}), **_BACKBONE.get(version, {})}
            resources = [_resource(plural, kind) for plural, kind in kinds.items()]
            return web.json_response({"resources": resources})
        plural = parts[-1]
        if watch:
            return await self._watch(request, plural)
        if codes := self.refuse.get(plural):
            code = codes.pop(0)
            return web.json_response({"kind": "Status", "code": code}, status=code)
        kind = KINDS[version][plural]
        return web.json_response(
            {
                "kind": f"{kind}List",
                "apiVersion": version,
                "metadata": {"resourceVersion": "1"},
                "items": self.objects.get(plural, []),
            }
        )

    async def _watch(self, request: web.Request, plural: str) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        events: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._watches.setdefault(plural, []).append(events)
        self.watched[plural].set()
        while event := await events.get():
            await response.write(orjson.dumps(event) + b"\n")
        return response

    def end(self) -> None:
        """End all watches."""
        for watches in self._watches.values():
            for watch in watches:
                watch.put_nowait(None)


def _group(version: str) -> dict[str, Any]:
    name, _, number = version.partition("/")
    one = {"groupVersion": version, "version": number}
    return {"name": name, "versions": [one], "preferredVersion": one}


def _resource(plural: str, kind: str) -> dict[str, Any]:
    return {
        "name": plural,
        "singularName": kind.lower(),
        "kind": kind,
        "namespaced": True,
        "verbs": ["list", "watch", "patch"],
    }


@contextlib.asynccontextmanager
async def api_server(kubeconfig: Path) -> AsyncIterator[ApiServer]:
    """The server while this lasts, and a kubeconfig for it."""
    server = ApiServer()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        content = {
            "current-context": "x",
            "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
            "clusters": [{"name": "x", "cluster": {"server": url}}],
            "users": [{"name": "x", "user": {}}],
        }
        await asyncio.to_thread(kubeconfig.write_text, yaml.safe_dump(content))
        yield server
    finally:
        server.end()
        await runner.cleanup()
