"""Latency: which models breach, what both sides are told, and what is made of their notices."""

import json
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import BenchError
from bench.latency import objects
from bench.latency.exporter import Exporter
from bench.latency.reckoning import OURS, RUNS, THEIRS, WARM_UP, chosen, latencies, noticed
from tocsin.api.v1alpha1.parse import parse_rule
from tocsin.api.v1alpha1.parseroute import parse_route
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.notify.routes import Route, Timing
from tocsin.core.rules import Rule

STORED = {"namespace": "n", "uid": "u", "generation": 1, "resourceVersion": "1",
          "creationTimestamp": "2026-01-01T00:00:00Z"}  # fmt: skip


def ours(model: str, at: int, **more: Any) -> dict[str, Any]:
    alert = {"status": "firing", "labels": {"deployment": model}}
    return {"path": "/webhook/n", "accepted": True, "at": at, "body": {"firing": [alert]}, **more}


def theirs(model: str, at: int, status: str = "firing") -> dict[str, Any]:
    alert = {"status": status, "labels": {"deployment": model}}
    body = {"alerts": [alert]}
    return {"path": "/alertmanager/n", "accepted": True, "at": at, "body": body}


@given(st.lists(st.integers(0, 999), min_size=RUNS + WARM_UP, max_size=200))
def test_no_model_breaches_twice_wherever_in_the_second_all_are_scraped(times: list[int]) -> None:
    warm, counted = chosen({f"m{n}": at for n, at in enumerate(times)})
    assert (len(warm), len(counted)) == (WARM_UP, RUNS)
    assert len({*warm, *counted}) == WARM_UP + RUNS


def test_models_are_counted_whose_times_are_spread_evenly_over_the_second() -> None:
    phases = {f"m{n}": n * 1000 / 400 for n in range(400)}
    times = sorted(phases[model] for model in chosen(phases)[1])
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert max(gaps) <= 1000 / RUNS + 5


def test_latency_is_from_the_breach_to_the_notice_of_each_side() -> None:
    journal = [ours("a", 1300), theirs("a", 1200), theirs("b", 5100), ours("b", 5050)]
    found = latencies({"a": 1000, "b": 5000}, noticed(journal, "n"), ["b", "a"])
    assert found == {OURS: [50, 300], THEIRS: [100, 200]}


@pytest.mark.parametrize(
    "journal",
    [
        [theirs("a", 1200)],
        [ours("a", 1300)],
        [ours("a", 1300), ours("a", 1400), theirs("a", 1200)],
        [ours("a", 1300), theirs("a", 1200), theirs("b", 1200)],
        [ours("a", 1300), theirs("a", 1200, "resolved")],
        [ours("a", 999), theirs("a", 1200)],
        [ours("a", 1300, accepted=False, outcome="no JSON"), theirs("a", 1200)],
    ],
    ids=["not ours", "not theirs", "twice", "of another", "an end", "too early", "refused"],
)
def test_a_breach_that_was_not_told_exactly_once_by_both_ends_the_measurement(
    journal: list[dict[str, Any]],
) -> None:
    with pytest.raises(BenchError):
        latencies({"a": 1000}, noticed(journal, "n"), ["a"])


def test_notices_of_another_measurement_do_not_count() -> None:
    assert not noticed([ours("a", 1, path="/webhook/other")], "n")[OURS]


def test_both_sides_are_told_the_same_rule_and_the_same_times() -> None:
    rule_body, route_body = objects.told_by_us("n")
    rule_body["metadata"] |= STORED
    route_body["metadata"] |= STORED
    rule = parse_rule(rule_body, default_interval=timedelta(seconds=30))
    none = timedelta()
    route = parse_route(route_body, default=Timing(none, none, none), own_namespace="tocsin")
    assert isinstance(rule, Rule), rule
    assert isinstance(route, Route), route
    maps = {one["metadata"]["name"]: one["data"] for one in objects.programs("n", "image", 9, 1)
            if one["kind"] == "ConfigMap"}  # fmt: skip
    [group] = json.loads(maps["prometheus"]["rules.yml"])["groups"]
    [alert] = group["rules"]
    theirs = json.loads(maps["alertmanager"]["alertmanager.yml"])["route"]
    limit = rule.criterion.above if isinstance(rule.criterion, Threshold) else None
    assert alert["expr"] == f"{rule.metric.query} > {limit}"
    assert (rule.interval, rule.for_) == (timedelta(seconds=1), none)
    assert (group["interval"], alert.get("for")) == ("1s", None)
    assert route.timing == Timing(none, timedelta(seconds=1), timedelta(hours=4))
    times = [theirs[name] for name in ("group_wait", "group_interval", "repeat_interval")]
    assert times == ["0s", "1s", "4h"]


def test_models_breach_in_the_order_that_was_asked_for_and_go_on_with_it() -> None:
    with Exporter("127.0.0.1", 0, every=0.0) as at_once:
        assert not at_once.breaches("a")
        at_once.begin(["a", "b"])
        assert (at_once.breaches("a"), at_once.breaches("c")) == (True, False)
    with Exporter("127.0.0.1", 0, every=1000.0) as slow:
        slow.begin(["a"])
        assert not slow.breaches("a")
