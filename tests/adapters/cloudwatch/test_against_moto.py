"""boto3's client, its credentials and the wire, against moto's server."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.adapters.cloudwatch.clouds import (
    MINUTE,
    Clock,
    against,
    failure,
    metric,
    query,
    samples,
    stored,
)
from tests.adapters.transport.hosts import port, serving
from tocsin.core.metrics import PROBE
from tocsin.core.samples import FailureKind

#: moto keeps what is not older than two weeks, so its values have to be of these days.
NOW = datetime.now(UTC).replace(second=30, microsecond=0)
WHOLE = NOW.replace(second=0)


def before(minutes: float) -> datetime:
    """The beginning of an interval."""
    return WHOLE - minutes * MINUTE


async def test_the_newest_complete_value_is_taken(cloud: str) -> None:
    values = [(before(4), 1.0), (before(3), 2.0), (before(2), 3.0), (before(0), 99.0)]
    stored(cloud, values, EndpointName="newest")
    with against(cloud, Clock(NOW)) as source:
        answer = await samples(source, query(metric(EndpointName="newest")))
    (sample,) = answer.samples
    assert sample.value == 3.0
    assert sample.labels == {"EndpointName": "newest", "namespace": "fraud"}
    assert answer.remarks == ()


async def test_a_value_that_is_late_is_not_missing_and_its_age_is_said(cloud: str) -> None:
    stored(cloud, [(before(9), 7.0)], EndpointName="late")
    with against(cloud, Clock(NOW)) as source:
        answer = await samples(source, query(metric(EndpointName="late")))
    assert [sample.value for sample in answer.samples] == [7.0]
    assert answer.remarks == (f"the newest value is of {before(9):%Y-%m-%d %H:%M}Z",)


async def test_what_is_older_than_the_intervals_that_are_looked_back_is_no_data(cloud: str) -> None:
    stored(cloud, [(before(30), 7.0)], EndpointName="old")
    with against(cloud, Clock(NOW)) as source:
        assert (await samples(source, query(metric(EndpointName="old")))).samples == ()


async def test_the_past_is_asked_as_of_then(cloud: str) -> None:
    stored(cloud, [(before(62), 5.0), (before(2), 9.0)], EndpointName="past")
    with against(cloud, Clock(NOW)) as source:
        asked = query(metric(EndpointName="past"))
        now = await samples(source, asked)
        then = await samples(source, asked, ago=timedelta(hours=1))
    assert [one.samples[0].value for one in (then, now)] == [5.0, 9.0]


@pytest.mark.parametrize(
    ("stat", "value"), [("Sum", 6.0), ("Maximum", 4.0), ("Minimum", 2.0), ("SampleCount", 2.0)]
)
async def test_each_basic_statistic_is_asked(cloud: str, stat: str, value: float) -> None:
    name = f"stat-{stat}"
    stored(cloud, [(before(3), 2.0), (before(3), 4.0)], EndpointName=name)
    with against(cloud, Clock(NOW)) as source:
        answer = await samples(source, query(metric(stat=stat, EndpointName=name)))
    assert [sample.value for sample in answer.samples] == [value]


async def test_labels_of_the_rule_come_beside_the_dimensions(cloud: str) -> None:
    stored(cloud, [(before(3), 2.0)], EndpointName="labels", VariantName="AllTraffic")
    both = metric(EndpointName="labels", VariantName="AllTraffic")
    with against(cloud, Clock(NOW)) as source:
        answer = await samples(source, query(both, labels=(("deployment", "scorer"),)))
    assert answer.samples[0].labels == {
        "EndpointName": "labels",
        "VariantName": "AllTraffic",
        "namespace": "fraud",
        "deployment": "scorer",
    }


async def test_a_metric_that_is_not_there_is_no_data(cloud: str) -> None:
    with against(cloud, Clock(NOW)) as source:
        assert (await samples(source, query(metric("Nothing")))).samples == ()
        assert (await samples(source, PROBE)).samples == ()


async def test_a_role_is_taken_on_and_asks(cloud: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", cloud)
    stored(cloud, [(before(3), 2.0)], EndpointName="role")
    role = "arn:aws:iam::123456789012:role/reading"
    with against(cloud, Clock(NOW), role_arn=role) as source:
        answer = await samples(source, query(metric(EndpointName="role")))
    assert [sample.value for sample in answer.samples] == [2.0]


async def test_without_credentials_it_says_where_they_come_from(
    cloud: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with against(cloud, Clock(NOW)) as source:
        failed = await failure(source)
    assert failed.kind is FailureKind.UNREACHABLE
    assert failed.message.startswith("no credentials for AWS are found: give it a service account")


async def test_a_role_without_credentials_to_take_it_on_says_so_too(
    cloud: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", cloud)
    role = "arn:aws:iam::123456789012:role/reading"
    with against(cloud, Clock(NOW), role_arn=role) as source:
        failed = await failure(source)
    assert failed.kind is FailureKind.UNREACHABLE


async def test_an_address_where_nobody_listens_names_the_region() -> None:
    async def nothing(_: Any) -> Any:
        raise AssertionError

    async with serving(nothing) as url:
        gone = port(url)
    with against(f"http://127.0.0.1:{gone}", Clock(NOW)) as source:
        failed = await failure(source)
    assert failed.kind is FailureKind.UNREACHABLE
    assert failed.message.startswith("CloudWatch cannot be reached in eu-central-1: check region")


async def test_an_answer_that_does_not_come_is_a_timeout() -> None:
    async def hangs(_: Any) -> Any:
        await asyncio.sleep(30)

    async with serving(hangs) as url:
        with against(url, Clock(NOW), timeout=0.3) as source:
            failed = await failure(source)
    assert failed.kind is FailureKind.TIMEOUT
    assert failed.message.startswith("CloudWatch did not answer within 0.")
