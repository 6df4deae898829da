"""Selectors of alerts: what users write becomes the core's, and no expression can run away."""

import contextlib
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tocsin.api.v1alpha1.patterns import read_pattern
from tocsin.api.v1alpha1.selectors import AlertSelectorSpec
from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.alarms import Alarm
from tocsin.core.notify.selectors import AlertSelector
from tocsin.core.rules import RuleKey, Severity

FRAUD = frozenset({"fraud"})
ALARM = Alarm(
    "7c1e0f6a9b2d4c38",
    RuleKey("fraud", "high-latency"),
    ObjectRef("Deployment", "fraud", "scorer"),
    "fraud",
    Severity.HIGH,
    datetime(2026, 1, 31, 12, tzinfo=UTC),
    labels={"team": "fraud", "text": "first\nsecond"},
    workload_labels={"tier": "gold"},
)


def selector(**terms: Any) -> AlertSelector:
    return AlertSelectorSpec.model_validate(terms).to_core(FRAUD)


def refusal(**terms: Any) -> str:
    with pytest.raises(ValidationError) as error:
        AlertSelectorSpec.model_validate(terms)
    return str(error.value)


@pytest.mark.parametrize(
    ("terms", "fits"),
    [
        ({"all": True}, True),
        ({"severities": ["critical", "high"]}, True),
        ({"severities": ["critical"]}, False),
        ({"rules": ["high-latency"]}, True),
        ({"rules": ["low-latency"]}, False),
        ({"kinds": ["StatefulSet"]}, False),
        ({"workloads": [{"kind": "Deployment", "name": "scorer"}]}, True),
        ({"workloads": [{"kind": "StatefulSet", "name": "scorer"}]}, False),
        ({"workloadSelector": {}}, True),
        ({"workloadSelector": {"matchLabels": {"tier": "gold"}}}, True),
        ({"workloadSelector": {"matchLabels": {"tier": "lead"}}}, False),
        ({"severities": ["high"], "kinds": ["StatefulSet"]}, False),
    ],
)
def test_all_terms_have_to_fit(terms: dict[str, Any], fits: bool) -> None:
    assert selector(**terms).matches(ALARM) is fits


@pytest.mark.parametrize(
    ("operator", "key", "values", "fits"),
    [
        ("In", "team", ["fraud", "credit"], True),
        ("NotIn", "team", ["credit"], True),
        ("NotIn", "owner", ["credit"], True),
        ("Exists", "team", None, True),
        ("DoesNotExist", "team", None, False),
        ("Matches", "team", ["fr.*"], True),
        ("Matches", "team", ["rau"], False),
        ("Matches", "team", ["x", "(?i)FRAUD"], True),
        ("Matches", "owner", [""], True),
        ("Matches", "text", ["first.second"], True),
    ],
)
def test_labels_are_compared_as_in_prometheus(
    operator: str, key: str, values: list[str] | None, fits: bool
) -> None:
    expression = {"key": key, "operator": operator, "values": values}
    assert selector(matchExpressions=[expression]).matches(ALARM) is fits


def test_an_alert_of_another_namespace_is_none_of_its_business() -> None:
    assert AlertSelectorSpec(everything=True).to_core(frozenset({"credit"})).matches(ALARM) is False
    assert AlertSelectorSpec(everything=True).to_core(None).matches(ALARM) is True


def test_a_selector_has_a_term() -> None:
    for empty in ({}, {"all": False}, {"severities": None}):
        assert "write `all: true` for all alerts" in refusal(**empty)
    assert "at least 1 item" in refusal(severities=[])


def test_expressions_that_explode_elsewhere_take_no_time_here() -> None:
    began = time.process_time()
    assert read_pattern("(a+)+b").fullmatch("a" * 1024) is None
    assert read_pattern("(.*)*" * 20 + "x").fullmatch("a" * 1024) is None
    assert time.process_time() - began < 0.1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("(a", "missing )"),
        ("a{9999}", "invalid repetition size"),
        ("(?=x)", "look-around is not known to RE2"),
        (r"(\pL{1,50} ){10}", "it is too large: repeat less"),
        ("\ud800", "is not a regular expression"),
    ],
)
def test_what_is_no_expression_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match="is not a regular expression") as error:
        read_pattern(text)
    assert why in str(error.value)


def test_expressions_of_the_same_text_make_equal_selectors() -> None:
    expression = {"key": "team", "operator": "Matches", "values": ["f.*"]}
    assert selector(matchExpressions=[expression]) == selector(matchExpressions=[expression])


@given(st.text(max_size=64))
def test_any_text_is_an_expression_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        read_pattern(text).fullmatch(text)
