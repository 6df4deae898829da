"""The index finds what trying every selector finds."""

import re
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.inventory import ObjectRef
from tocsin.core.labels import LabelSelector, Operator, Requirement
from tocsin.core.notify.alarms import Alarm
from tocsin.core.notify.index import Index
from tocsin.core.notify.selectors import AlertSelector, Comparison, Expression, WorkloadName
from tocsin.core.rules import RuleKey, Severity

T0 = datetime(2026, 1, 31, 12, tzinfo=UTC)
NAMES = st.sampled_from(["a", "b", "c"])
KINDS = st.sampled_from(["Deployment", "StatefulSet"])
LABELS = st.dictionaries(NAMES, NAMES, max_size=3)

ALARMS = st.builds(
    lambda rule, kind, name, space, severity, labels, own: Alarm(
        f"{rule}/{name}",
        RuleKey(space, rule),
        ObjectRef(kind, space, name) if name else None,
        space,
        severity,
        T0,
        labels,
        own if name else {},
    ),
    NAMES, KINDS, st.none() | NAMES, NAMES, st.sampled_from(Severity), LABELS, LABELS,
)  # fmt: skip

EXPRESSIONS = st.builds(
    Expression,
    NAMES,
    st.sampled_from(Comparison),
    st.frozensets(NAMES),
    st.sampled_from([(re.compile("a|b"),), (re.compile(""),), ()]),
)
REQUIREMENTS = st.builds(
    Requirement, NAMES, st.sampled_from(Operator), st.frozensets(NAMES, max_size=2)
)
SELECTORS = st.builds(
    AlertSelector,
    namespaces=st.none() | st.frozensets(NAMES, max_size=2),
    severities=st.frozensets(st.sampled_from(Severity), max_size=2),
    rules=st.frozensets(NAMES, max_size=2),
    kinds=st.frozensets(KINDS, max_size=1),
    workloads=st.frozensets(st.builds(WorkloadName, KINDS, NAMES), max_size=2),
    workload_selector=st.none()
    | st.builds(LabelSelector, st.lists(REQUIREMENTS, max_size=2).map(tuple)),
    expressions=st.lists(EXPRESSIONS, max_size=2).map(tuple),
    everything=st.booleans(),
)


@settings(max_examples=120)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.none() | SELECTORS), max_size=12),
    st.lists(ALARMS, min_size=1, max_size=5),
)
def test_it_finds_what_trying_every_selector_finds_each_once(
    changes: list[tuple[int, AlertSelector | None]], alarms: list[Alarm]
) -> None:
    index, there = Index[int](), dict[int, AlertSelector]()
    for key, selector in changes:
        if selector is None:
            index.drop(key)
            there.pop(key, None)
        else:
            index.put(key, selector)
            there[key] = selector
    assert len(index) == len(there)
    for alarm in alarms:
        wanted = [key for key, one in sorted(there.items()) if one.matches(alarm)]
        assert sorted(index.matching(alarm)) == wanted


def test_an_alarm_is_tried_only_against_what_names_its_own_workload() -> None:
    tried: list[int] = []

    class Watched(AlertSelector):
        def matches(self, alarm: Alarm) -> bool:
            tried.append(len(self.workloads))
            return super().matches(alarm)

    index = Index[int]()
    for number in range(1000):
        named = frozenset({WorkloadName("Deployment", f"m{number}")})
        index.put(number, Watched(frozenset({"fraud"}), workloads=named))
    ref = ObjectRef("Deployment", "fraud", "m7")
    alarm = Alarm("1", RuleKey("fraud", "r"), ref, "fraud", Severity.HIGH, T0)
    assert index.matching(alarm) == [7]
    assert tried == [1]


def test_a_selector_of_many_names_in_many_namespaces_is_found_too() -> None:
    spaces = frozenset(f"n{number}" for number in range(30))
    index = Index[str]()
    index.put("wide", AlertSelector(spaces, rules=frozenset(f"r{n}" for n in range(30))))
    hit = Alarm("1", RuleKey("n3", "r4"), None, "n3", Severity.HIGH, T0)
    miss = Alarm("2", RuleKey("n3", "other"), None, "n3", Severity.HIGH, T0)
    assert index.matching(hit) == ["wide"]
    assert index.matching(miss) == []


def test_what_is_dropped_leaves_nothing_behind() -> None:
    index = Index[str]()
    index.put("one", AlertSelector(None, rules=frozenset({"r"})))
    index.drop("one")
    index.drop("one")
    assert not index._spaces
