"""A stored object becomes a rule, or all of its problems at once; nothing else can happen."""

from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api.rules import Example, invalid_rules, valid_rules
from tocsin.api.problems import Problem, Problems
from tocsin.api.v1alpha1 import parse_rule
from tocsin.core.amounts import Unit
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.labels import LabelSelector, Operator, Requirement
from tocsin.core.metrics import Metric
from tocsin.core.reduction import Reduce
from tocsin.core.rules import (
    Datapoints,
    MinSamples,
    MissingData,
    Mode,
    Parameter,
    Rule,
    RuleKey,
    Severity,
    WorkloadSelector,
)

DEFAULT_INTERVAL = timedelta(seconds=30)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["5m", "200ms", "20%", "up > 1", "((((", "Seconds", "high", "In", "{{"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text() | st.sampled_from(["name", "matchLabels"]), inner, max_size=4)
    ),
    max_leaves=12,
)


def parse(body: Any, *, strict: bool = False) -> Rule | Problems:
    return parse_rule(body, default_interval=DEFAULT_INTERVAL, strict=strict)


def a_rule(body: Any) -> Rule:
    parsed = parse(body)
    assert isinstance(parsed, Rule), parsed
    return parsed


def problems(body: Any, *, strict: bool = False) -> tuple[Problem, ...]:
    parsed = parse(body, strict=strict)
    assert not isinstance(parsed, Rule)
    return parsed


def a_body(**spec: Any) -> dict[str, Any]:
    metric = {"prometheus": {"query": "rate(errors[5m])"}, "unit": "Ratio"}
    criterion = {"threshold": {"metric": metric, "above": "20%"}}
    return {
        "metadata": {"name": "errors", "namespace": "fraud", "generation": 3},
        "spec": {"severity": "high", "criterion": criterion, **spec},
    }


@pytest.mark.parametrize("example", valid_rules(), ids=lambda example: example.name)
def test_a_rule_that_the_api_server_accepts_is_a_rule(example: Example) -> None:
    rule = a_rule(example.body)
    assert rule.key == RuleKey("fraud", example.body["metadata"]["name"])
    assert isinstance(parse(example.body, strict=True), Rule)


@pytest.mark.parametrize("example", invalid_rules(), ids=lambda example: example.name)
def test_a_rule_that_the_api_server_refuses_has_one_problem_at_its_field(example: Example) -> None:
    found = problems(example.body)
    assert [problem.field for problem in found] == [example.field], found
    assert len(found[0].message) > 20


def test_all_fields_arrive_in_the_rule() -> None:
    body = a_body(
        suspend=True,
        workloads={
            "kinds": ["Deployment"],
            "selector": {
                "matchLabels": {"team": "fraud"},
                "matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["test"]}],
            },
        },
        reduce="Mean",
        identityLabels=["gpu"],
        interval="1m",
        labels={"team": "fraud"},
        annotations={"features": "age"},
        summary="slow",
        description="very slow",
        links={"runbook": "https://wiki.example.com"},
        actions=["roll back"],
        **{"for": "1h30m"},
    )
    rule = a_rule(body)
    assert rule.severity is Severity.HIGH
    assert rule.metric == Metric("default", "rate(errors[5m])", Unit.RATIO)
    assert rule.criterion == Threshold(above=0.2)
    assert (rule.interval, rule.for_) == (timedelta(minutes=1), timedelta(minutes=90))
    assert rule.workloads == WorkloadSelector(
        frozenset({"Deployment"}),
        LabelSelector(
            (
                Requirement("team", Operator.IN, frozenset({"fraud"})),
                Requirement("tier", Operator.NOT_IN, frozenset({"test"})),
            )
        ),
    )
    assert (rule.reduce, rule.identity_labels, rule.suspended) == (Reduce.MEAN, ("gpu",), True)
    texts = rule.texts
    assert (texts.summary, texts.description, texts.actions) == (
        "slow",
        "very slow",
        ("roll back",),
    )
    assert (texts.labels, texts.annotations) == ({"team": "fraud"}, {"features": "age"})
    assert texts.links == {"runbook": "https://wiki.example.com"}


def test_what_decides_on_an_alerts_life_arrives_in_the_rule() -> None:
    count = {"prometheus": {"query": "count"}}
    body = a_body(
        mode="Shadow",
        datapoints={"matching": 3, "of": 5},
        keepFiringFor="2m",
        missingData="NotMet",
        minSamples={"metric": count, "atLeast": 30},
        parameters={"limit": "20%", "low": "1%", "unused": 5},
    )
    limits = {"above": "$limit", "recoverBelow": "$limit", "below": "$low"}
    body["spec"]["criterion"]["threshold"] |= limits
    rule = a_rule(body)
    assert rule.criterion == Threshold(above=0.2, below=0.01, recover_below=0.2)
    assert rule.parameters == (
        Parameter("limit", ("above", "recover_below")),
        Parameter("low", ("below",)),
    )
    assert (rule.mode, rule.missing_data) == (Mode.SHADOW, MissingData.NOT_MET)
    assert (rule.datapoints, rule.for_) == (Datapoints(3, 5), timedelta())
    assert rule.keep_firing_for == timedelta(minutes=2)
    assert rule.min_samples == MinSamples(Metric("default", "count"), 30)
    assert rule.questions == (rule.metric.asked(), Metric("default", "count").asked())


@pytest.mark.parametrize(
    ("parameters", "threshold", "field", "message"),
    [
        ({"limit": "20ms"}, {"above": "$limit"}, "above", "20ms is an amount of time"),
        ({"low": "30%"}, {"below": "$low"}, "below", "below is more than above"),
        ({"back": "30%"}, {"recoverBelow": "$back"}, "recoverBelow", "is more than above"),
        ({"limit": "20%"}, {"above": "$limits"}, "above", "no parameter limits: add it"),
    ],
)
def test_the_value_of_a_parameter_has_to_fit_where_it_stands(
    parameters: dict[str, Any], threshold: dict[str, Any], field: str, message: str
) -> None:
    body = a_body(parameters=parameters)
    body["spec"]["criterion"]["threshold"] |= threshold
    (problem,) = problems(body)
    assert problem.field == f"spec.criterion.threshold.{field}"
    assert message in problem.message


def test_what_is_left_out_has_the_documented_defaults() -> None:
    rule = a_rule(a_body())
    assert (rule.mode, rule.missing_data) == (Mode.ACTIVE, MissingData.UNKNOWN)
    assert (rule.datapoints, rule.min_samples, rule.parameters) == (None, None, ())
    assert rule.keep_firing_for == timedelta()
    assert (rule.interval, rule.for_) == (DEFAULT_INTERVAL, timedelta())
    assert (rule.workloads, rule.reduce, rule.identity_labels) == (None, Reduce.WORST, ())
    assert not rule.suspended


def test_a_selector_replaces_the_model_label_and_its_absence_keeps_it() -> None:
    assert a_rule(a_body(workloads={})).workloads == WorkloadSelector()
    everything = a_rule(a_body(workloads={"selector": {}})).workloads
    assert everything is not None
    assert everything.selector == LabelSelector()


def test_a_null_is_as_if_the_field_were_absent() -> None:
    assert a_rule(a_body(workloads=None, labels=None, interval=None)) == a_rule(a_body())


def test_unknown_fields_of_other_versions_are_ignored_unless_asked_for() -> None:
    body = a_body(holdOff="2m")
    assert isinstance(parse(body), Rule)
    (problem,) = problems(body, strict=True)
    assert problem.field == "spec.holdOff"
    assert "kubectl explain mlar.spec" in problem.message


def test_names_of_python_are_not_names_of_fields() -> None:
    (problem,) = problems(a_body(identity_labels=["gpu"]), strict=True)
    assert problem.field == "spec.identity_labels"
    assert a_rule(a_body(identity_labels=["gpu"])).identity_labels == ()


def test_all_problems_are_told_at_once_also_where_one_field_hides_nothing_of_another() -> None:
    metric = {"prometheus": {"query": "up > 0.2"}, "unit": "Ratio"}
    threshold = {"metric": metric, "below": "200ms", "recoverBelow": 3}
    found = problems(
        {
            "metadata": {"name": "High_Latency", "namespace": "fraud"},
            "spec": {"severity": "urgent", "for": "5", "criterion": {"threshold": threshold}},
        }
    )
    assert {problem.field for problem in found} == {
        "metadata.name",
        "spec.severity",
        "spec.for",
        "spec.criterion.threshold.metric.prometheus.query",
        "spec.criterion.threshold.below",
        "spec.criterion.threshold.recoverBelow",
    }


@pytest.mark.parametrize(
    ("above", "message"),
    [
        (0.2, '0.2 is a number with a fraction: quote it ("0.2"), or write it like 20%'),
        (True, "this is not an amount"),
        ("lots", '"lots" is not an amount: write one like'),
        ("200ms", "set metric.unit to Seconds or Milliseconds or Microseconds"),
    ],
)
def test_a_problem_says_what_is_wrong_and_what_to_do(above: object, message: str) -> None:
    body = a_body()
    body["spec"]["criterion"]["threshold"]["above"] = above
    (problem,) = problems(body)
    assert message in problem.message


def test_a_read_only_mapping_is_as_good_as_a_dict() -> None:
    assert isinstance(parse(MappingProxyType(a_body())), Rule)


@given(JSON)
def test_no_body_whatever_it_holds_raises(body: Any) -> None:
    assert not isinstance(parse(body), Rule)


@given(st.sampled_from([*a_body()["spec"], "workloads", "for", "labels", "links"]), JSON)
def test_no_field_whatever_it_holds_raises(field: str, value: Any) -> None:
    body = a_body()
    body["spec"][field] = value
    parse(body)
    parse(body, strict=True)


@given(st.sampled_from(["metric", "above", "below", "recoverBelow", "recoverAbove"]), JSON)
def test_no_threshold_whatever_it_holds_raises(field: str, value: Any) -> None:
    body = a_body()
    body["spec"]["criterion"]["threshold"][field] = value
    parse(body)


@given(st.text())
def test_no_query_whatever_it_holds_raises(query: str) -> None:
    body = a_body()
    body["spec"]["criterion"]["threshold"]["metric"]["prometheus"]["query"] = query
    parse(body)


def test_a_limit_that_cannot_be_read_is_the_only_problem_of_its_recovery() -> None:
    body = a_body()
    body["spec"]["criterion"]["threshold"] |= {"above": 0.2, "recoverBelow": "15%"}
    assert [problem.field for problem in problems(body)] == ["spec.criterion.threshold.above"]
