"""The example rules are right for the operator, and ask for what the example server exposes."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tocsin.api.v1alpha1 import parse_rule
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.reduction import Reduce
from tocsin.core.rules import Rule, Severity

from .conftest import Serve

FILES = sorted((Path(__file__).parents[2] / "examples" / "rules").glob("*.yaml"))


def load(path: Path) -> Rule:
    body: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    body["metadata"]["namespace"] = "fraud"
    rule = parse_rule(body, default_interval=timedelta(seconds=30), strict=True)
    assert isinstance(rule, Rule), [str(problem) for problem in rule]
    return rule


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_rule_is_valid_and_complete(path: Path) -> None:
    rule = load(path)
    assert rule.key.name == path.stem
    assert rule.texts.summary
    assert rule.texts.description
    assert rule.texts.actions
    assert "runbook" in rule.texts.links


def test_the_rules_say_what_they_are_meant_to() -> None:
    rules = {path.stem: load(path) for path in FILES}
    limits = {
        name: (rule.severity, criterion.above, criterion.below, rule.for_, rule.reduce)
        for name, rule in rules.items()
        if isinstance(criterion := rule.criterion, Threshold)
    }
    minutes = [timedelta(minutes=m) for m in (1, 2, 5, 60)]
    assert limits == {
        "model-server-down": (Severity.CRITICAL, None, 1, minutes[0], Reduce.BEST),
        "high-error-rate": (Severity.CRITICAL, 0.01, None, minutes[1], Reduce.SUM),
        "high-latency": (Severity.HIGH, 0.2, None, minutes[2], Reduce.WORST),
        "gpu-memory": (Severity.CRITICAL, 0.95, None, minutes[2], Reduce.WORST),
        "data-drift": (Severity.MEDIUM, 0.2, None, minutes[3], Reduce.WORST),
    }


def test_the_server_exposes_every_metric_of_a_model_that_a_rule_asks_for(serve: Serve) -> None:
    asked = {n for path in FILES for n in re.findall(r"\bml_\w+", str(load(path).metric.query))}
    with serve() as client:
        exposed = {series.split("{")[0] for series in client.metrics()}
    assert asked
    assert asked <= exposed
