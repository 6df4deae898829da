"""`metric.cloudWatch` in rules: what is made of it, and what is refused with which words."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.parsers import problems_in
from tests.api.test_http_metric import body, rule
from tocsin.core.queries.cloudwatch import CloudWatchMetric, CloudWatchQuery

ONE = {"namespace": "AWS/SageMaker", "metricName": "ModelLatency", "stat": "p99"}
INPUT = {"id": "m1", "namespace": "AWS/SageMaker", "metricName": "Invocations", "stat": "Sum"}


def over(cloud_watch: dict[str, Any]) -> dict[str, Any]:
    return body({"threshold": {"metric": {"cloudWatch": cloud_watch}, "above": 1}})


def test_a_metric_becomes_a_query_of_the_source_cloudwatch() -> None:
    dimensions = {"VariantName": "AllTraffic", "EndpointName": "scorer"}
    written = {**ONE, "dimensions": dimensions, "period": "5m", "labels": {"deployment": "scorer"}}
    metric = rule(over(written)).metric
    one = CloudWatchMetric(
        "AWS/SageMaker",
        "ModelLatency",
        "p99",
        (("EndpointName", "scorer"), ("VariantName", "AllTraffic")),
    )
    assert metric.source == "cloudwatch"
    assert metric.query == CloudWatchQuery(
        (one,),
        period=timedelta(minutes=5),
        labels=(("deployment", "scorer"),),
        home="fraud",
    )


def test_metric_math_has_its_metrics_by_id() -> None:
    written = {"sourceRef": {"name": "aws-eu"}, "expression": "m1 * 2", "metrics": [INPUT]}
    metric = rule(over(written)).metric
    one = CloudWatchMetric("AWS/SageMaker", "Invocations", "Sum", (), "m1")
    assert metric.source == "aws-eu"
    assert metric.query == CloudWatchQuery((one,), "m1 * 2", home="fraud")


def test_a_search_needs_no_metrics() -> None:
    query = rule(over({"expression": "SEARCH('{AWS/SageMaker} ModelLatency', 'Average')"})).metric
    assert isinstance(query.query, CloudWatchQuery)
    assert query.query.makes_many


def test_it_has_a_past() -> None:
    metric = {"cloudWatch": ONE}
    its = rule(body({"rateOfChange": {"metric": metric, "over": "1h", "increasesBy": "10%"}}))
    assert [question.ago for question in its.questions] == [timedelta(), timedelta(hours=1)]


@pytest.mark.parametrize(
    ("written", "field", "said"),
    [
        ({}, "", "write namespace, metricName and stat for one metric"),
        ({**ONE, "expression": "m1"}, "", "write namespace, metricName and stat"),
        ({**ONE, "metrics": [INPUT]}, "", "write namespace, metricName and stat"),
        ({"namespace": "a", "stat": "Sum"}, "", "write namespace, metricName and stat"),
        ({**ONE, "stat": "99th percentile"}, ".stat", "is not a statistic, like Average"),
        ({**ONE, "period": "90s"}, ".period", "CloudWatch has periods of 1s, 5s, 10s, 30s"),
        (
            {"expression": "m1", "metrics": [INPUT, INPUT]},
            ".metrics",
            '"m1" is listed twice',
        ),
        (
            {"expression": "M1", "metrics": [{**INPUT, "id": "M1"}]},
            ".metrics[0].id",
            "is not an id",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_field(
    written: dict[str, Any], field: str, said: str
) -> None:
    (problem,) = problems_in("MLAlertRule", over(written))
    assert problem.field == f"spec.criterion.threshold.metric.cloudWatch{field}"
    assert said in problem.message


@pytest.mark.parametrize("stat", ["Average", "SampleCount", "p99.9", "tm90", "PR(100:2000)", "IQM"])
def test_every_kind_of_statistic_is_taken(stat: str) -> None:
    assert rule(over({**ONE, "stat": stat}))


def test_another_metric_is_another_meaning_and_the_same_elsewhere_is_not() -> None:
    it = rule(over(ONE)).semantics
    assert rule(over({**ONE, "stat": "p90"})).semantics != it
    assert rule(over({**ONE, "sourceRef": {"name": "aws-eu"}})).semantics != it
    assert rule(over({**ONE, "sourceRef": {"name": "cloudwatch"}})).semantics == it
    elsewhere = over(ONE)
    elsewhere["metadata"]["namespace"] = "ads"
    assert rule(elsewhere).semantics == it
