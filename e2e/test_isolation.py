"""A mistake shows on the object that has it, and disturbs nothing else."""

from functools import partial

import pytest

from e2e.tools import Tools, wait_for
from e2e.world import LATENCY, Json, World, wait_for_evaluations

QUIET = """\
apiVersion: tocsin.dev/v1alpha1
kind: MLAlertRule
metadata: {{name: {name}}}
spec:
  severity: low
  interval: 1s
  workloads: {{}}
  criterion:
    threshold:
      metric:
        prometheus: {{query: "{query}"}}
      above: 1000000
"""
GOOD = "sum by (namespace, pod) (up)"
BAD = {
    "not-promql": ("sum(up", "Invalid", "Stalled", "True", "RuleInvalid"),
    "a-range": ("up[1m]", "Invalid", "Stalled", "True", "RuleInvalid"),
    "a-text": ("'up'", "Invalid", "Stalled", "True", "RuleInvalid"),
    "many-to-many": (
        "up * on (job) ml_predictions_total", "Failed", "SourceReachable", "False", "SourceFailed"
    ),
}  # fmt: skip


def test_one_bad_rule_among_twenty_disturbs_none(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    world.run_model()
    good = [f"good-{number}" for number in range(20 - len(BAD))]
    rules = [QUIET.format(name=name, query=GOOD) for name in good]
    rules += [QUIET.format(name=name, query=query) for name, (query, *_) in BAD.items()]
    tools.apply(namespace, "---\n".join(rules))
    for name in good:
        assert world.wait_for_state("Inactive", name)["workloadCount"] == 1
    for name, (_, state, condition, status, reason) in BAD.items():
        world.wait_for_state(state, name)
        assert world.condition(condition, name)["status"] == status
        wait_for(
            f"an Event on {name}",
            partial(_events_on, world, name, reason),
        )
    wait_for_evaluations(tools, more=40)
    assert {world.status(name)["state"] for name in good} == {"Inactive"}


def _events_on(world: World, name: str, reason: str) -> list[Json]:
    return [event for event in world.events(reason) if event["regarding"]["name"] == name]


def test_a_source_that_is_not_there_fails_only_its_rules(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    world.run_model()
    text = QUIET.format(name="deaf", query=GOOD)
    tools.apply(namespace, LATENCY, text.replace("query:", "sourceRef: {name: absent}, query:"))
    world.wait_for_state("Failed", "deaf")
    assert world.condition("SourceReachable", "deaf")["reason"] == "Unreachable"
    assert world.condition("Ready", "deaf")["status"] == "True"
    world.wait_for_event("SourceFailed", "MLAlertRule")
    world.wait_for_state("Inactive", "high-latency")


def test_an_unknown_source_is_told_with_the_known_ones(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    text = QUIET.format(name="typo", query=GOOD)
    tools.apply(namespace, text.replace("query:", "sourceRef: {name: defualt}, query:"))
    status = world.wait_for_state("Invalid", "typo")
    assert 'there is no source "defualt"; known: absent, default, other-1' in status["message"]
    assert world.wait_for_event("RuleInvalid")["note"] == status["message"]


@pytest.mark.parametrize(
    ("summary", "says", "problem"),
    [
        ("{{ $labels.nope }} is slow", "<no value> is slow", 'no label or field "nope"'),
        ("{{ $value | shout }}", "high-latency: scorer is at ", "unknown function shout"),
        ("{{ range $i := 100000 }}x{{ end }}", "high-latency: scorer is at ", "budget"),
    ],
)
def test_a_broken_text_does_not_keep_an_alert_from_firing(
    tools: Tools, namespace: str, summary: str, says: str, problem: str
) -> None:
    world = World(tools, namespace)
    world.run_model()
    head, _, _ = LATENCY.partition("  summary:")
    rule = head.replace("above: 200ms", "above: 0.01ms").replace("recoverBelow: 150ms", "")
    tools.apply(namespace, f"{rule}  summary: '{summary}'\n")
    assert world.wait_for_state("Firing")["message"].startswith(says)
    assert problem in world.condition("Rendered")["message"]
    assert problem in world.wait_for_event("TemplateFailed")["note"]
    assert world.wait_for_event("AlertFiring", "Deployment")["note"].startswith(says)


def test_two_workloads_of_one_model_are_told_and_neither_is_blamed(
    tools: Tools, namespace: str
) -> None:
    world = World(tools, namespace)
    world.run_model()
    tools.kubectl("label", "deployment", "traffic", "-n", namespace, "tocsin.dev/model=scorer")
    query = "label_replace(sum by (namespace) (up), 'model', 'scorer', '', '')"
    tools.apply(namespace, QUIET.format(name="twins", query=query))
    wait_for("Attributed is False", lambda: world.condition("Attributed", "twins").get("status")
             == "False")  # fmt: skip
    condition = world.condition("Attributed", "twins")
    assert condition["reason"] == "ModelAmbiguous"
    assert "Deployment scorer and Deployment traffic" in condition["message"]
    world.wait_for_event("ModelAmbiguous")
