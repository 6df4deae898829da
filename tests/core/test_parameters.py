"""Limits that a workload sets for itself: what counts, what is refused, and what stays in force."""

from dataclasses import replace

import pytest

from tests.core.making import (
    RANKER,
    SCORER,
    answer,
    inventory,
    of_ranker,
    of_scorer,
    rule,
    steps,
    verdicts,
    workload,
)
from tocsin.core.amounts import Unit
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.metrics import Metric
from tocsin.core.parameters import Bound, bind
from tocsin.core.reduction import Reduce
from tocsin.core.rules import Parameter, Rule

LIMIT = rule(
    criterion=Threshold(above=10, recover_below=5), parameters=(Parameter("limit", ("above",)),)
)
BAND = rule(
    criterion=Threshold(above=10, below=6),
    parameters=(Parameter("high", ("above",)), Parameter("low", ("below",))),
)


def bound(of: Rule, before: Bound | None = None, **set_: str) -> Bound:
    """What scorer gets by these annotations; ranker sets nothing."""
    texts = {f"param.tocsin.dev/{of.key.name}.{name}": text for name, text in set_.items()}
    there = {
        SCORER: replace(workload(SCORER), annotations=texts),
        RANKER: workload(RANKER),
    }
    return bind(of, there, before or Bound())


def criterion(of: Rule, before: Bound | None = None, **set_: str) -> Threshold:
    found = bound(of, before, **set_).criteria.get(SCORER, of.criterion)
    assert isinstance(found, Threshold)
    return found


def problems(found: Bound) -> dict[str, str]:
    return {one.annotation.rpartition(".")[2]: one.problem for one in found.unreadable}


def in_force(found: Bound) -> dict[str, str]:
    return {name: text for (_, name), text in found.texts.items()}


def test_without_annotations_the_rules_own_value_counts() -> None:
    assert bound(LIMIT) == Bound()


def test_an_annotation_sets_the_limit_of_its_workload_alone() -> None:
    found = bound(LIMIT, limit="20")
    assert found.criteria == {SCORER: Threshold(above=20, recover_below=5)}
    assert (in_force(found), found.unreadable) == ({"limit": "20"}, ())


def test_one_query_serves_all_and_each_value_is_judged_by_its_own_limit() -> None:
    there = {
        SCORER: replace(
            workload(SCORER, "score"), annotations={"param.tocsin.dev/latency.limit": "20"}
        ),
        RANKER: workload(RANKER, "rank"),
    }
    (done,) = steps(LIMIT, [(0, answer(of_scorer(15), of_ranker(15)))], inventory(*there.values()))
    assert verdicts(done) == {"scorer": "Deadband", "ranker": "Met"}
    (alert,) = done.alerts.values()
    assert (alert.identity.workload, alert.threshold) == (RANKER, 10)


def test_one_parameter_may_be_several_limits() -> None:
    both = rule(parameters=(Parameter("limit", ("above", "recover_below")),))
    assert criterion(both, limit="20") == Threshold(above=20, recover_below=20)


def test_annotations_of_other_rules_say_nothing() -> None:
    texts = {"param.tocsin.dev/other.limit": "1", "param.tocsin.dev/latency-2.limit": "1"}
    there = {SCORER: replace(workload(SCORER), annotations=texts)}
    assert bind(LIMIT, there, Bound()) == Bound()
    assert bind(rule(), there, Bound()) == Bound()


@pytest.mark.parametrize(("of", "has"), [(LIMIT, "it has limit"), (rule(), "it has none")])
def test_a_parameter_that_the_rule_does_not_have_is_named(of: Rule, has: str) -> None:
    found = bound(of, limits="1")
    assert (found.criteria, found.texts) == ({}, {})
    [one] = found.unreadable
    where = "Deployment scorer, annotation param.tocsin.dev/latency.limits"
    assert str(one) == f'{where}: rule latency has no parameter "limits": {has}; it sets nothing'


def test_a_recovery_that_the_new_value_has_passed_moves_along() -> None:
    assert criterion(LIMIT, limit="3") == Threshold(above=3, recover_below=3)
    low = rule(
        criterion=Threshold(below=5, recover_above=8), parameters=(Parameter("low", ("below",)),)
    )
    assert criterion(low, low="9") == Threshold(below=9, recover_above=9)


def test_a_recovery_stays_within_both_limits_or_no_value_would_end_the_alert() -> None:
    of = rule(
        criterion=Threshold(above=10, below=2, recover_below=8, recover_above=4),
        parameters=BAND.parameters,
    )
    assert criterion(of, low="9") == Threshold(above=10, below=9, recover_below=9, recover_above=9)
    assert criterion(of, high="3") == Threshold(above=3, below=2, recover_below=3, recover_above=3)


@pytest.mark.parametrize("text", ["", "fast", "0,3", "1e3", "20 %", "0x10", "$limit", "20s"])
def test_a_text_that_cannot_be_read_leaves_the_rules_own_value(text: str) -> None:
    found = bound(LIMIT, limit=text)
    assert (found.criteria, found.texts) == ({}, {})
    (one,) = found.unreadable
    assert one.held is None
    assert str(one).startswith("Deployment scorer, annotation param.tocsin.dev/latency.limit: ")
    assert str(one).endswith("; the rule's own value is used")


def test_an_amount_of_another_dimension_says_which_would_fit() -> None:
    in_seconds = rule(metric=Metric("default", "q", Unit.SECONDS), parameters=LIMIT.parameters)
    assert criterion(in_seconds, limit="350ms").above == 0.35
    (problem,) = problems(bound(in_seconds, limit="5%")).values()
    assert "5% is an amount of ratio, but the metric's unit is Seconds" in problem


def test_a_text_that_cannot_be_read_keeps_the_last_one_that_could() -> None:
    good = bound(LIMIT, limit="20")
    bad = bound(LIMIT, good, limit="fast")
    assert bad.criteria == good.criteria
    assert in_force(bad) == {"limit": "20"}
    assert str(bad.unreadable[0]).endswith("; 20 stays in force")
    worse = bound(LIMIT, bad, limit="faster")
    assert (worse.criteria, in_force(worse)) == (good.criteria, {"limit": "20"})
    mended = bound(LIMIT, worse, limit="30")
    assert (mended.criteria[SCORER], mended.unreadable) == (
        Threshold(above=30, recover_below=5),
        (),
    )


def test_when_the_annotation_is_removed_nothing_is_kept_of_it() -> None:
    good = bound(LIMIT, limit="20")
    assert bound(LIMIT, good) == Bound()
    assert in_force(bound(LIMIT, bound(LIMIT, good), limit="fast")) == {}


def test_limits_that_cross_are_refused_and_change_nothing() -> None:
    found = bound(BAND, high="5")
    assert (found.criteria, found.texts) == ({}, {})
    assert problems(found) == {
        "high": "below (6) would be more than above (5), and every value would alert"
    }
    before = bound(BAND, high="8")
    assert in_force(bound(BAND, before, high="5")) == {"high": "8"}


def test_limits_that_are_set_together_are_judged_together() -> None:
    found = bound(BAND, high="5", low="1")
    assert found.criteria[SCORER] == Threshold(above=5, below=1)
    assert found.unreadable == ()
    upwards = bound(BAND, found, high="30", low="20")
    assert upwards.criteria[SCORER] == Threshold(above=30, below=20)


def test_of_limits_that_cross_only_the_one_that_is_new_is_refused() -> None:
    before = bound(BAND, high="5", low="1")
    after = bound(BAND, before, high="5", low="7")
    assert problems(after).keys() == {"low"}
    assert in_force(after) == {"high": "5", "low": "1"}


def test_one_unreadable_limit_takes_nothing_from_the_other() -> None:
    found = bound(BAND, high="fast", low="1")
    assert problems(found).keys() == {"high"}
    assert found.criteria[SCORER] == Threshold(above=10, below=1)


def test_recoveries_that_cross_are_refused_as_no_value_would_end_the_alert() -> None:
    of = rule(
        criterion=Threshold(above=10, below=2, recover_below=8, recover_above=4),
        parameters=(Parameter("back", ("recover_below",)),),
    )
    (problem,) = problems(bound(of, back="3")).values()
    assert problem == (
        "recoverAbove (4) would be more than recoverBelow (3), and every value would keep an alert"
    )
    assert criterion(of, back="12").recover_below == 10


def test_what_was_kept_and_no_longer_fits_the_edited_rule_gives_way_to_the_rules_own() -> None:
    before = bound(BAND, high="7")
    edited = replace(BAND, criterion=Threshold(above=20, below=9))
    found = bound(edited, before, high="7")
    assert (found.criteria, in_force(found)) == ({}, {})
    assert str(found.unreadable[0]).endswith("; the rule's own value is used")


def test_what_was_kept_in_another_unit_is_not_used() -> None:
    before = Bound(texts={(SCORER, "limit"): "350ms"})
    assert in_force(bound(LIMIT, before, limit="fast")) == {}
    assert in_force(bound(LIMIT, before, limit="20")) == {"limit": "20"}


@pytest.mark.parametrize(
    ("reduce", "values", "verdict"),
    [
        (Reduce.WORST, (50, -5), "Met"),  # for the rule 50 is the worst, for this workload -5
        (Reduce.BEST, (50, 3), "NotMet"),
    ],
)
def test_the_worst_of_several_values_is_so_by_the_workloads_own_limits(
    reduce: Reduce, values: tuple[float, float], verdict: str
) -> None:
    of = rule(
        criterion=Threshold(above=10, below=0),
        parameters=(Parameter("high", ("above",)),),
        reduce=reduce,
    )
    annotations = {"param.tocsin.dev/latency.high": "100"}
    there = inventory(replace(workload(SCORER), annotations=annotations))
    samples = (of_scorer(value, pod=f"p{n}") for n, value in enumerate(values))
    (done,) = steps(of, [(0, answer(*samples))], there)
    assert verdicts(done) == {"scorer": verdict}
