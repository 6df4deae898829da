"""Objects of the cluster that measurements run on, as JSON."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from e2e.tools import ROOT

Json = dict[str, Any]


def as_list(items: Iterable[Json]) -> str:
    """All of them as one manifest."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(items)})


def deployment(name: str, labels: Json, annotations: Json, pod: Json) -> Json:
    """A Deployment of one pod, which ends at once when it has to."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}, "annotations": annotations},
                "spec": {**pod, "terminationGracePeriodSeconds": 0},
            },
        },
    }


def service(name: str, port: int) -> Json:
    """A Service before the pods of the Deployment of the same name, on their own port."""
    spec = {"selector": {"app": name}, "ports": [{"port": port}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def config_map(name: str, files: Mapping[str, str]) -> Json:
    """Files that a pod mounts."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {**files}}


def python_pod(script: Path, *args: str) -> tuple[Json, Json]:
    """A script of the standard library that serves port 8080: a ConfigMap named exporter with it,
    and the pod that runs it."""
    code = config_map("exporter", {script.name: script.read_text()})
    container = {
        "name": "exporter", "image": "tocsin/model-server:dev", "imagePullPolicy": "Never",
        "command": ["python", f"/bench/{script.name}", "--host=0.0.0.0", *args],
        "ports": [{"containerPort": 8080}],
        "volumeMounts": [{"name": "code", "mountPath": "/bench"}],
    }  # fmt: skip
    volumes = [{"name": "code", "configMap": {"name": "exporter"}}]
    return code, {"containers": [container], "volumes": volumes}


BENCH = ROOT / "bench"
