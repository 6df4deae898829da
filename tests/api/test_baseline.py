"""A baseline in a ConfigMap: what is written is read, and what is wrong is said."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.api.baseline import MAX_BYTES, Feature, read_baseline, write_baseline
from tocsin.core.statistics.histograms import Counts

amounts = st.floats(0, 1e12)
numeric = (
    st.sets(st.floats(-1e9, 1e9), min_size=1, max_size=12)
    .flatmap(
        lambda edges: st.builds(
            Counts,
            st.just(tuple(sorted(edges))),
            st.lists(amounts, min_size=len(edges) + 1, max_size=len(edges) + 1).map(tuple),
        )
    )
    .filter(lambda counts: any(counts.counts))
)
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
categories = st.dictionaries(texts, amounts, min_size=1, max_size=8).filter(
    lambda counts: any(counts.values())
)
features: st.SearchStrategy[dict[str, Feature]] = st.dictionaries(
    texts, st.one_of(numeric, categories), min_size=1, max_size=6
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["edges", "counts", "categories", "feature", "x"]), inner, max_size=4
        )
    ),
    max_leaves=15,
)


@given(features)
def test_what_is_written_is_read(written: dict[str, Feature]) -> None:
    data = write_baseline(written)
    stored = read_baseline(data)
    assert (stored.problems, stored.features) == ((), written)
    assert all(re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", key) for key in data)
    assert all(key != "." and not key.startswith("..") for key in data)


@given(st.dictionaries(st.text(max_size=8), st.text() | anything.map(json.dumps), max_size=4))
def test_whatever_is_in_there_it_is_read_or_said(data: dict[str, str]) -> None:
    stored = read_baseline(data)
    assert len(stored.features) + len(stored.problems) == max(1, len(data))


def test_a_name_that_cannot_be_a_key_stands_in_the_value() -> None:
    data = write_baseline({"loan amount": {"a": 1.0}, "loan_amount": {"a": 2.0}})
    assert data == {
        "loan_amount-2": '{"feature":"loan amount","categories":{"a":1.0}}',
        "loan_amount": '{"categories":{"a":2.0}}',
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "data[age]: is not JSON"),
        ("[" * 100_000, "data[age]: is not JSON"),
        ("[]", 'data[age]: has to be {"edges": […], "counts": […]} or {"categories": {…}}'),
        ('{"edges": [1], "counts": [1, 2], "x": 1}', "data[age]: has to be"),
        ('{"edges": 1, "counts": [1, 2]}', "have to be lists of numbers"),
        ('{"edges": [], "counts": [1]}', "data[age].edges: there are 0: write 1 to 999"),
        ('{"edges": [1], "counts": [1]}', "there are 1 for 1 edges: write one more than edges"),
        ('{"edges": [2, 1], "counts": [1, 2, 3]}', "data[age].edges[1]: 1 is not above 2"),
        ('{"edges": [true], "counts": [1, 2]}', "data[age].edges[0]: is not a number"),
        ('{"edges": [NaN], "counts": [1, 2]}', "data[age].edges[0]: is not a finite number"),
        ('{"edges": [1' + "0" * 400 + '], "counts": [1, 2]}', "is too large a number"),
        ('{"edges": [1], "counts": [1, -2]}', "data[age].counts[1]: -2 is below 0"),
        ('{"edges": [1], "counts": [0, 0]}', "data[age].counts: add up to 0"),
        ('{"categories": []}', "data[age].categories: is not a map"),
        ('{"categories": {"a": "1"}}', 'data[age].categories["a"]: is not a number'),
        ('{"categories": {}}', "data[age].categories: add up to 0: a baseline needs values"),
        ('{"feature": 3, "categories": {"a": 1}}', "data[age].feature: is not a text"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_the_others_are_read(text: str, said: str) -> None:
    stored = read_baseline({"age": text, "good": '{"categories": {"a": 1}}'})
    assert stored.features == {"good": {"a": 1.0}}
    (problem,) = stored.problems
    assert said in str(problem)


def test_two_keys_for_one_feature_are_one_too_many() -> None:
    data = {"a": '{"categories": {"x": 1}}', "b": '{"feature": "a", "categories": {"x": 1}}'}
    (problem,) = read_baseline(data).problems
    assert str(problem) == 'data[b]: there is another key for the feature "a"'


def test_more_than_a_config_map_holds_is_not_read() -> None:
    (problem,) = read_baseline({"a": "x" * MAX_BYTES}).problems
    assert str(problem) == "data: has 1048577 bytes, and 1048576 are the most"


def test_more_categories_than_are_useful_are_not_read() -> None:
    many = json.dumps({"categories": {str(n): 1 for n in range(1001)}})
    (problem,) = read_baseline({"id": many}).problems
    assert "there are 1001, and 1000 are the most" in problem.message


def test_nothing_says_where_to_get_some() -> None:
    (problem,) = read_baseline({}).problems
    assert "tocsin baseline FILE" in str(problem)
