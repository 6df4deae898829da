"""The hash of what a rule means: it changes with the meaning, and with nothing else."""

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from tocsin.api.v1alpha1 import parse_rule
from tocsin.core.rules import Rule


def a_spec(threshold: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    metric = {"prometheus": {"query": "latency_seconds"}, "unit": "Seconds"}
    criterion = {"threshold": {"metric": metric, "above": "200ms", **(threshold or {})}}
    return {"severity": "high", "criterion": criterion, **spec}


def semantics(spec: dict[str, Any]) -> str:
    body = {"metadata": {"name": "latency", "namespace": "fraud"}, "spec": spec}
    rule = parse_rule(body, default_interval=timedelta(seconds=30))
    assert isinstance(rule, Rule), rule
    return rule.semantics


BASE = semantics(a_spec())
TEAM = {"kinds": ["Deployment"], "selector": {"matchLabels": {"team": "fraud", "tier": "prod"}}}


def test_it_is_16_hexadecimal_digits() -> None:
    assert len(BASE) == 16
    assert int(BASE, 16) >= 0


@pytest.mark.parametrize(
    "spec",
    [
        a_spec({"above": "0.2s"}),
        a_spec({"above": "0.2"}),
        a_spec({"above": "200000us"}),
        a_spec({"recoverBelow": "200ms"}),
        a_spec(reduce="Worst", identityLabels=[], suspend=True),
        {**a_spec(interval="1m", labels={"team": "x"}, summary="x"), "for": "5m"},
        {**a_spec(), "severity": "low"},
        dict(reversed(a_spec().items())),
        a_spec(mode="Shadow", keepFiringFor="2m", missingData="Met"),
        a_spec(datapoints={"matching": 3, "of": 5}, parameters={"unused": 1}),
        a_spec(minSamples={"metric": {"prometheus": {"query": "count"}}, "atLeast": 30}),
    ],
)
def test_equivalent_spellings_texts_and_times_do_not_change_it(spec: dict[str, Any]) -> None:
    assert semantics(spec) == BASE


@pytest.mark.parametrize(
    "spec",
    [
        a_spec({"above": "201ms"}),
        a_spec({"below": "200ms"}),
        a_spec({"recoverBelow": "150ms"}),
        a_spec({"metric": {"prometheus": {"query": "other"}, "unit": "Seconds"}}),
        a_spec({"metric": {"prometheus": {"query": "latency_seconds"}, "unit": "Milliseconds"}}),
        a_spec(
            {
                "metric": {
                    "prometheus": {"query": "latency_seconds", "sourceRef": {"name": "thanos"}},
                    "unit": "Seconds",
                }
            }
        ),
        a_spec(reduce="Mean"),
        a_spec(identityLabels=["gpu"]),
        a_spec(workloads={}),
        a_spec(workloads={"selector": {}}),
        a_spec(workloads=TEAM),
    ],
)
def test_a_change_of_who_alerts_on_what_changes_it(spec: dict[str, Any]) -> None:
    assert semantics(spec) != BASE


def with_limit(value: str, name: str = "limit", **threshold: str) -> str:
    """The hash where the limit is a parameter of this value and name."""
    return semantics(a_spec({"above": f"${name}"} | threshold, parameters={name: value}))


def test_a_parameter_counts_by_its_name_and_not_by_its_value() -> None:
    assert with_limit("200ms") == with_limit("300ms")
    assert with_limit("200ms") == with_limit("200ms", recoverBelow="$limit")
    assert with_limit("200ms") != with_limit("200ms", "other")
    assert with_limit("200ms") != with_limit("200ms", recoverBelow="150ms")
    assert with_limit("200ms") != BASE


def test_the_order_of_what_has_no_order_does_not_change_it() -> None:
    selector = {
        "matchExpressions": [
            {"key": "tier", "operator": "In", "values": ["prod"]},
            {"key": "team", "operator": "In", "values": ["fraud"]},
        ]
    }
    turned = {"selector": selector, "kinds": ["Deployment"]}
    assert semantics(a_spec(workloads=turned)) == semantics(a_spec(workloads=TEAM))
    assert semantics(a_spec(identityLabels=["a", "b"])) == semantics(
        a_spec(identityLabels=["b", "a"])
    )


def test_it_is_the_same_in_every_version_and_process() -> None:
    """A change of this value resolves all alerts of all installations at their upgrade."""
    assert BASE == "eb37adfc767d99ce"
    assert with_limit("200ms") == "8ea4a4beaade627d"
    code = "from tests.api.test_semantics import BASE; print(BASE)"
    path = ":".join(entry for entry in sys.path if entry)
    for seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": path}
        command = [sys.executable, "-c", code]
        result = subprocess.run(  # noqa: S603  # our own interpreter and code
            command, env=environment, capture_output=True, text=True, check=True, timeout=60
        )
        assert result.stdout.strip() == BASE
