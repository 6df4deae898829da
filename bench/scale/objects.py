"""Thousands of real objects on a real API server: nodes, and models with their pods.

The controllers of a cluster make ReplicaSets and pods of 20 Deployments a second at most, which is
half an hour for 10,000 of them. So all objects are made here, owners and all, while the controller
manager rests.
"""

import asyncio
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import aiohttp
import yaml

from bench.errors import BenchError
from bench.exporter import NAMESPACE

NODES = 10
_AT_ONCE = 16

Json = dict[str, Any]


class Api:
    """Creates objects, as the kubeconfig's user."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def create(self, path: str, body: Json) -> Json:
        """The object as it was made."""
        async with self._session.post(path, json=body) as answer:
            made: Json = await answer.json()
            if answer.status != 201:
                raise BenchError(f"{path}: the API server answers {made.get('message')}")
            return made


@asynccontextmanager
async def connected(kubeconfig: Path) -> AsyncIterator[Api]:
    """The API server of the only context in this kubeconfig."""
    server, trust = _access(kubeconfig)
    connector = aiohttp.TCPConnector(ssl=trust, limit=_AT_ONCE)
    async with aiohttp.ClientSession(server, connector=connector) as session:
        yield Api(session)


def _access(kubeconfig: Path) -> tuple[str, ssl.SSLContext]:
    """The API server's address, and what proves each to the other."""
    config = yaml.safe_load(kubeconfig.read_text())
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    authority, certificate, key = (
        b64decode(where[f"{name}-data"]).decode()
        for where, name in (
            (cluster, "certificate-authority"),
            (user, "client-certificate"),
            (user, "client-key"),
        )
    )
    trust = ssl.create_default_context(cadata=authority)
    with NamedTemporaryFile("w") as pair:  # the library reads it from a file only
        pair.write(certificate + key)
        pair.flush()
        trust.load_cert_chain(pair.name)
    return cluster["server"], trust


async def make_nodes(kubeconfig: Path) -> None:
    """The nodes that kwok plays."""
    async with connected(kubeconfig) as api:
        for number in range(NODES):
            metadata = {
                "name": f"fake-{number}",
                "annotations": {"kwok.x-k8s.io/node": "fake"},
            }
            taint = {"key": "kwok.x-k8s.io/node", "value": "fake", "effect": "NoSchedule"}
            await api.create("/api/v1/nodes", {"metadata": metadata, "spec": {"taints": [taint]}})


async def make_models(kubeconfig: Path, numbers: Iterable[int]) -> None:
    """A Deployment, its ReplicaSet and its pod for each of these models."""
    async with connected(kubeconfig) as api, asyncio.TaskGroup() as group:
        free = asyncio.Semaphore(_AT_ONCE)
        for number in numbers:
            await free.acquire()
            task = group.create_task(_make_model(api, number))
            task.add_done_callback(lambda _: free.release())


async def _make_model(api: Api, number: int) -> None:
    name = f"model-{number}"
    apps, core = f"/apis/apps/v1/namespaces/{NAMESPACE}", f"/api/v1/namespaces/{NAMESPACE}"
    labels = {"app": name}
    pod = {
        "nodeName": f"fake-{number % NODES}",
        "containers": [{"name": "model", "image": "model:v1"}],
    }
    template = {"metadata": {"labels": labels}, "spec": pod}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
    metadata = {"name": name, "labels": {"tocsin.dev/model": name}}
    deployment = await api.create(f"{apps}/deployments", {"metadata": metadata, "spec": spec})
    metadata = {
        "name": f"{name}-5d8f",
        "labels": labels,
        "annotations": {"deployment.kubernetes.io/revision": "1"},
        **_owned("Deployment", deployment),
    }
    replicas = await api.create(f"{apps}/replicasets", {"metadata": metadata, "spec": spec})
    metadata = {"name": f"{name}-0", "labels": labels} | _owned("ReplicaSet", replicas)
    await api.create(f"{core}/pods", {"metadata": metadata, "spec": pod})


def _owned(kind: str, owner: Json) -> Json:
    metadata = owner["metadata"]
    reference = {
        "apiVersion": "apps/v1",
        "kind": kind,
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
    }
    return {"ownerReferences": [reference]}
