"""`metric.http` in rules: what is made of it, and what is refused with which words."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.parsers import problems_in
from tocsin.api.jmespaths import check_path
from tocsin.api.v1alpha1 import parse_rule
from tocsin.core.metrics import HTTP_SOURCE
from tocsin.core.queries.http import Credential, HttpQuery, Method, Scheme
from tocsin.core.rules import Rule

URL = "https://models.example.com/v1/stats"


def body(criterion: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "tocsin.dev/v1alpha1",
        "kind": "MLAlertRule",
        "metadata": {"name": "slow", "namespace": "fraud"},
        "spec": {"severity": "high", "criterion": criterion, **spec},
    }


def over(http: dict[str, Any], **spec: Any) -> dict[str, Any]:
    metric = {"http": {"url": URL, "value": "p99", **http}}
    return body({"threshold": {"metric": metric, "above": 1}}, **spec)


def rule(of: dict[str, Any]) -> Rule:
    parsed = parse_rule(of, default_interval=timedelta(seconds=30), strict=True)
    assert isinstance(parsed, Rule), parsed
    return parsed


def test_all_fields_become_a_query_of_the_rules_namespace() -> None:
    metric = rule(
        over(
            {
                "method": "POST",
                "body": "{}",
                "headers": {"X-B": "2", "X-A": "1"},
                "authSecretRef": {"name": "s", "key": "k", "as": "Header", "header": "X-Key"},
                "items": "models",
                "labels": {"deployment": "name"},
                "time": "at",
                "maxAge": "1h",
            }
        )
    ).metric
    assert metric.source == HTTP_SOURCE
    assert metric.query == HttpQuery(
        url=URL,
        value="p99",
        method=Method.POST,
        body="{}",
        headers=(("X-A", "1"), ("X-B", "2")),
        credential=Credential("s", "k", Scheme.HEADER, "X-Key"),
        items="models",
        labels=(("deployment", "name"),),
        time="at",
        max_age=timedelta(hours=1),
        namespace="fraud",
    )


def test_in_a_composite_and_in_min_samples_it_knows_its_namespace_too() -> None:
    metric = {"http": {"url": URL, "value": "p99"}}
    parts = [{"name": n, "threshold": {"metric": metric, "above": 1}} for n in ("a", "b")]
    its = rule(
        body(
            {"composite": {"parts": parts, "when": "a && b"}},
            minSamples={"metric": metric, "atLeast": 3},
        )
    )
    queries = [question.query for question in its.questions]
    assert queries
    assert all(isinstance(one, HttpQuery) and one.namespace == "fraud" for one in queries)


@pytest.mark.parametrize(
    ("http", "field", "said"),
    [
        ({"url": "https://me:pw@a/b"}, ".url", "name a Secret by authSecretRef"),
        ({"url": "ftp://a/b"}, ".url", "is not a URL"),
        ({"body": "x"}, "", "only POST has a body"),
        ({"value": "a["}, ".value", "this is no JMESPath"),
        ({"value": "[a, b]"}, ".value", "it makes a new value, as [a, b]"),
        ({"items": "to_string(@)"}, ".items", "the function to_string is not taken"),
        ({"labels": {"a": "{b: c}"}}, ".labels.a", "it makes a new value"),
        (
            {"authSecretRef": {"name": "s", "key": "k", "as": "Header"}},
            ".authSecretRef",
            "needs header",
        ),
        (
            {"authSecretRef": {"name": "s", "key": "k", "header": "X-Key"}},
            ".authSecretRef",
            "it needs `as: Header`",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_field(
    http: dict[str, Any], field: str, said: str
) -> None:
    (problem,) = problems_in("MLAlertRule", over(http))
    assert problem.field == f"spec.criterion.threshold.metric.http{field}"
    assert said in problem.message


@pytest.mark.parametrize(
    ("name", "criterion"),
    [("rateOfChange", {"over": "1h", "increasesBy": "10%"}), ("absence", {})],
)
def test_a_criterion_that_asks_the_past_is_refused(name: str, criterion: dict[str, Any]) -> None:
    metric = {"http": {"url": URL, "value": "p99"}}
    (problem,) = problems_in("MLAlertRule", body({name: {"metric": metric, **criterion}}))
    assert problem.field == f"spec.criterion.{name}.metric.http"
    assert problem.message.startswith(f"{name} asks what the value was some time ago, and http")


def test_of_a_composite_the_part_that_asks_the_past_is_named() -> None:
    metric = {"http": {"url": URL, "value": "p99"}}
    parts = [
        {"name": "a", "threshold": {"metric": metric, "above": 1}},
        {"name": "b", "rateOfChange": {"metric": metric, "over": "1h", "increasesBy": "10%"}},
    ]
    of = body({"composite": {"parts": parts, "when": "a && b"}})
    (problem,) = problems_in("MLAlertRule", of)
    assert problem.field == "spec.criterion.composite.parts[1].rateOfChange.metric.http"


def test_the_operators_own_numbers_have_no_past_either() -> None:
    metric = {"operator": {"name": "SourceReachable"}}
    of = body({"rateOfChange": {"metric": metric, "over": "1h", "increasesBy": "10%"}})
    (problem,) = problems_in("MLAlertRule", of)
    assert problem.field == "spec.criterion.rateOfChange.metric.operator"


@pytest.mark.parametrize(
    "http",
    [
        {"value": "p50"},
        {"maxAge": "1h"},
        {"items": "a"},
        {"labels": {"a": "b"}},
        {"url": URL + "/"},
    ],
)
def test_another_query_is_another_meaning(http: dict[str, Any]) -> None:
    assert rule(over(http)).semantics != rule(over({})).semantics


def test_defaults_written_out_and_other_workloads_elsewhere_are_the_same_query() -> None:
    written = over({"method": "GET", "maxAge": "10m", "authSecretRef": None})
    assert rule(written).semantics == rule(over({})).semantics
    elsewhere = over({})
    elsewhere["metadata"]["namespace"] = "ads"
    assert rule(elsewhere).semantics == rule(over({})).semantics


@pytest.mark.parametrize(
    "path",
    ["a", "a.b[0].c", "models[?stage=='production'] | [0].p99", "max(models[].p99)", "@",
     "length(errors)", "sort_by(models, &age)[-1].p99", "ok && `1` || `0`"],
)  # fmt: skip
def test_paths_that_find_what_is_there_are_taken(path: str) -> None:
    assert check_path(path) is None


@pytest.mark.parametrize("path", ["!" * 500 + "a", "a" * 513])
def test_paths_that_are_too_deep_or_too_long_are_refused_by_words(path: str) -> None:
    assert check_path(path)
