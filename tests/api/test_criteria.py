"""From what a user wrote of a criterion to the core's, and what is wrong with it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.parsers import problems_in
from tocsin.api.v1alpha1 import parse_rule
from tocsin.core.amounts import Unit
from tocsin.core.criteria.absence import Absence, Cause
from tocsin.core.criteria.composite import Composite
from tocsin.core.criteria.drift import Drift, Method
from tocsin.core.criteria.promql import PromQL
from tocsin.core.criteria.rate_of_change import Change, RateOfChange
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.metrics import Metric
from tocsin.core.queries.stored import StoredQuery
from tocsin.core.rules import Parameter, Rule

METRIC = {"prometheus": {"query": "q"}, "unit": "Ratio"}
DROP = {"metric": METRIC, "over": "1h", "decreasesBy": "10%"}


def body(criterion: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """A rule with this criterion."""
    metadata = {"name": "one", "namespace": "fraud"}
    return {"metadata": metadata, "spec": {"severity": "low", "criterion": criterion, **spec}}


def parsed(criterion: dict[str, Any], **spec: Any) -> Rule:
    """The rule with this criterion."""
    found = parse_rule(body(criterion, **spec), default_interval=timedelta(seconds=30))
    assert isinstance(found, Rule), found
    return found


def problems(criterion: dict[str, Any], **spec: Any) -> dict[str, str]:
    """What is wrong, by field."""
    found: dict[str, str] = {}
    for problem in problems_in("MLAlertRule", body(criterion, **spec)):
        field = problem.field.removeprefix("spec.")
        found[field] = f"{found.get(field, '')}{problem.message}. "
    return found


def part(name: str, above: str = "1%", **metric: Any) -> dict[str, Any]:
    """A part with a threshold."""
    asked = {"prometheus": {"query": name}, "unit": "Ratio", **metric}
    return {"name": name, "threshold": {"metric": asked, "above": above}}


def composite(when: str, *parts: dict[str, Any]) -> dict[str, Any]:
    """A composite of these parts, by default of `a` and `b`."""
    return {"composite": {"parts": list(parts) or [part("a"), part("b")], "when": when}}


def test_a_change_asks_for_now_and_for_then() -> None:
    rule = parsed({"rateOfChange": DROP})
    hour = timedelta(hours=1)
    assert rule.criterion == RateOfChange(hour, Change(0.1, relative=True), increases=False)
    assert [question.ago for question in rule.questions] == [timedelta(), hour]


def test_a_parameter_gives_a_change() -> None:
    rule = parsed({"rateOfChange": {**DROP, "decreasesBy": "$drop"}}, parameters={"drop": "20%"})
    assert isinstance(rule.criterion, RateOfChange)
    assert rule.criterion.by == Change(0.2, relative=True)
    assert rule.parameters == (Parameter("drop", ("by",)),)


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"decreasesBy": "0%"}, "decreasesBy", "more than 0"),
        ({"decreasesBy": "50ms"}, "decreasesBy", "the metric's unit is Ratio"),
        ({"decreasesBy": "$x"}, "decreasesBy", "there is no parameter x"),
        ({"increasesBy": "10%"}, "", "exactly one direction"),
        ({"over": "0s"}, "over", "is not between 1m and 720h"),
    ],
)
def test_a_change_that_is_none_is_refused_at_its_field(
    change: dict[str, Any], field: str, says: str
) -> None:
    where = f"criterion.rateOfChange.{field}".rstrip(".")
    assert says in problems({"rateOfChange": DROP | change})[where]


def test_the_window_of_an_absence_is_waited_for_beside_for() -> None:
    rule = parsed({"absence": {"metric": METRIC, "window": "5m"}}, **{"for": "1m"})
    assert rule.for_ == timedelta(minutes=6)
    assert rule.criterion == Absence(frozenset({Cause.NO_TRAFFIC, Cause.TARGET_GONE}))


def test_beside_an_absence_nothing_else_says_what_no_data_means() -> None:
    count = {"metric": METRIC, "atLeast": 1}
    found = problems(
        {"absence": {"metric": METRIC}},
        missingData="Met",
        minSamples=count,
        datapoints={"matching": 1, "of": 2},
        labelDelay="1h",
        labelCoverage={"metric": METRIC, "atLeast": "80%"},
    )
    assert set(found) == {
        *("missingData", "minSamples", "datapoints", "labelDelay", "labelCoverage")
    }


def test_a_composite_has_parts_with_units_of_their_own() -> None:
    slow = part("slow", "200ms", unit="Seconds")
    rule = parsed(composite("a && slow", part("a"), slow))
    assert isinstance(rule.criterion, Composite)
    assert [one.criterion for one in rule.criterion.parts] == [Threshold(0.01), Threshold(0.2)]
    assert [one.metric.unit for one in rule.parts] == [Unit.RATIO, Unit.SECONDS]
    assert rule.unit is None
    assert [question.query for question in rule.questions] == ["a", "slow"]


@pytest.mark.parametrize(
    ("when", "says"),
    [
        ("a && c", "there is no part c"),
        ("a", "the part b is not in it"),
        ("a || b || !a", "it is always true"),
        ("a && b && !a", "it is always false"),
        ("a &&", "the name of a part is missing at its end"),
        ("(" * 50 + "a" + ")" * 50 + " && b", "nests more than 10 deep"),
    ],
)
def test_a_condition_that_decides_nothing_is_refused(when: str, says: str) -> None:
    assert says in problems(composite(when))["criterion.composite.when"]


def test_all_problems_of_all_parts_are_shown_at_once() -> None:
    silent = {"name": "silent", "absence": {"metric": METRIC, "window": "1m"}}
    found = problems(composite("a && silent", part("a", "200ms"), silent))
    assert set(found) == {
        "criterion.composite.parts[0].threshold.above",
        "criterion.composite.parts[1].absence.window",
    }


SURE = {"threshold": {"metric": METRIC, "above": "5%", "confidence": "95%"}}


def test_a_confidence_needs_shares_and_a_number_of_samples() -> None:
    counts = {"metric": {"prometheus": {"query": "n"}}, "atLeast": 1}
    assert parsed(SURE, minSamples=counts).criterion == Threshold(0.05, confidence=0.95)
    where = "criterion.threshold.confidence"
    assert "set spec.minSamples" in problems(SURE)[where]
    wrong = {"threshold": {**SURE["threshold"], "metric": QUERY, "above": 1}}
    assert "set metric.unit to Ratio" in problems(wrong, minSamples=counts)[where]
    unsure = {"threshold": {**SURE["threshold"], "confidence": "20%"}}
    assert "from 50% to 99.99%" in problems(unsure, minSamples=counts)[where]
    one = {"name": "a", **SURE}
    found = problems(composite("a && b", one, part("b")), minSamples=counts)
    assert "not a part's" in found["criterion.composite.parts[0].threshold.confidence"]


def test_a_schedule_names_a_zone_that_there_is() -> None:
    window = {"start": "01:00", "end": "05:00"}
    written = {"timeZone": "Europe/Berlin", "windows": [window]}
    rule = parsed({"rateOfChange": DROP}, schedule=written)
    assert rule.schedule is not None
    found = problems({"rateOfChange": DROP}, schedule={**written, "timeZone": "Mars/Olympus"})
    assert 'there is no time zone "Mars/Olympus"' in found["schedule.timeZone"]


def test_a_condition_in_promql_is_taken_as_it_is() -> None:
    rule = parsed({"promql": {"query": "up == 0 and on (pod) x > 1"}}, **{"for": "5m"})
    assert rule.criterion == PromQL()
    assert rule.metric == Metric("default", "up == 0 and on (pod) x > 1")
    assert rule.by_series


def test_beside_promql_nothing_is_said_twice() -> None:
    count = {"metric": METRIC, "atLeast": 1}
    found = problems(
        {"promql": {"query": "up[5m]"}},
        reduce="Sum",
        identityLabels=["gpu"],
        missingData="Met",
        minSamples=count,
        datapoints={"matching": 1, "of": 2},
        labelDelay="1h",
        labelCoverage={"metric": METRIC, "atLeast": "80%"},
    )
    assert set(found) == {
        *("reduce", "identityLabels", "missingData", "minSamples", "datapoints"),
        *("labelDelay", "labelCoverage"),
        "criterion.promql.query",
    }
    assert "returns a range of samples" in found["criterion.promql.query"]


COVERED = {"metric": {"prometheus": {"query": "c"}, "unit": "Percent"}, "atLeast": "80%"}


def test_where_labels_come_late_all_is_asked_as_of_then() -> None:
    count = {"metric": {"prometheus": {"query": "n"}}, "atLeast": 30}
    rule = parsed({"rateOfChange": DROP}, labelDelay="2h", labelCoverage=COVERED, minSamples=count)
    hours = [question.ago / timedelta(hours=1) for question in rule.questions]
    assert hours == [2, 3, 2, 2]
    assert rule.label_coverage
    assert rule.label_coverage.at_least == pytest.approx(0.8)
    assert rule.semantics != parsed({"rateOfChange": DROP}).semantics


@pytest.mark.parametrize("share", ["0%", "101%", "-1"])
def test_label_coverage_is_a_share(share: str) -> None:
    found = problems({"rateOfChange": DROP}, labelCoverage={**COVERED, "atLeast": share})
    assert "at most 100%: write 80%" in found["labelCoverage.atLeast"]


def test_labels_that_come_late_need_sources_that_have_a_past() -> None:
    pods = {"pods": {"port": 80, "series": "x"}}
    found = problems(
        {"threshold": {"metric": pods, "above": 1}},
        labelDelay="1h",
        labelCoverage={"metric": pods, "atLeast": "80%"},
        minSamples={"metric": pods, "atLeast": 1},
    )
    fields = ["criterion.threshold", "labelCoverage", "minSamples"]
    assert sorted(found) == [f"{field}.metric.pods" for field in fields]
    assert all("labelDelay asks what the value was" in said for said in found.values())


QUERY = {"prometheus": {"query": "increase(x_bucket[1h])"}}


def test_a_drift_is_measured_against_a_former_time_or_a_stored_baseline() -> None:
    former = parsed({"drift": {"metric": QUERY, "baseline": {"ago": "7d"}}}).criterion
    assert former == Drift(Method.PSI, 0.2, timedelta(days=7), nameless="x")
    ref = {"configMapRef": {"name": "training"}}
    rule = parsed({"drift": {"metric": QUERY, "method": "KS", "baseline": ref}})
    stored = StoredQuery("fraud", "training", "feature", "")
    assert rule.criterion == Drift(Method.KS, 0.01, stored=stored, nameless="x")
    assert [question.ago for question in rule.questions] == [timedelta(), timedelta()]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("sum by (namespace, pod, le) (increase(score_bucket[1h]))", "score"),
        ('sum by (le) (increase(ml:score{job="a"}[1h]))', "ml:score"),
        ("sum by (namespace, le) (score)", "its value"),
    ],
)
def test_a_feature_without_a_label_has_the_name_of_its_series(query: str, name: str) -> None:
    metric = {"prometheus": {"query": query}}
    drift = parsed({"drift": {"metric": metric, "baseline": {"ago": "7d"}}}).criterion
    assert isinstance(drift, Drift)
    assert drift.nameless == name


@pytest.mark.parametrize(
    ("drift", "field", "says"),
    [
        ({"significance": "1%"}, "significance", "is for KS and ChiSquared"),
        ({"method": "KS", "threshold": "1"}, "threshold", "threshold is for PSI"),
        ({"threshold": "0"}, "threshold", "a PSI is more than 0"),
        ({"method": "KS", "significance": "60%"}, "significance", "between 0 and 0.5"),
        ({"metric": METRIC}, "metric.unit", "counts, which have no unit"),
        ({"baseline": {}}, "baseline", "exactly one baseline"),
    ],
)
def test_a_drift_that_makes_no_sense_is_refused_at_its_field(
    drift: dict[str, Any], field: str, says: str
) -> None:
    written = {"metric": QUERY, "baseline": {"ago": "7d"}, **drift}
    assert says in problems({"drift": written})[f"criterion.drift.{field}"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"rateOfChange": DROP}, {"rateOfChange": DROP | {"over": "2h"}}),
        ({"rateOfChange": DROP}, {"rateOfChange": DROP | {"decreasesBy": "0.1"}}),
        ({"absence": {"metric": METRIC}}, {"absence": {"metric": METRIC, "causes": ["NeverSeen"]}}),
        (composite("a && b"), composite("a || b")),
        (composite("a && b"), composite("a && b", part("a"), part("b", "2%"))),
    ],
)
def test_what_means_something_else_has_another_hash(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert parsed(one).semantics != parsed(other).semantics


def test_blanks_in_a_condition_mean_nothing() -> None:
    assert parsed(composite("a&&b")).semantics == parsed(composite(" a  && b")).semantics
