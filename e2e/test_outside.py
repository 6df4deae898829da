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

import pytest

from e2e.operators import leader
from e2e.stage import MONITORING, SYSTEM
from e2e.tools import ROOT, Tools, wait_for
from e2e.world import World

from .test_columns import rule

Process = subprocess.Popen[str]


@pytest.mark.usefixtures("alone")
def test_it_runs_outside_the_cluster_and_ends_within_five_seconds(
    tools: Tools, namespace: str, tmp_path: Path
) -> None:
    world = World(tools, namespace)
    tools.apply(namespace, rule("outside", "high", "vector(0.312)"))
    with _prometheus(tools) as url, _operator(tools, tmp_path, namespace, url) as operator:
        page = f"http://127.0.0.1:{_port(tmp_path / 'log')}"
        wait_for("it is ready", lambda: _code(f"{page}/readyz") == 200)
        assert _code(f"{page}/healthz") == 200
        status = world.wait_for_state("Firing", "outside")
        # The offset is fixed at a quarter of a second, and the loop may be late by half of one.
        assert re.search(r"\.(2[5-9]|[3-6]\d|7[0-4])\dZ$", status["alerts"][0]["activeAt"])
        asked = time.monotonic()
        operator.send_signal(signal.SIGTERM)
        assert operator.wait(10) == 0
        assert time.monotonic() - asked < 5


def test_the_pod_ends_long_before_its_grace_is_over(tools: Tools) -> None:
    started = time.monotonic()
    tools.kubectl("delete", "pod", "-n", SYSTEM, leader(tools), "--wait")
    assert time.monotonic() - started < 8  # of 15; kubelet and kubectl take some of it
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
    with (folder / "log").open("w") as log:
        operator = subprocess.Popen(command, env=env, stderr=log, text=True)  # noqa: S603  # ours
        try:
            yield operator
        finally:
            operator.kill()
            operator.wait(10)


@contextmanager
def _prometheus(tools: Tools) -> Iterator[str]:
    """Where Prometheus answers on loopback while this lasts."""
    cluster = tools.cluster
    words = ["port-forward", "-n", MONITORING, "service/prometheus", ":9090"]
    command = [str(cluster.bin / "kubectl"), *words, "--address=127.0.0.1"]
    env = cluster.environment()
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as forward:  # noqa: S603  # ours
        try:
            line = forward.stdout.readline() if forward.stdout else ""
            assert "->" in line, "port-forward did not start"
            yield f"http://127.0.0.1:{line.split(':')[1].split()[0]}"
        finally:
            forward.terminate()


def _port(log: Path) -> int:
    """The port that the operator says it listens on."""

    def said() -> int | None:
        for entry in map(json.loads, log.read_text().splitlines()):
            if entry["message"] == "listening":
                assert entry["host"] == "127.0.0.1"
                return int(entry["port"])
        return None

    return wait_for("it listens", said, 20)


def _code(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  # loopback
            return int(answer.status)
    except OSError:
        return 0
