"""Drift against the training data, which a ConfigMap holds."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import yaml

from e2e.pack import HEALTHY, deployment, switch_fault
from e2e.tools import ROOT, Tools, wait_for
from e2e.world import World

from .test_audit import BASELINE

MODEL = ROOT / "examples" / "model-server" / "scorer"


def test_a_baseline_that_is_missing_is_said_and_one_that_is_made_is_drifted_from(
    tools: Tools, namespace: str, tmp_path: Path
) -> None:
    world = World(tools, namespace)
    tools.apply(namespace, deployment(HEALTHY), BASELINE)
    stalled = wait_for("it is missed", lambda: _stalled(world))
    assert f"ConfigMap {namespace}/training does not exist" in stalled
    tools.apply(namespace, _training(tmp_path))
    world.wait_for_state("Inactive", "drift", 120)
    switch_fault(tools, namespace, HEALTHY, {"FAULT": "drift", "FAULT_FACTOR": "5"})
    status = world.wait_for_state("Firing", "drift", 60)
    assert [one["name"] for one in status["alerts"][0]["features"]] == ["amount"]


def _stalled(world: World) -> str:
    condition = world.condition("Stalled", "drift")
    return str(condition["message"]) if condition.get("status") == "True" else ""


def _training(folder: Path) -> str:
    """What `tocsin baseline` makes of the example's payments, by the edges of the model."""
    names = ("amount", "hour", "distance", "merchant_risk", "purchases")
    with np.load(MODEL / "data.npz") as stored:
        rows = stored["features"].tolist()
    path = folder / "training.csv"
    path.write_text("\n".join([",".join(names), *(",".join(map(str, row)) for row in rows)]))
    edges = json.loads((MODEL / "model.json").read_text())["bin_edges"]
    made = []
    for name, its in zip(names, edges, strict=True):
        words = ["baseline", str(path), "--name", "training", "--features", name]
        words += ["--edges", ",".join(f"{edge:g}" for edge in its)]
        done = subprocess.run(  # noqa: S603  # our own program
            [sys.executable, "-m", "tocsin", *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        made.append(done.stdout)
    return _together(made)


def _together(made: list[str]) -> str:
    """One ConfigMap with the data of all."""
    first, *others = (yaml.safe_load(text) for text in made)
    for other in others:
        first["data"] |= other["data"]
    return json.dumps(first)
