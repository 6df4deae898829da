"""What runs on the cluster while latency is measured, and what tells both sides their work."""

import json
from collections.abc import Iterator
from typing import Any

from bench.manifests import BENCH, config_map, deployment, python_pod, service
from e2e.told import ALERTMANAGER, WEBHOOK

SOURCE = "latency"  # as the operator's settings call the Prometheus of the measurement
RULE = "model-breach"
METRIC = "model_breach"
LIMIT = 0.5
PROMETHEUS_PORT = 9090
EXPORTER_PORT = 8080
_ALERTMANAGER_PORT = 9093
_USER = 65532

Json = dict[str, Any]


def model(number: int) -> str:
    """The name of a model."""
    return f"model-{number}"


def programs(namespace: str, alertmanager: str, count: int, every: float) -> Iterator[Json]:
    """Exporter, Prometheus with its own rule, and Alertmanager, of the image of that name."""
    code, pod = python_pod(BENCH / "latency" / "exporter.py", f"--every={every}")
    yield from (code, deployment("exporter", {}, {}, pod), service("exporter", EXPORTER_PORT))
    yield config_map("prometheus", _prometheus_files(namespace, count))
    yield deployment("prometheus", {}, {}, _pod("prometheus", "tocsin/prometheus:dev", [
        "--config.file=/etc/bench/prometheus.yml", "--storage.tsdb.path=/data", "--log.level=warn",
    ], PROMETHEUS_PORT))  # fmt: skip
    yield service("prometheus", PROMETHEUS_PORT)
    yield config_map("alertmanager", {"alertmanager.yml": json.dumps(_alertmanager(namespace))})
    yield deployment("alertmanager", {}, {}, _pod("alertmanager", alertmanager, [
        "--config.file=/etc/bench/alertmanager.yml", "--storage.path=/data", "--log.level=warn",
        "--cluster.listen-address=",  # alone: it waits for no other
    ], _ALERTMANAGER_PORT))  # fmt: skip
    yield service("alertmanager", _ALERTMANAGER_PORT)


def models(count: int) -> Iterator[Json]:
    """Deployments that run nothing: what is measured does not look at their pods."""
    for number in range(count):
        name = model(number)
        paper = deployment(name, {"tocsin.dev/model": name}, {}, {
            "containers": [{"name": "server", "image": "none"}],
        })  # fmt: skip
        paper["spec"]["paused"] = True
        yield paper


def told_by_us(namespace: str) -> Iterator[Json]:
    """The rule and the route that say to Tocsin what Prometheus and Alertmanager are told."""
    metric = {"prometheus": {"sourceRef": {"name": SOURCE}, "query": METRIC}}
    yield _ours("MLAlertRule", RULE, {
        "severity": "high",
        "workloads": {},
        "criterion": {"threshold": {"metric": metric, "above": str(LIMIT)}},
        "interval": "1s",
        "for": "0s",
        "summary": "{{ $labels.deployment }} is at {{ $value }}",
    })  # fmt: skip
    receiver = {"name": "hook", "webhook": {"url": f"{WEBHOOK}/{namespace}"}}
    yield _ours("NotificationRoute", "all", {
        "selector": {"all": True},
        "groupBy": [{"field": "Workload"}],
        "groupWait": "0s",
        "groupInterval": "1s",
        "repeatInterval": "4h",
        "receivers": [receiver],
    })  # fmt: skip


def _prometheus_files(namespace: str, count: int) -> dict[str, str]:
    """Each model is a target of its own, so that each is scraped at another time of the second."""
    targets = [
        {
            "targets": [f"exporter:{EXPORTER_PORT}"],
            "labels": {
                "__metrics_path__": f"/models/{model(number)}",
                "namespace": namespace,
            },
        }
        for number in range(count)
    ]
    alert = {
        "alert": RULE,
        "expr": f"{METRIC} > {LIMIT}",
        "labels": {"severity": "high"},
        "annotations": {"summary": "{{ $labels.deployment }} is at {{ $value }}"},
    }
    config = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": ["/etc/bench/rules.yml"],
        "alerting": {
            "alertmanagers": [
                {"static_configs": [{"targets": [f"alertmanager:{_ALERTMANAGER_PORT}"]}]}
            ]
        },
        "scrape_configs": [{"job_name": "models", "static_configs": targets}],
    }
    rules = {"groups": [{"name": "bench", "interval": "1s", "rules": [alert]}]}
    return {"prometheus.yml": json.dumps(config), "rules.yml": json.dumps(rules)}


def _alertmanager(namespace: str) -> Json:
    route = {
        "receiver": "hook",
        "group_by": ["namespace", "deployment"],
        "group_wait": "0s",
        "group_interval": "1s",
        "repeat_interval": "4h",
    }
    hook = {"url": f"{ALERTMANAGER}/{namespace}", "send_resolved": True}
    return {"route": route, "receivers": [{"name": "hook", "webhook_configs": [hook]}]}


def _pod(name: str, image: str, args: list[str], port: int) -> Json:
    """A program with its configuration at /etc/bench and room at /data."""
    container = {
        "name": name, "image": image, "imagePullPolicy": "IfNotPresent", "args": args,
        "readinessProbe": {"httpGet": {"path": "/-/ready", "port": port}, "periodSeconds": 1},
        "volumeMounts": [
            {"name": "config", "mountPath": "/etc/bench"}, {"name": "data", "mountPath": "/data"},
        ],
    }  # fmt: skip
    volumes = [{"name": "config", "configMap": {"name": name}}, {"name": "data", "emptyDir": {}}]
    user = {"runAsNonRoot": True, "runAsUser": _USER}
    return {"containers": [container], "volumes": volumes, "securityContext": user}


def _ours(kind: str, name: str, spec: Json) -> Json:
    head = {"apiVersion": "tocsin.dev/v1alpha1", "kind": kind}
    return {**head, "metadata": {"name": name}, "spec": spec}
