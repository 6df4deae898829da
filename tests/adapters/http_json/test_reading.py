"""From JSON to samples: numbers, labels, times, and what is wrong with them in a sentence."""

import math
from datetime import timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.http_json.asking import NOW, fail, json, series, text, values
from tocsin.adapters.http.reading import read_document
from tocsin.core.queries.http import HttpQuery
from tocsin.core.samples import Failure, FailureKind, Samples

MODELS = {
    "models": [
        {"name": "scorer", "stats": {"p99": 0.31}, "at": "2026-01-31T11:59:00Z", "ready": True},
        {"name": "ranker", "stats": {"p99": 0.12}, "at": "2026-01-31T11:00:00Z", "ready": False},
    ]
}


async def test_a_number_in_a_document_is_one_series() -> None:
    answer = await series(json({"latency": {"p99": 0.25}}), "latency.p99")
    (sample,) = answer.samples
    assert (sample.labels, sample.value) == ({"namespace": "fraud"}, 0.25)


async def test_each_item_is_a_series_with_labels_that_say_whose_it_is() -> None:
    labels = (("deployment", "name"), ("ready", "ready"), ("zone", "zone"))
    answer = await series(json(MODELS), "stats.p99", items="models", labels=labels)
    assert [(dict(one.labels), one.value) for one in answer.samples] == [
        ({"namespace": "fraud", "deployment": "scorer", "ready": "true"}, 0.31),
        ({"namespace": "fraud", "deployment": "ranker", "ready": "false"}, 0.12),
    ]


async def test_a_label_called_namespace_wins_over_that_of_the_rule() -> None:
    answer = await series(json({"value": 1, "ns": "other"}), labels=(("namespace", "ns"),))
    assert answer.samples[0].labels == {"namespace": "other"}


@pytest.mark.parametrize(
    ("written", "number"),
    [("0.25", 0.25), (" -3 ", -3.0), ("1e3", 1000.0), (".5", 0.5), (7, 7.0), (-0.5, -0.5)],
)
async def test_a_text_that_is_a_number_counts_as_one(written: object, number: float) -> None:
    assert await values(json({"value": written})) == [number]


async def test_nan_is_no_data_and_no_failure() -> None:
    (value,) = await values(json({"value": "NaN"}))
    assert math.isnan(value)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("high", 'value is the text "high", where a number is wanted'),
        ("1_000", 'value is the text "1_000"'),
        (True, "value is true, where a number is wanted: write path && `1` || `0`"),
        ([1, 2], "value is a list of 2, where a number is wanted: name one of its entries"),
        ({"a": 1}, "value is an object, where a number is wanted"),
    ],
)
async def test_what_is_no_number_is_named(found: object, said: str) -> None:
    failure = await fail(json({"value": found}))
    assert failure.kind is FailureKind.WRONG_RESULT
    assert failure.message.startswith(said)


async def test_of_many_items_the_wrong_one_is_named() -> None:
    failure = await fail(json([{"value": 1}, {"value": "x"}]), items="@")
    assert failure.message.startswith('value of item 1 is the text "x"')


async def test_a_path_that_is_not_there_says_which_names_are() -> None:
    failure = await fail(json({"p99": 1, "p50": 2}), "latency.p99")
    assert failure.kind is FailureKind.WRONG_RESULT
    said = "value (latency.p99) finds nothing there; the names in it are: p50, p99"
    assert failure.message == said


async def test_items_that_are_not_there_or_no_list_are_a_failure() -> None:
    missing = await fail(json({"a": 1}), items="models")
    assert missing.message == "items (models) finds nothing there; the names in it are: a"
    odd = await fail(json({"models": {"a": 1}}), items="models")
    assert odd.message.startswith("items (models) finds an object, where a list is wanted")
    assert {missing.kind, odd.kind} == {FailureKind.WRONG_RESULT}


async def test_an_empty_list_is_no_data_and_an_item_without_a_value_is_left_out() -> None:
    assert await values(json({"models": []}), items="models") == []
    assert await values(json([{"value": 1}, {"value": None}, {}]), items="@") == [1.0]


async def test_items_of_which_none_has_a_value_are_a_mistake_in_the_path() -> None:
    failure = await fail(json([{"v": 1}, {"v": 2}]), items="@")
    assert failure.message == "value (value) finds nothing there; the names in it are: v"


async def test_a_label_that_is_an_object_is_refused() -> None:
    failure = await fail(json({"value": 1, "a": {}}), labels=(("x", "a"),))
    assert failure.message == "labels.x is an object, where a text is wanted"


async def test_more_items_than_the_limit_are_refused_before_they_are_read() -> None:
    many = [{"value": "no number"}] * 11
    failure = await fail(json(many), items="@", options={"max_series": 10})
    assert failure.kind is FailureKind.TOO_MANY_SERIES
    assert failure.message.startswith("items finds 11 entries, and at most 10 are taken")


async def test_long_labels_are_bounded() -> None:
    (sample,) = (await series(json({"value": 1, "a": "x" * 5000}), labels=(("a", "a"),))).samples
    assert len(sample.labels["a"]) == 1024


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<!doctype html><p>log in", "the answer is HTML or XML"),
        ("", "the answer is empty"),
        ("up 1\n", "the answer is not JSON"),
        ('{"value": NaN}', "the answer is not JSON"),
        ('{"value": 1' + "0" * 400 + "}", "the answer is not JSON: number is infinity"),
        ("[" * 100_000 + "]" * 100_000, "the answer is nested deeper than 1024 levels"),
    ],
)
async def test_what_is_no_json_is_said_to_be_what_it_is(body: str, said: str) -> None:
    failure = await fail(text(body))
    assert failure.kind is FailureKind.NOT_AN_ANSWER
    assert failure.message.startswith(said)


async def test_a_function_over_the_wrong_type_is_a_failure_with_the_field() -> None:
    failure = await fail(json({"a": "x"}), "abs(a)")
    assert failure.kind is FailureKind.WRONG_RESULT
    assert failure.message.startswith("value (abs(a)) cannot be found: In function abs()")


@pytest.mark.parametrize(
    "time",
    [
        "2026-01-31T11:55:00Z",
        "2026-01-31T12:55:00+01:00",
        "2026-01-31 11:55:00",
        NOW.timestamp() - 300,
        str(NOW.timestamp() - 300),
        (NOW.timestamp() - 300) * 1000,
    ],
)
async def test_a_time_is_read_in_each_usual_way(time: object) -> None:
    document = json({"value": 1, "at": time})
    assert await values(document, time="at", max_age=timedelta(minutes=5)) == [1.0]
    stale = await fail(document, time="at", max_age=timedelta(minutes=4))
    assert stale.kind is FailureKind.STALE


async def test_a_number_that_is_too_old_says_of_when_it_is() -> None:
    failure = await fail(json({"value": 1, "at": "2026-01-31T08:00:00Z"}), time="at")
    assert failure.message.startswith(
        "the newest of their numbers is of 2026-01-31 08:00:00Z, more than maxAge (10m) ago"
    )
    assert not failure.blames_rule


async def test_old_items_are_left_out_with_a_remark_and_the_others_count() -> None:
    answer = await series(json(MODELS), "stats.p99", items="models", time="at")
    assert [sample.value for sample in answer.samples] == [0.31]
    assert answer.remarks[0].startswith("1 of 2 items are left out: the newest of their numbers")


async def test_a_time_that_is_none_is_named_and_one_that_is_not_there_is_now() -> None:
    failure = await fail(json({"value": 1, "at": "yesterday"}), time="at")
    assert failure.message.startswith('time is the text "yesterday", where a time is wanted')
    assert await values(json({"value": 1}), time="at") == [1.0]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["value", "items", "at", "a"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(document=_JSON, items=st.sampled_from(["", "items", "@", "items[].a", "values(@)"]))
def test_whatever_the_document_is_the_answer_is_samples_or_a_sentence(
    document: object, items: str
) -> None:
    query = HttpQuery(
        "https://a/b", "value", items=items, time="at", labels=(("a", "a"),), namespace="fraud"
    )
    try:
        body = orjson.dumps(document)
    except TypeError:  # lone surrogates
        return
    answer = read_document(query, body, 100, NOW)
    assert isinstance(answer, Samples) or (isinstance(answer, Failure) and answer.message)
