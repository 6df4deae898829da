"""Drift: which features differ from their baseline, and what cannot be compared."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.core.making import BOTH, SCORER, answer, at, rule, sample
from tocsin.core.amounts import Amount
from tocsin.core.attribution import Places
from tocsin.core.criteria.drift import Drift, Method, limit_of
from tocsin.core.evaluate import Evaluation, Past, evaluate
from tocsin.core.gathering import Gathered
from tocsin.core.identity import Identity
from tocsin.core.metrics import STORED_SOURCE, Question
from tocsin.core.parameters import Bound
from tocsin.core.queries.stored import StoredQuery
from tocsin.core.samples import Sample, Samples
from tocsin.core.verdicts import Outcome, Verdict

WEEK = timedelta(days=7)
BY_PSI = Drift(Method.PSI, 0.2, WEEK)
BY_KS = Drift(Method.KS, 0.01, WEEK)
BY_CHI = Drift(Method.CHI_SQUARED, 0.01, WEEK, categories="label")
EVEN, R2_BEFORE, R2_NOW = [100.0] * 10, [400, 300, 200, 100], [200, 250, 300, 250]


def buckets(feature: str, counts: Sequence[float], pod: str = "scorer-1", **labels: str) -> Samples:
    """A classic histogram of a feature of scorer, with these counts between edges 1, 2, …"""
    samples, total = [], 0.0
    for number, count in enumerate(counts, 1):
        total += count
        le = "+Inf" if number == len(counts) else str(number)
        its = {"deployment": "scorer", "pod": pod, "feature": feature, "le": le, **labels}
        samples.append(sample(total, **its))
    return Samples(tuple(samples))


def together(*some: Samples) -> Samples:
    """All samples in one answer."""
    return Samples(tuple(one for its in some for one in its.samples))


def categories(counts: Mapping[str, float]) -> Samples:
    """Counters of predicted labels."""
    return answer(*(sample(n, deployment="scorer", label=label) for label, n in counts.items()))


def evaluated(criterion: Drift, before: Samples, now: Samples) -> Evaluation:
    """One evaluation."""
    of = rule(criterion=criterion)
    answers = dict(zip(of.questions, (now, before), strict=True))
    return evaluate(of, Past(), Gathered(Places(of, BOTH), Bound(), answers), at(0))


def outcome(criterion: Drift, before: Samples, now: Samples) -> Outcome:
    """What is said of scorer."""
    return evaluated(criterion, before, now).outcome(Identity(SCORER))


def test_one_alert_lists_the_drifted_features_with_their_figures() -> None:
    before = together(buckets("amount", R2_BEFORE), buckets("hour", EVEN))
    now = together(buckets("amount", R2_NOW), buckets("hour", EVEN))
    found = evaluated(BY_PSI, before, now)
    [alert] = found.alerts.values()
    assert [(one.name, one.statistic) for one in alert.features] == [("amount", 0.3243)]
    assert alert.value == 0.3243
    assert alert.threshold == 0.2
    assert alert.reason == "1 of 2 features drifted: amount: PSI 0.324 is above 0.2"


@pytest.mark.parametrize(
    ("criterion", "verdict"), [(BY_PSI, Verdict.MET), (BY_KS, Verdict.MET), (BY_CHI, Verdict.MET)]
)
def test_each_method_finds_the_reference_drift(criterion: Drift, verdict: Verdict) -> None:
    before, now = buckets("x", R2_BEFORE), buckets("x", R2_NOW)
    assert outcome(criterion, before, now).verdict is verdict
    assert outcome(criterion, before, before).verdict is Verdict.NOT_MET


def test_what_is_the_same_says_which_feature_differs_most() -> None:
    near = [80, 90, 95, 100, 100, 100, 105, 105, 110, 115]
    found = outcome(BY_PSI, buckets("x", [1000] * 10), buckets("x", near))
    assert found.reason == "none of 1 features drifted, x the most: PSI 0.00922 is within 0.2"


def test_too_few_values_are_unknown_rather_than_drift() -> None:
    few = [5, 1, 3, 0, 2, 4, 2, 1, 1, 1]
    found = outcome(BY_PSI, buckets("x", [1000] * 10), buckets("x", few))
    assert found.verdict is Verdict.UNKNOWN
    assert "the current window has 20 values: at least 200" in found.reason


def test_a_rare_feature_among_others_keeps_nothing_open() -> None:
    rare = together(buckets("x", EVEN), buckets("y", EVEN), buckets("rare", [1.0] * 10))
    assert outcome(BY_PSI, rare, rare).verdict is Verdict.NOT_MET


def test_edges_that_changed_at_a_redeploy_are_unknown() -> None:
    moved = Samples(
        tuple(
            sample(one.value, **{**one.labels, "le": one.labels["le"].replace("+Inf", "inf")})
            if one.labels["le"] == "+Inf"
            else sample(one.value, **{**one.labels, "le": f"{float(one.labels['le']) * 1.37:g}"})
            for one in buckets("x", EVEN).samples
        )
    )
    found = outcome(BY_PSI, buckets("x", EVEN), moved)
    assert found.verdict is Verdict.UNKNOWN
    assert "the edges of the buckets changed" in found.reason


def test_a_histogram_without_its_last_bucket_is_unknown() -> None:
    kept = tuple(one for one in buckets("x", EVEN).samples if one.labels["le"] != "+Inf")
    found = outcome(BY_PSI, buckets("x", EVEN), Samples(kept))
    assert found.verdict is Verdict.UNKNOWN
    assert 'le="+Inf" is missing' in found.reason


def test_pods_are_summed_before_anything_is_compared() -> None:
    half = [one / 2 for one in R2_NOW]
    now = together(buckets("x", half, "scorer-1"), buckets("x", half, "scorer-2"))
    assert "PSI 0.324" in outcome(BY_PSI, buckets("x", R2_BEFORE), now).reason


def test_native_histograms_are_compared_by_their_buckets() -> None:
    def native(counts: Sequence[float]) -> Samples:
        rows = tuple((0.0, float(n), float(n + 1), count) for n, count in enumerate(counts))
        labels = {"namespace": "fraud", "deployment": "scorer", "feature": "x"}
        return Samples((Sample(labels, float("nan"), rows),))

    assert outcome(BY_KS, native(R2_BEFORE), native(R2_NOW)).verdict is Verdict.MET
    mixed = outcome(BY_KS, native(R2_BEFORE), buckets("x", R2_NOW))
    assert "the baseline is a native histogram and the current one a classic one" in mixed.reason


def test_counted_categories_are_compared_by_their_label() -> None:
    found = outcome(
        BY_CHI, categories({"ok": 900, "fraud": 100}), categories({"ok": 600, "fraud": 400})
    )
    assert found.verdict is Verdict.MET
    assert "Cramér's V" in found.reason


def test_a_feature_without_a_label_is_told_by_the_name_of_its_series() -> None:
    of = replace(BY_CHI, categories="label", nameless="ml_predicted")
    before, now = categories({"ok": 900, "fraud": 100}), categories({"ok": 600, "fraud": 400})
    assert outcome(of, before, now).reason.startswith("1 of 1 features drifted: ml_predicted: ")
    assert "ml_predicted the most" in outcome(of, before, before).reason
    [alert] = evaluated(of, before, now).alerts.values()
    assert [one.name for one in alert.features] == ["ml_predicted"]


def test_a_query_that_lost_its_buckets_says_which_label_to_keep() -> None:
    found = outcome(BY_PSI, buckets("x", EVEN), categories({"ok": 900}))
    assert found.verdict is Verdict.UNKNOWN
    assert "no label le: keep it in the query" in found.reason


def test_of_many_features_only_those_are_believed_that_many_tests_bear_out() -> None:
    wide = [500.0] * 10
    alone = outcome(BY_KS, buckets("x", wide), buckets("x", _shifted()))
    assert alone.verdict is Verdict.MET
    others = [buckets(f"f{n}", wide) for n in range(30)]
    among = outcome(
        BY_KS,
        together(buckets("x", wide), *others),
        together(buckets("x", _shifted()), *others),
    )
    assert among.verdict is Verdict.NOT_MET


def _shifted() -> list[float]:
    """270 values of which D to an even distribution is 0.104: p is 0.0069."""
    return [27 + 28.0, 27, 27, 27, 27, 27, 27, 27, 27, 27 - 28.0 + 1]


def test_a_stored_baseline_counts_for_every_workload() -> None:
    stored = StoredQuery("fraud", "training", "feature", "")
    of = rule(criterion=Drift(Method.PSI, 0.2, stored=stored))
    now, then = of.questions
    assert then == Question(STORED_SOURCE, stored)
    training = Samples(
        tuple(
            Sample({"feature": "x", "le": one.labels["le"]}, one.value)
            for one in buckets("x", R2_BEFORE).samples
        )
    )
    gathered = Gathered(Places(of, BOTH), Bound(), {now: buckets("x", R2_NOW), then: training})
    found = evaluate(of, Past(), gathered, at(0))
    assert found.looks[Identity(SCORER)].verdict is Verdict.MET
    assert found.attribution is not None
    assert found.attribution.unattributed == ()


@pytest.mark.parametrize(
    ("method", "amount"),
    [(Method.PSI, Amount(0)), (Method.KS, Amount(0)), (Method.CHI_SQUARED, Amount(60, "%"))],
)
def test_a_limit_that_is_none_is_refused(method: Method, amount: Amount) -> None:
    with pytest.raises(ValueError, match="write"):
        limit_of(method, amount)


def test_a_significance_may_be_written_as_a_share() -> None:
    assert limit_of(Method.KS, Amount(1, "%")) == 0.01
