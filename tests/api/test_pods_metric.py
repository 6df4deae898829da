"""`metric.pods` in rules: what is made of it, and what is refused with which words."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api.parsers import problems_in
from tests.api.test_http_metric import body, rule
from tocsin.api.series import read_series
from tocsin.core.metrics import PODS_SOURCE
from tocsin.core.queries.home import Home
from tocsin.core.queries.pods import Meaning, PodsQuery
from tocsin.core.rules import WorkloadSelector


def over(pods: dict[str, Any], **spec: Any) -> dict[str, Any]:
    metric = {"pods": {"port": "metrics", "series": "x", **pods}}
    return body({"threshold": {"metric": metric, "above": 1}}, **spec)


def test_it_becomes_a_query_of_the_rules_workloads() -> None:
    written = {"port": 9090, "path": "/m", "series": 'lat_bucket{a="b"}', "as": "Quantile(0.99)"}
    workloads = {"kinds": ["Deployment"], "selector": {}}
    metric = rule(over({**written, "over": "5m"}, workloads=workloads)).metric
    assert metric.source == PODS_SOURCE
    assert metric.query == PodsQuery(
        port=9090,
        series="lat",
        matchers=(("a", "b"),),
        path="/m",
        meaning=Meaning.QUANTILE,
        quantile=0.99,
        over=timedelta(minutes=5),
        home=Home("fraud", frozenset({"Deployment"})),
    )


def test_without_workloads_it_asks_the_pods_of_labelled_models() -> None:
    query = rule(over({})).metric.query
    assert isinstance(query, PodsQuery)
    usual = WorkloadSelector()
    assert query.home == Home("fraud", usual.kinds, usual.selector)
    assert (query.port, query.path, query.meaning) == ("metrics", "/metrics", Meaning.VALUE)


@pytest.mark.parametrize(
    ("pods", "field", "said"),
    [
        ({"series": "rate(x[1m])"}, ".series", "this is not a series"),
        ({"series": "x > 1"}, ".series", "this is not a series"),
        ({"series": 'x{a=~"b"}'}, ".series", 'the label a has to be compared by "="'),
        ({"series": '{a="b"}'}, ".series", "this is not a series"),
        ({"series": "x offset 5m"}, ".series", "this is not a series"),
        ({"as": "Quantile"}, ".as", "what is made of series"),
        ({"as": "Quantile(1.5)"}, ".as", "what is made of series"),
        ({"path": "metrics"}, ".path", "is not a path"),
        ({"over": "1h"}, ".over", "is not between 10s and 15m"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_field(
    pods: dict[str, Any], field: str, said: str
) -> None:
    (problem,) = problems_in("MLAlertRule", over(pods))
    assert problem.field == f"spec.criterion.threshold.metric.pods{field}"
    assert said in problem.message


@pytest.mark.parametrize("port", [0, 65536, "Metrics", "a-very-long-port-name"])
def test_a_port_that_is_none_is_refused(port: int | str) -> None:
    assert problems_in("MLAlertRule", over({"port": port}))


@pytest.mark.parametrize(
    ("written", "share"), [("0", 0.0), ("1", 1.0), ("0.5", 0.5), (".999", 0.999)]
)
def test_a_quantile_is_any_share(written: str, share: float) -> None:
    query = rule(over({"as": f"Quantile({written})"})).metric.query
    assert isinstance(query, PodsQuery)
    assert query.quantile == share


def test_the_past_is_refused() -> None:
    metric = {"pods": {"port": 80, "series": "x"}}
    criterion = {"rateOfChange": {"metric": metric, "over": "1h", "increasesBy": "10%"}}
    (problem,) = problems_in("MLAlertRule", body(criterion))
    assert problem.field == "spec.criterion.rateOfChange.metric.pods"


def test_other_workloads_are_said_elsewhere_in_the_meaning() -> None:
    one, other = (rule(over(pods)).semantics for pods in ({}, {"over": "1m", "path": "/metrics"}))
    assert one == other
    assert rule(over({"as": "Rate"})).semantics != one


@given(
    labels=st.dictionaries(
        st.from_regex(r"[a-z_][a-z0-9_]{0,6}", fullmatch=True).filter(lambda n: n != "__name__"),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
        max_size=4,
    )
)
def test_what_is_written_is_read_as_it_was_meant(labels: dict[str, str]) -> None:
    quoted = {
        name: value.replace("\\", "\\\\").replace('"', '\\"') for name, value in labels.items()
    }
    inner = ",".join(f'{name}="{value}"' for name, value in quoted.items())
    assert read_series(f"x{{{inner}}}") == ("x", tuple(sorted(labels.items())))


@given(text=st.text(max_size=40))
def test_whatever_is_written_is_a_series_or_a_message(text: str) -> None:
    said = ""
    try:
        said, _ = read_series(text)
    except ValueError as error:
        said = str(error)
    assert said
