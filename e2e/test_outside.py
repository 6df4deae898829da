"""`tocsin run` outside the cluster: with a kubeconfig, on loopback, ended at once by SIGTERM."""

import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from e2e.stage import MONITORING, SYSTEM
from e2e.tools import ROOT, Tools, wait_for
from e2e.world import SELECTOR, World

from .test_columns import rule

Process = subprocess.Popen[str]


@pytest.mark.usefixtures("alone")
def test_it_runs_outside_the_cluster_and_ends_within_five_seconds(
    tools: Tools, namespace: str, tmp_path: Path
) -> None:
    world = World(tools, namespace)
    tools.apply(namespace, rule("outside", "high", "vector(0.312)"))
    with _prometheus(tools) as url, _operator(tools, tmp_path, namespace, url) as operator:
        page = f"http://127.0.0.1:{_port(operator.stderr)}"
        wait_for("it is ready", lambda: _code(f"{page}/readyz") == 200)
        assert _code(f"{page}/healthz") == 200
        status = world.wait_for_state("Firing", "outside")
        # The offset is fixed at a quarter of a second.
        assert re.search(r"\.2[5-9]\dZ$", status["alerts"][0]["activeAt"])
        asked = time.monotonic()
        operator.send_signal(signal.SIGTERM)
        assert operator.wait(10) == 0
        assert time.monotonic() - asked < 5


def test_the_pod_ends_within_five_seconds(tools: Tools) -> None:
    [pod] = tools.items("pods", SYSTEM, "-l", SELECTOR)
    started = time.monotonic()
    tools.kubectl("delete", "pod", "-n", SYSTEM, pod["metadata"]["name"], "--wait")
    assert time.monotonic() - started < 5
    tools.kubectl("rollout", "status", "deployment/tocsin", "-n", SYSTEM, "--timeout=60s")


@contextmanager
def _operator(tools: Tools, folder: Path, namespace: str, url: str) -> Iterator[Process]:
    config = {
        "clusterName": "outside",
        "watchNamespaces": [namespace],
        "sources": [{"name": "default", "prometheus": {"url": url}}],
        "evaluation": {"offset": "250ms"},
        "web": {"port": 0},
    }
    path = folder / "config.yaml"
    path.write_text(json.dumps(config))
    command = [sys.executable, "-m", "tocsin", "run", "--config", str(path)]
    env = {**tools.cluster.environment(), "PYTHONPATH": str(ROOT / "operator")}
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as operator:  # noqa: S603 - ours
        try:
            yield operator
        finally:
            operator.kill()


@contextmanager
def _prometheus(tools: Tools) -> Iterator[str]:
    """Where Prometheus answers on loopback while this lasts."""
    cluster = tools.cluster
    words = ["port-forward", "-n", MONITORING, "service/prometheus", ":9090"]
    command = [str(cluster.bin / "kubectl"), *words, "--address=127.0.0.1"]
    env = cluster.environment()
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as forward:  # noqa: S603 - ours
        try:
            line = forward.stdout.readline() if forward.stdout else ""
            yield f"http://127.0.0.1:{line.split(':')[1].split()[0]}"
        finally:
            forward.terminate()


def _port(log: IO[str] | None) -> int:
    """The port that the operator says it listens on."""
    for line in log or ():
        entry = json.loads(line)
        if entry["message"] == "listening":
            assert entry["host"] == "127.0.0.1"
            return int(entry["port"])
    raise AssertionError("the operator ended before it listened")


def _code(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - loopback
            return int(answer.status)
    except OSError:
        return 0
