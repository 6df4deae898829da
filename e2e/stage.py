"""Everything that runs on the cluster: Prometheus, the operator, whom it tells."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from e2e.cluster import ClusterError, up
from e2e.cluster import engine as engines
from e2e.cluster.locks import lock
from e2e.images import build_all, operator_image
from e2e.tools import ROOT, Tools

RELEASE = "tocsin"
SYSTEM = "tocsin-system"
MONITORING = "monitoring"
RECEIVERS = "receivers"
MODEL = ROOT / "examples" / "model-server" / "deploy" / "model.yaml"
BAD_ROLLOUT = ROOT / "examples" / "model-server" / "deploy" / "bad-rollout.yaml"
PROMETHEUS_URL = f"http://prometheus.{MONITORING}:9090"
RESTRICTED = "pod-security.kubernetes.io/enforce=restricted"


def source(name: str, url: str = PROMETHEUS_URL) -> dict[str, Any]:
    """A source as the chart's values have it."""
    return {"name": name, "prometheus": {"url": url, "timeout": "10s"}}


VALUES: dict[str, Any] = {
    "clusterName": "e2e",
    "sources": [source("default")],
    "receivers": {"allowedNetworks": ["10.96.0.0/12"]},
    "http": {"allowedNetworks": ["10.96.0.0/12"]},
    "resources": {"requests": {"cpu": "20m", "memory": "96Mi"}},
}


@dataclass(frozen=True)
class Stage:
    """A cluster on which Prometheus, the operator and those whom it tells run."""

    tools: Tools
    operator_image: str


def set_up(**values: Any) -> Stage:
    """Bring everything up, or to what the checkout now says; twice is once.

    `values` replace the chart's values of the demonstration.
    """
    cluster = up()
    tools = Tools(cluster)
    with lock(f"stage-{cluster.name}"):
        images = build_all(cluster)
        _run_receivers(tools, images.receivers)
        make_namespace(tools, MONITORING)
        tools.apply(MONITORING, ROOT / "e2e" / "prometheus" / "prometheus.yaml")
        make_namespace(tools, SYSTEM)
        stage = Stage(tools, images.operator)
        install(stage, **values)
    for name, namespace in (("prometheus", MONITORING), ("receivers", RECEIVERS)):
        tools.kubectl("rollout", "status", f"deployment/{name}", "-n", namespace, "--timeout=120s")
    return stage


def install(stage: Stage, release: str = RELEASE, namespace: str = SYSTEM, **values: Any) -> None:
    """Install or upgrade the chart with our image; pods and logs are part of a failure."""
    repository, _, tag = stage.operator_image.partition(":")
    image = {"repository": repository, "tag": tag, "pullPolicy": "Never"}
    text = json.dumps({**VALUES, "image": image, **values})
    tools = stage.tools
    path = Path("/dev/stdin")
    done = subprocess.run(  # noqa: S603  # our own program
        [
            str(tools.cluster.bin / "helm"), "upgrade", "--install", release,
            str(ROOT / "charts" / "tocsin"), "-n", namespace, "--values", str(path),
            "--wait", "--timeout", "120s",
            "--force-conflicts",  # a test that was cut short has scaled it
        ],
        env=tools.cluster.environment(), input=text, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pods = tools.kubectl("get", "pods", "-n", namespace).stdout
        pods += "\n".join(tools.kubectl("events", "-n", namespace).stdout.splitlines()[-10:])
        logs = tools.kubectl(
            "logs", "-n", namespace, "-l", "app.kubernetes.io/name=tocsin", "--tail=30", check=False
        )
        raise AssertionError(f"helm: {done.stderr}\n{pods}\n{logs.stdout}{logs.stderr}")


def make_namespace(tools: Tools, name: str) -> None:
    """A namespace that takes only pods that are restricted, as we promise ours to be."""
    tools.kubectl("create", "namespace", name, check=False)
    tools.kubectl("label", "--overwrite", "namespace", name, RESTRICTED)


def _run_receivers(tools: Tools, image: str) -> None:
    """Start the stand-ins of what Tocsin tells, or have them follow their image."""
    make_namespace(tools, RECEIVERS)
    manifest = (ROOT / "e2e" / "receivers" / "receivers.yaml").read_text()
    tools.apply(RECEIVERS, manifest.replace("tocsin/receivers:dev", image))


def main(words: list[str]) -> int:
    """Set everything up; with the word image only build the operator's image, and tell its size."""
    try:
        if words == ["image"]:
            name = operator_image()
            docker = engines.find_or_start().docker
            size = int(docker("image", "inspect", "-f", "{{.Size}}", name).stdout)
            print(f"{name}: {size / 1e6:.0f} MB")
        else:
            stage = set_up()
            print(f"ready. kubectl finds it by: export KUBECONFIG={stage.tools.cluster.kubeconfig}")
    except (ClusterError, AssertionError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
