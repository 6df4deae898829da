"""Requests that are shared, and what is said of answers that moto does not give."""

import asyncio
from datetime import timedelta
from math import isnan
from typing import Any

import pytest
from botocore.exceptions import (  # type: ignore[import-untyped]  # it has no types
    BotoCoreError,
    CredentialRetrievalError,
    EndpointConnectionError,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.cloudwatch.clouds import (
    MINUTE,
    NOW,
    Clock,
    ask,
    each,
    failure,
    metric,
    query,
    refusal,
    result,
    samples,
    scripted,
)
from tocsin.adapters.cloudwatch.asking import batches, intervals_of, request_of
from tocsin.core.metrics import Question, Span
from tocsin.core.queries.cloudwatch import CloudWatchMetric, CloudWatchQuery
from tocsin.core.samples import Failure, FailureKind, Samples

TOP = NOW.replace(second=0)


async def test_questions_of_one_moment_are_one_request() -> None:
    async with scripted(each()) as (source, client):
        asked = [query(metric(f"M{number}")) for number in range(40)]
        answers = await asyncio.gather(*(ask(source, one) for one in asked))
    assert all(isinstance(one, Samples) and len(one.samples) == 1 for one in answers)
    assert [len(request["MetricDataQueries"]) for request in client.asked] == [40]


async def test_the_same_question_of_two_rules_is_asked_once() -> None:
    async with scripted(each()) as (source, client):
        await asyncio.gather(*(ask(source) for _ in range(5)))
    assert [len(request["MetricDataQueries"]) for request in client.asked] == [1]


async def test_more_than_500_queries_are_several_requests_of_at_most_500() -> None:
    async with scripted(each()) as (source, client):
        asked = [query(metric(f"M{number}")) for number in range(1100)]
        answers = await asyncio.gather(*(ask(source, one) for one in asked))
    assert sum(isinstance(one, Samples) for one in answers) == 1100
    sizes = [len(request["MetricDataQueries"]) for request in client.asked]
    assert sum(sizes) == 1100
    assert max(sizes) <= 500
    assert len(sizes) == 3


async def test_other_periods_and_other_times_are_requests_of_their_own() -> None:
    async with scripted(each()) as (source, client):
        await asyncio.gather(
            ask(source),
            ask(source, query(period=timedelta(minutes=5))),
            ask(source, ago=timedelta(hours=1)),
        )
    spans = {(one["StartTime"], one["EndTime"]) for one in client.asked}
    end = TOP - MINUTE
    assert spans == {
        (end - 15 * MINUTE, end),
        (TOP - 30 * MINUTE, TOP - 5 * MINUTE),
        (end - 75 * MINUTE, end - 60 * MINUTE),
    }


@pytest.mark.parametrize(
    ("ago", "period", "asked"),
    [
        (timedelta(hours=4), 10, 60),
        (timedelta(days=16), 60, 300),
        (timedelta(days=16), 600, 600),
        (timedelta(days=70), 60, 3600),
        (timedelta(hours=2), 10, 10),
    ],
)
async def test_of_long_ago_only_the_intervals_are_asked_that_cloudwatch_keeps(
    ago: timedelta, period: int, asked: int
) -> None:
    async with scripted(each()) as (source, client):
        await ask(source, query(period=timedelta(seconds=period)), ago=ago)
    assert client.asked[0]["MetricDataQueries"][0]["MetricStat"]["Period"] == asked


def math(expression: str, *ids: str) -> CloudWatchQuery:
    inputs = tuple(
        CloudWatchMetric("AWS/SageMaker", f"M-{id_}", "Sum", (("EndpointName", "scorer"),), id_)
        for id_ in ids
    )
    return CloudWatchQuery(inputs, expression, home="fraud")


async def test_ids_of_metric_math_are_told_apart_between_rules() -> None:
    async with scripted(each(5.0)) as (source, client):
        first, second = await asyncio.gather(
            samples(source, math("100 * errors / calls", "errors", "calls")),
            samples(source, math("FILL(errors, 0) + SUM([calls, errors])", "errors", "calls")),
        )
    queries = client.asked[0]["MetricDataQueries"]
    expressions = [one["Expression"] for one in queries if "Expression" in one]
    assert expressions == [
        "100 * q1_errors / q1_calls", "FILL(q2_errors, 0) + SUM([q2_calls, q2_errors])",
    ]  # fmt: skip
    assert len({one["Id"] for one in queries}) == 6
    assert [one.get("ReturnData", True) for one in queries] == [False, False, True] * 2
    labels = {"EndpointName": "scorer", "namespace": "fraud"}
    assert first.samples[0].labels == second.samples[0].labels == labels


async def test_texts_in_an_expression_are_left_as_they_are() -> None:
    async with scripted(each()) as (source, client):
        await ask(source, math("""SEARCH('{NS,m1} MetricName="m1"', 'Sum') + m1""", "m1"))
    (expression,) = [
        one["Expression"] for one in client.asked[0]["MetricDataQueries"] if "Expression" in one
    ]
    assert expression == """SEARCH('{NS,m1} MetricName="m1"', 'Sum') + q1_m1"""


_PARTS = ["m1", "m10", "m", "'m1'", '"m1 m"', "SUM(", ")", "[", "+", "_m1", "m1_x", "1.5", "M1"]


@given(parts=st.lists(st.sampled_from(_PARTS), max_size=12))
def test_only_words_that_are_ids_are_renamed(parts: list[str]) -> None:
    asked = math(" ".join(parts), "m1", "m")
    if asked.is_alone or not asked.expression:
        return
    intervals = intervals_of(Question("cloudwatch", asked), MINUTE, NOW, MINUTE)
    (batch,) = batches([(asked, intervals)])
    *_, query = request_of(batch)["MetricDataQueries"]
    renamed = {"m1": "q1_m1", "m": "q1_m"}
    assert query["Expression"] == " ".join(renamed.get(part, part) for part in parts)


async def test_an_expression_over_all_metrics_of_a_request_is_alone_in_it() -> None:
    async with scripted(each()) as (source, client):
        await asyncio.gather(ask(source), ask(source, math("SUM(METRICS())", "a", "b")))
    sizes = sorted(len(request["MetricDataQueries"]) for request in client.asked)
    assert sizes == [1, 3]


async def test_each_series_of_a_search_has_the_label_that_cloudwatch_gives_it() -> None:
    at = TOP - 2 * MINUTE
    found = [result("q1", (at, 1.0), Label="scorer"), result("q1", (at, 2.0), Label="ranker")]
    async with scripted([{"MetricDataResults": found}]) as (source, _):
        answer = await samples(source, math("SEARCH('{AWS/SageMaker,EndpointName}', 'Sum')"))
    assert [(one.labels["label"], one.value) for one in answer.samples] == [
        ("ranker", 2.0), ("scorer", 1.0),
    ]  # fmt: skip


async def test_values_that_are_spread_over_pages_are_put_together() -> None:
    pages = [
        {
            "MetricDataResults": [result("q1", (TOP - 3 * MINUTE, 1.0), StatusCode="PartialData")],
            "NextToken": "more",
        },
        {"MetricDataResults": [result("q1", (TOP - 2 * MINUTE, 2.0))]},
    ]
    async with scripted(pages) as (source, client):
        answer = await samples(source)
    assert [one.value for one in answer.samples] == [2.0]
    assert client.asked[1]["NextToken"] == "more"


async def test_more_series_than_the_limit_are_refused() -> None:
    found = [result("q1", (TOP - 2 * MINUTE, 1.0), Label=str(n)) for n in range(4)]
    async with scripted([{"MetricDataResults": found}], max_series=3) as (source, _):
        failed = await failure(source, math("SEARCH('x', 'Sum')"))
    assert failed.kind is FailureKind.TOO_MANY_SERIES


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        ("InternalError", FailureKind.QUERY_FAILED, "CloudWatch had an error of its own"),
        ("Forbidden", FailureKind.HTTP_ERROR, "the operator's identity may not read this metric"),
        ("PartialData", FailureKind.PARTIAL, "CloudWatch has only a part of the values"),
    ],
)
async def test_a_status_that_is_not_complete_is_a_failure_of_its_query_alone(
    status: str, kind: FailureKind, said: str
) -> None:
    message = {"Code": "Why", "Value": "because"}
    found = [
        result("q1", (TOP - 2 * MINUTE, 1.0), StatusCode=status, Messages=[message]),
        result("q2", (TOP - 2 * MINUTE, 2.0)),
    ]
    async with scripted([{"MetricDataResults": found}]) as (source, _):
        failed, good = await asyncio.gather(ask(source), ask(source, query(metric("Other"))))
    assert isinstance(failed, Failure)
    assert failed.kind is kind
    assert failed.message.startswith(said)
    assert failed.message.endswith("; CloudWatch says Why: because")
    assert isinstance(good, Samples)
    assert good.samples[0].value == 2.0


async def test_a_message_beside_a_complete_answer_is_a_remark() -> None:
    message = {"Code": "ArithmeticError", "Value": "One or more data-points have been dropped"}
    async with scripted([{"MetricDataResults": [result("q1", Messages=[message])]}]) as (source, _):
        answer = await samples(source)
    assert answer.samples == ()
    assert answer.remarks == (
        "CloudWatch says ArithmeticError: One or more data-points have been dropped",
    )


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (
            refusal("AccessDenied", "User: arn:aws:iam::1:user/x is not authorized", 403),
            FailureKind.HTTP_ERROR,
            "the operator's identity may not do this (AccessDenied): allow it cloudwatch:Get",
        ),
        (
            refusal("AccessDenied", "", 403, "AssumeRole"),
            FailureKind.HTTP_ERROR,
            "the operator's identity may not do this (AccessDenied): allow it sts:AssumeRole",
        ),
        (
            refusal("InvalidClientTokenId", "The security token is invalid", 403),
            FailureKind.HTTP_ERROR,
            "the credentials are not taken (InvalidClientTokenId): check",
        ),
        (
            refusal("SignatureDoesNotMatch", "The Canonical String was 'POST secret'", 403),
            FailureKind.HTTP_ERROR,
            "the credentials are not taken (SignatureDoesNotMatch): check",
        ),
        (
            refusal("InternalFailure", "", 500),
            FailureKind.HTTP_ERROR,
            "CloudWatch answered 500 (InternalFailure)",
        ),
        (
            refusal("ValidationError", "Period must be\na multiple of 60"),
            FailureKind.QUERY_REJECTED,
            "CloudWatch rejects the query: Period must be a multiple of 60",
        ),
        (
            EndpointConnectionError(endpoint_url="https://monitoring.eu-central-9.amazonaws.com"),
            FailureKind.UNREACHABLE,
            "CloudWatch cannot be reached in eu-central-1: check region and endpointUrl",
        ),
        (
            CredentialRetrievalError(provider="web-identity", error_msg="token"),
            FailureKind.UNREACHABLE,
            "the credentials cannot be fetched: check a service account with a role",
        ),
        (BotoCoreError(), FailureKind.UNREACHABLE, "CloudWatch cannot be asked: BotoCoreError"),
    ],
)
async def test_each_error_says_what_to_do(error: Exception, kind: FailureKind, said: str) -> None:
    async with scripted([error]) as (source, _):
        failed = await failure(source)
    assert failed.kind is kind
    assert failed.message.startswith(said)
    assert "secret" not in failed.message


async def test_one_bad_query_spoils_none_of_those_it_is_asked_with() -> None:
    def picky(request: Any) -> Any:
        if any("Bad" in str(one) for one in request["MetricDataQueries"]):
            return refusal("ValidationError", "the stat is not known")
        return each()(request)

    async with scripted(picky) as (source, client):
        names = [*(f"M{number}" for number in range(15)), "Bad"]
        answers = await asyncio.gather(*(ask(source, query(metric(name))) for name in names))
    assert [type(one) for one in answers] == [Samples] * 15 + [Failure]
    assert len(client.asked) <= 9


async def test_after_throttling_it_is_left_alone_for_longer_each_time() -> None:
    clock, throttled = Clock(), refusal("Throttling", "Rate exceeded")
    async with scripted(_in_turn([throttled, throttled]), clock) as (source, client):
        first = await failure(source)
        assert first.kind is FailureKind.HTTP_ERROR
        assert first.message.startswith("CloudWatch is asked too often (throttling)")
        resting = await failure(source)
        assert resting.kind is FailureKind.NOT_ASKED
        assert "left alone for 2s more" in resting.message
        clock.time += timedelta(seconds=2)
        assert (await failure(source)).kind is FailureKind.HTTP_ERROR
        clock.time += timedelta(seconds=3)
        assert "left alone for 1s more" in (await failure(source)).message
        clock.time += timedelta(seconds=1)
        await samples(source)
        assert len(client.asked) == 3
        client.answers = _in_turn([throttled])
        await failure(source)
        assert "left alone for 2s more" in (await failure(source)).message


def _in_turn(errors: list[Exception]) -> Any:
    """Raises each, and answers from then on."""
    return lambda request: errors.pop(0) if errors else each()(request)


async def test_a_span_is_one_request_and_has_at_each_time_what_was_known_then() -> None:
    start = TOP.timestamp() - 3600
    span = Span(start, start + 1200, 300)
    at = [TOP - (60 - minute) * MINUTE for minute in range(-30, 21)]
    values = [(time, float(n - 30)) for n, time in enumerate(at) if not 4 <= n - 30 <= 6]
    pages = [{"MetricDataResults": [result("q1", *reversed(values))]}]
    async with scripted(pages) as (source, client):
        answer = await source.ask(Question("cloudwatch", query(), span=span))
    assert isinstance(answer, Samples)
    (sample,) = answer.samples
    assert isnan(sample.value)
    # The interval 3 is known at 5, and none later before 10; at 20 it is 18, whose end is 19.
    assert sample.points == (
        (start, -2.0), (start + 300, 3.0), (start + 600, 8.0), (start + 900, 13.0),
        (start + 1200, 18.0),
    )  # fmt: skip
    (request,) = client.asked
    assert (request["StartTime"], request["EndTime"]) == (
        TOP - 76 * MINUTE, TOP - 41 * MINUTE,
    )  # fmt: skip


async def test_where_nothing_was_known_for_long_a_span_has_a_gap() -> None:
    start = TOP.timestamp() - 7200
    values = [(TOP - 120 * MINUTE, 1.0)]
    async with scripted([{"MetricDataResults": [result("q1", *values)]}]) as (source, _):
        question = Question("cloudwatch", query(), span=Span(start, start + 3600, 600))
        answer = await source.ask(question)
    assert isinstance(answer, Samples)
    assert answer.samples[0].points == ((start + 600, 1.0),)


async def test_a_query_of_another_kind_is_refused() -> None:
    async with scripted(each()) as (source, client):
        answer = await source.ask(Question("cloudwatch", "rate(x[5m])"))
    assert isinstance(answer, Failure)
    assert answer.kind is FailureKind.QUERY_REJECTED
    assert client.asked == []


async def test_dimensions_become_names_of_labels() -> None:
    odd = CloudWatchMetric("N", "M", "Sum", (("2nd", "b"), ("Model.Name", "a"), ("namespace", "c")))
    async with scripted(each()) as (source, _):
        answer = await samples(source, query(odd))
    assert answer.samples[0].labels == {"_2nd": "b", "Model_Name": "a", "namespace": "fraud"}


def test_what_is_asked_reads_as_a_sentence() -> None:
    assert str(query()) == "Average of AWS/SageMaker ModelLatency {EndpointName=scorer}"
    assert str(math("m1 * 2", "m1")) == (
        "m1 * 2 of m1 = Sum of AWS/SageMaker M-m1 {EndpointName=scorer}"
    )
