"""What `kubectl get mlar` shows of rules in each state, against golden files.

`UPDATE_GOLDEN=1` writes them anew.
"""

import os
import re
from pathlib import Path

from e2e.tools import ROOT, Tools
from e2e.world import World

GOLDEN = Path(__file__).parent / "golden"
RULE = """\
apiVersion: tocsin.dev/v1alpha1
kind: MLAlertRule
metadata: {{name: {name}}}
spec:
  severity: {severity}
  interval: 1s
  for: {wait}
  suspend: {suspend}
  criterion:
    threshold:
      metric:
        prometheus: {{query: "{query}"}}
        unit: Seconds
      above: 200ms
  summary: "P99 latency of the feature store is {{{{ $value | humanizeDuration }}}}"
"""


def rule(name: str, severity: str, query: str, *, wait: str = "0s", suspend: str = "false") -> str:
    """A rule over a query whose value is known."""
    return RULE.format(name=name, severity=severity, query=query, wait=wait, suspend=suspend)


def test_columns_tell_the_state_of_every_rule(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    states = {
        "firing": rule("firing", "critical", "vector(0.312)"),
        "inactive": rule("inactive", "medium", "vector(0.1)"),
        "invalid": rule("invalid", "medium", "sum(up"),
        "pending": rule("pending", "high", "vector(0.312)", wait="1h"),
        "suspended": rule("suspended", "low", "vector(0.312)", suspend="true"),
    }
    states["unknown"] = rule("unknown", "info", "absent(vector(1))")
    tools.apply(namespace, "---\n".join(states.values()))
    for name in states:
        world.wait_for_state(name.capitalize(), name)
    world.wait_until_evaluated("unknown")
    for golden, args in (("columns", ()), ("columns-wide", ("-o", "wide"))):
        shown = tools.kubectl("get", "mlar", "-n", namespace, *args).stdout
        compare(golden, _without_ages(shown))
    firing = tools.kubectl(
        "get", "mlar", "-n", namespace, "--field-selector", "status.state=Firing", "-o", "name"
    ).stdout
    assert firing.split() == ["mlalertrule.tocsin.dev/firing"]


def test_the_rules_of_the_brief_are_taken_and_evaluated(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    world.run_model()
    tools.apply(namespace, *sorted((ROOT / "examples" / "rules").glob("*.yaml")))
    names = [item["metadata"]["name"] for item in tools.items("mlar", namespace)]
    assert names == [
        "data-drift", "gpu-memory", "high-error-rate", "high-latency", "model-server-down",
    ]  # fmt: skip
    for name in names:
        tools.kubectl("patch", "mlar", name, "-n", namespace, "--type=merge", "-p",
                      '{"spec": {"interval": "1s"}}')  # fmt: skip
    world.wait_for_state("Inactive", "model-server-down")
    world.wait_for_state("Inactive", "high-latency", seconds=120)
    world.wait_until_evaluated("gpu-memory")
    world.wait_for_state("Unknown", "gpu-memory")
    for name in names:
        assert world.condition("Ready", name)["status"] == "True"
        assert world.condition("Rendered", name)["status"] == "True"


def compare(name: str, text: str) -> None:
    """`text` is what the golden file holds."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text)
    assert text == path.read_text()


def _without_ages(table: str) -> str:
    """The table with each age as `…`, and its columns as wide as they are then."""
    rows = [re.sub(r"(?<= )(\d+[smh])+(?= |$)", "…", row) for row in table.splitlines()]
    return "".join(re.sub(r" {2,}", "  ", row).rstrip() + "\n" for row in rows)
