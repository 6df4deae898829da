"""Composite: parts over different sources, and a condition that knows what is not known."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.making import BOTH, SCORER, answer, at, of_scorer, rule, sample, verdicts, workload
from tocsin.core.amounts import Unit
from tocsin.core.attribution import Places
from tocsin.core.criteria.composite import Composite, Part
from tocsin.core.criteria.expressions import When, parse_when
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.evaluate import Evaluation, Past, evaluate
from tocsin.core.gathering import Gathered
from tocsin.core.identity import Identity
from tocsin.core.inventory import ObjectRef
from tocsin.core.metrics import Metric
from tocsin.core.parameters import Bound, bind
from tocsin.core.rules import Parameter
from tocsin.core.samples import Answer, Failure, FailureKind
from tocsin.core.verdicts import Verdict

ERRORS = Part("errors", Metric("default", "errors", Unit.RATIO), Threshold(above=0.01))
SLOW = Part("slow", Metric("cloud", "latency", Unit.SECONDS), Threshold(0.5, recover_below=0.4))
DOWN = Failure(FailureKind.UNREACHABLE, "no route to host")
NAMES = ("a", "b", "c")


def evaluated(
    when: str, errors: Answer, slow: Answer, past: Past | None = None, **fields: Any
) -> Evaluation:
    """One evaluation of a composite of errors and slowness."""
    of = rule(
        criterion=Composite((ERRORS, SLOW), parse_when(when)),
        metric=Metric("default", "errors"),
        **fields,
    )
    answers = dict(zip(of.questions, (errors, slow), strict=True))
    return evaluate(of, past or Past(), Gathered(Places(of, BOTH), Bound(), answers), at(0))


def of(value: float) -> Answer:
    """An answer about scorer."""
    return answer(of_scorer(value))


@pytest.mark.parametrize(
    ("when", "errors", "slow", "verdict"),
    [
        ("errors && slow", of(0.07), of(0.6), Verdict.MET),
        ("errors && slow", of(0.07), of(0.1), Verdict.NOT_MET),
        ("errors && slow", of(0.001), DOWN, Verdict.NOT_MET),  # whatever slow may be
        ("errors && slow", of(0.07), DOWN, Verdict.FAILED),
        ("errors || slow", of(0.07), DOWN, Verdict.MET),
        ("errors && slow", of(0.07), answer(), Verdict.UNKNOWN),
        ("errors && !slow", of(0.07), of(0.1), Verdict.MET),
        ("errors && slow", of(0.07), of(0.45), Verdict.DEADBAND),
        ("errors && !slow", of(0.07), of(0.45), Verdict.DEADBAND),
    ],
)
def test_what_is_not_known_matters_only_where_it_decides(
    when: str, errors: Answer, slow: Answer, verdict: Verdict
) -> None:
    assert verdicts(evaluated(when, errors, slow))["scorer"] is verdict


def test_the_message_names_the_parts_that_were_met() -> None:
    found = evaluated("errors || slow", of(0.07), of(0.1))
    assert found.outcome(Identity(SCORER)).reason == "errors: 7% is above 1%"
    both = evaluated("errors && slow", of(0.07), of(0.6))
    assert both.outcome(Identity(SCORER)).reason == (
        "errors: 7% is above 1%; slow: 600ms is above 500ms"
    )


def test_an_alert_has_its_parts_with_their_values() -> None:
    [alert] = evaluated("errors && slow", of(0.07), of(0.6)).alerts.values()
    assert alert.value == 2
    assert [(p.name, p.verdict, p.value, p.threshold) for p in alert.parts] == [
        ("errors", Verdict.MET, 0.07, 0.01),
        ("slow", Verdict.MET, 0.6, 0.5),
    ]


def test_a_part_without_data_is_named_with_its_reason() -> None:
    found = evaluated("errors && slow", of(0.07), DOWN)
    assert found.outcome(Identity(SCORER)).reason == "slow: no route to host"


def test_a_workload_sets_the_limit_of_one_part() -> None:
    parameter = Parameter("limit", ("slow.above",))
    own = rule(
        criterion=Composite((ERRORS, SLOW), parse_when("errors && slow")),
        metric=Metric("default", "errors"),
        parameters=(parameter,),
    )
    ref = ObjectRef("Deployment", "fraud", "scorer")
    texts = {"param.tocsin.dev/latency.limit": "2s"}
    there = {ref: workload(ref).__class__(ref, "u", {}, 1, texts)}
    found = bind(own, there, Bound()).criteria[ref]
    assert isinstance(found, Composite)
    assert [part.criterion for part in found.parts] == [
        ERRORS.criterion,
        Threshold(2, recover_below=0.4),
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "the name of a part is missing at its end"),
        ("a &&", "the name of a part is missing at its end"),
        ("a && || b", "the name of a part is missing before `|| b`"),
        ("a b", "`b` is left over"),
        ("(a", "a parenthesis is not closed"),
        ("a & b", "`& b` is neither a name nor"),
        ("a and b", "`and b` is left over"),
        ("!" * 50 + "a", "nests more than 10 deep"),
        ("(" * 50 + "a" + ")" * 50, "nests more than 10 deep"),
    ],
)
def test_a_condition_that_is_none_is_refused_with_where_it_breaks_off(text: str, what: str) -> None:
    with pytest.raises(ValueError, match=r"deep|write one like") as error:
        parse_when(text)
    assert what in str(error.value)


def test_a_condition_that_says_the_same_whatever_the_parts_say_is_found() -> None:
    assert parse_when("a || !a").constant is True
    assert parse_when("a && b && !a").constant is False
    assert parse_when("a && b").constant is None


CONDITIONS = st.recursive(
    st.sampled_from(NAMES),
    lambda inner: st.one_of(
        inner.map(lambda one: f"!{one}"),
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda t: f"({' '.join(t)})"),
    ),
    max_leaves=6,
)
TRUTHS = st.fixed_dictionaries({name: st.sampled_from([True, False, None]) for name in NAMES})


def _python(text: str, truths: dict[str, bool]) -> bool:
    said = text.replace("&&", " and ").replace("||", " or ").replace("!", " not ")
    return bool(eval(said, {}, truths))  # noqa: S307  # of names and operators made above


@given(CONDITIONS, TRUTHS)
def test_what_is_known_is_what_every_completion_says(
    text: str, truths: dict[str, bool | None]
) -> None:
    when: When = parse_when(text)
    completions: list[dict[str, bool]] = [{}]
    for name, truth in truths.items():
        choices = [True, False] if truth is None else [truth]
        completions = [one | {name: choice} for one in completions for choice in choices]
    found = {_python(text, one) for one in completions}
    known = when.holds(truths)
    if known is not None:  # Kleene's logic may not know what is a tautology, but it never errs
        assert found == {known}
    if None not in truths.values():
        assert known is not None


def test_a_part_whose_series_belong_to_nobody_is_named() -> None:
    lost = answer(sample(0.7, job="all"))
    assert evaluated("errors && slow", of(0.07), lost).unplaced_parts == ("slow",)
    assert evaluated("errors && slow", of(0.07), of(0.6)).unplaced_parts == ()
    assert evaluated("errors && slow", of(0.07), answer()).unplaced_parts == ()


def test_a_rule_without_workloads_has_lost_no_labels_where_pods_are_gone() -> None:
    gone = answer(sample(0.7, namespace="fraud", pod="scorer-gone"))
    found = evaluated("errors && slow", of(0.07), gone, workloads=None)
    assert found.attribution is not None
    assert len(found.attribution.unattributed) == 1
    assert found.unplaced_parts == ()
