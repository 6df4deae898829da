"""What a Prometheus may answer, over HTTP, and what becomes of it."""

import math
from typing import Any

import pytest

from tests.adapters.loopback import (
    ask,
    data,
    error,
    fail,
    json_answer,
    serving,
    source_at,
    values,
    vector,
)
from tocsin.core.label_bounds import LabelBounds
from tocsin.core.metrics import Question
from tocsin.core.samples import FailureKind, Sample, Samples


async def test_a_vector_is_one_sample_a_series_with_its_labels() -> None:
    answer = await ask(json_answer(data("vector", vector("0.25", "1e3"))))
    assert answer == Samples((Sample({"pod": "p0"}, 0.25), Sample({"pod": "p1"}, 1000.0)))


async def test_a_scalar_is_one_sample_without_labels() -> None:
    answer = await ask(json_answer(data("scalar", [1.5, "4"])))
    assert answer == Samples((Sample({}, 4.0),))


async def test_an_empty_vector_is_a_complete_answer_without_samples() -> None:
    assert await ask(json_answer(data("vector", []))) == Samples(())


async def test_nan_and_both_infinities_are_values() -> None:
    nan, up, down = await values(json_answer(data("vector", vector("NaN", "+Inf", "-Inf"))))
    assert math.isnan(nan)
    assert (up, down) == (math.inf, -math.inf)


@pytest.mark.parametrize(
    ("document", "kind", "said"),
    [
        (data("string", [1.5, "text"]), FailureKind.WRONG_RESULT, "a text (string)"),
        (data("matrix", []), FailureKind.WRONG_RESULT, "use rate(…[5m])"),
        (
            data("vector", [{"metric": {}, "histogram": [1.5, {"count": "3", "sum": "1"}]}]),
            FailureKind.WRONG_RESULT,
            "use histogram_quantile(…)",
        ),
        (data("vector", vector("1"), warnings=["a store is down"]), FailureKind.PARTIAL, "a store"),
        (error("bad_data", "1:3: parse error"), FailureKind.QUERY_REJECTED, "1:3: parse error"),
        (data("vector", vector("abc")), FailureKind.NOT_AN_ANSWER, "cannot be read"),
        (data("vector", ["abc", 1]), FailureKind.NOT_AN_ANSWER, "cannot be read"),
        (data("vector", [{"metric": ["a"], "value": [1, "1"]}]), FailureKind.NOT_AN_ANSWER, "read"),
        (data("vector", [{"metric": {}, "value": 1}]), FailureKind.NOT_AN_ANSWER, "cannot be read"),
        (data("scalar", []), FailureKind.NOT_AN_ANSWER, "cannot be read"),
        (data("streams", []), FailureKind.NOT_AN_ANSWER, "'streams'"),
        ({"status": "success"}, FailureKind.NOT_AN_ANSWER, "no data"),
        ({"status": "success", "data": []}, FailureKind.NOT_AN_ANSWER, "no data"),
        ({"status": "success", "data": {}}, FailureKind.NOT_AN_ANSWER, "resultType is None"),
        ({"status": "fine"}, FailureKind.NOT_AN_ANSWER, "not Prometheus (HTTP 200)"),
        ({}, FailureKind.NOT_AN_ANSWER, "not Prometheus (HTTP 200)"),
        (["status", "success"], FailureKind.NOT_AN_ANSWER, "not Prometheus (HTTP 200)"),
        ("success", FailureKind.NOT_AN_ANSWER, "not Prometheus (HTTP 200)"),
        (None, FailureKind.NOT_AN_ANSWER, "not Prometheus (HTTP 200)"),
    ],
)
async def test_success_that_holds_no_numbers_is_a_failure_that_says_why(
    document: Any, kind: FailureKind, said: str
) -> None:
    failure = await fail(json_answer(document))
    assert failure.kind is kind
    assert said in failure.message


@pytest.mark.parametrize(
    ("status", "document", "kind", "said"),
    [
        (400, error("bad_data", "parse error"), FailureKind.QUERY_REJECTED, "parse error"),
        (422, error("execution", "many-to-many"), FailureKind.QUERY_FAILED, "many-to-many"),
        (503, error("timeout", "timed out"), FailureKind.TIMEOUT, "the source gave up"),
        (503, error("canceled", "gone"), FailureKind.TIMEOUT, "the source gave up"),
        (503, error("unavailable", "starting"), FailureKind.HTTP_ERROR, "answered 503: starting"),
        (401, {"message": "no token"}, FailureKind.HTTP_ERROR, "answered 401"),
        (500, data("vector", []), FailureKind.HTTP_ERROR, "answered 500"),
    ],
)
async def test_an_error_keeps_what_the_source_said_of_it(
    status: int, document: Any, kind: FailureKind, said: str
) -> None:
    failure = await fail(json_answer(document, status))
    assert failure.kind is kind
    assert said in failure.message


async def test_only_a_query_that_has_to_be_mended_blames_the_rule() -> None:
    blamed = {
        (await fail(json_answer(document))).blames_rule
        for document in (error("bad_data", "x"), data("matrix", []), data("string", [1, "a"]))
    }
    assert blamed == {True}
    assert not (await fail(json_answer(error("execution", "x"), 422))).blames_rule


async def test_a_page_of_html_is_no_answer_whatever_its_code() -> None:
    page = b"<html>\n\n <h1>Sign in</h1></html>"
    fine = await fail(lambda handler: handler.answer(page, Content_Type="text/html"))
    broken = await fail(lambda handler: handler.answer(page, 503))
    assert (fine.kind, broken.kind) == (FailureKind.NOT_AN_ANSWER, FailureKind.HTTP_ERROR)
    assert fine.message.endswith("check the source's url")
    assert "answered 503: <html> <h1>Sign in</h1></html>" in broken.message


@pytest.mark.parametrize("body", [b"", b'{"status":"success","da', b"{'status': 1}", b"\xff\xfe"])
async def test_broken_json_is_no_answer(body: bytes) -> None:
    failure = await fail(lambda handler: handler.answer(body))
    assert failure.kind is FailureKind.NOT_AN_ANSWER


async def test_infos_do_not_make_an_answer_partial() -> None:
    infos = ['PromQL info: metric might not be a counter: "up"']
    assert await values(json_answer(data("vector", vector("1"), infos=infos))) == [1.0]


async def test_one_series_more_than_allowed_is_asked_for_and_refused() -> None:
    with (
        serving(json_answer(data("vector", vector("1", "2", "3")))) as server,
        source_at(server.url, max_series=2) as two,
        source_at(server.url, max_series=3) as three,
    ):
        refused, taken = (
            await two.ask(Question("default", "up")),
            await three.ask(Question("default", "up")),
        )
        assert [asked.query["limit"] for asked in server.asked] == ["3", "4"]
    assert getattr(refused, "kind", None) is FailureKind.TOO_MANY_SERIES
    assert isinstance(taken, Samples)


async def test_the_warning_that_our_own_limit_causes_is_told_as_too_many_series() -> None:
    cut = ["results truncated due to limit"]
    document = data("vector", vector("1", "2", "3"), warnings=cut)
    failure = await fail(json_answer(document), max_series=2)
    assert failure.kind is FailureKind.TOO_MANY_SERIES


async def test_the_query_arrives_as_it_was_written() -> None:
    query = 'sum(rate(a{b=~"x|y&z"}[5m])) / 2 + é'
    with serving(json_answer(data("vector", []))) as server, source_at(server.url + "/") as source:
        await source.ask(Question("default", query))
    assert (server.asked[0].path, server.asked[0].query["query"]) == ("/api/v1/query", query)


def series(count: int) -> dict[str, Any]:
    return data("vector", [{"metric": {"i": str(n)}, "value": [1.5, "1"]} for n in range(count)])


async def test_twenty_thousand_series_are_read_and_one_more_is_too_many() -> None:
    assert len(await values(json_answer(series(20_000)), timeout=9.0)) == 20_000
    failure = await fail(json_answer(series(20_001)), timeout=9.0)
    assert failure.kind is FailureKind.TOO_MANY_SERIES
    assert "more than 20000 series" in failure.message


@pytest.mark.parametrize("time", [0, 4_102_444_800.123, -1e18, 1e300])
async def test_a_sample_counts_whatever_time_the_sources_clock_gives_it(time: float) -> None:
    document = data("vector", [{"metric": {}, "value": [time, "4"]}])
    assert await values(json_answer(document)) == [4.0]


async def test_labels_beyond_their_bounds_are_shortened_and_the_others_are_as_they_are() -> None:
    odd = "a\x00\x1b[31m🔥\n"
    metrics = [{"prompt": "x" * 65_536, "odd": odd}, {"prompt": "x" * 128}]
    document = data("vector", [{"metric": m, "value": [1.5, "1"]} for m in metrics])
    answer = await ask(json_answer(document), labels=LabelBounds(count=16, name=32, value=128))
    assert isinstance(answer, Samples)
    long, short = (sample.labels for sample in answer.samples)
    assert (len(long["prompt"]), long["odd"]) == (128, odd)
    assert "65536 characters" in long["prompt"]
    assert short == metrics[1]
