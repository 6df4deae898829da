"""The rules that are measured mean the same to Tocsin and to those it is compared with."""

from datetime import timedelta

from bench.exporter import page
from bench.rules import custom_resource, rule_file, unrelated
from tocsin.api.v1alpha1.parse import parse_rule
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.rules import Rule

RULES = unrelated("1m")


def test_each_of_twenty_rules_asks_something_else() -> None:
    assert len({rule.name for rule in RULES}) == len({rule.query for rule in RULES}) == 20


def test_both_forms_have_the_same_query_limit_and_duration() -> None:
    [group] = rule_file(RULES, "2s", "4s")["groups"]
    for rule, alert in zip(RULES, group["rules"], strict=True):
        body = custom_resource(rule, "2s", "4s")
        body["metadata"] |= {"uid": "u", "generation": 1, "resourceVersion": "1"}
        parsed = parse_rule(body, default_interval=timedelta(seconds=30))
        assert isinstance(parsed, Rule), parsed
        threshold = parsed.criterion
        assert isinstance(threshold, Threshold)
        limit, sign = (threshold.above, ">") if rule.side == "above" else (threshold.below, "<")
        assert alert["expr"] == f"({parsed.metric.query}) {sign} {rule.limit}"
        assert limit == float(rule.limit)
        assert (parsed.key.name, parsed.for_) == (alert["alert"], timedelta(seconds=4))


def test_each_model_has_nineteen_series_of_names_and_labels_of_its_own() -> None:
    lines = page(models=3, breaching=1, seconds=60).splitlines()
    assert len({line.rpartition(" ")[0] for line in lines}) == len(lines) == 3 * 19
