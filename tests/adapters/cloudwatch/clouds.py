"""CloudWatch as tests need it: moto's server, and answers in the form of AWS's API reference.

What the latter hold was not recorded from AWS: it is written after its documentation of
GetMetricData and of common errors, for what moto does not do.
"""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3  # type: ignore[import-untyped]  # it has no types
from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # likewise

from tocsin.adapters.cloudwatch import CloudWatchSource, Connection, Ways, connect
from tocsin.core.metrics import Question
from tocsin.core.queries.cloudwatch import CloudWatchMetric, CloudWatchQuery
from tocsin.core.samples import Answer, Failure, Samples

NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SOURCE = "cloudwatch"


@dataclass
class Clock:
    """A clock that a test steps."""

    time: datetime = NOW

    def now(self) -> datetime:
        return self.time


def metric(name: str = "ModelLatency", stat: str = "Average", **dimensions: str) -> Any:
    """A metric of an endpoint of SageMaker."""
    dimensions = dimensions or {"EndpointName": "scorer"}
    return CloudWatchMetric("AWS/SageMaker", name, stat, tuple(sorted(dimensions.items())))


def query(*metrics: CloudWatchMetric, **rest: Any) -> CloudWatchQuery:
    """What a rule of namespace fraud asks."""
    return CloudWatchQuery(metrics or (metric(),), **{"home": "fraud", **rest})


def result(id_: str, *values: tuple[datetime, float], **rest: Any) -> dict[str, Any]:
    """One of the MetricDataResults, newest value first."""
    times, numbers = [at for at, _ in values], [value for _, value in values]
    filled = {"Id": id_, "Label": id_, "StatusCode": "Complete", **rest}
    return filled | {"Timestamps": times, "Values": numbers}


def refusal(
    code: str, message: str = "", status: int = 400, operation: str = "GetMetricData"
) -> Any:
    """An error of the API, as botocore raises it."""
    said = {"Error": {"Code": code, "Message": message}}
    return ClientError({**said, "ResponseMetadata": {"HTTPStatusCode": status}}, operation)


@dataclass
class Scripted:
    """A client that answers what a test says, page by page, by a function or in turn."""

    answers: Any = ()
    asked: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get_metric_data(self, **request: Any) -> Mapping[str, Any]:
        with self.lock:
            self.asked.append(request)
            answer = self.answers(request) if callable(self.answers) else self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, dict)
        return answer


def each(value: float = 1.0, **rest: Any) -> Any:
    """Answers each query with a value in the last interval."""

    def answer(request: Mapping[str, Any]) -> dict[str, Any]:
        returned = [one for one in request["MetricDataQueries"] if one.get("ReturnData", True)]
        at = request["EndTime"] - timedelta(seconds=1)
        return {"MetricDataResults": [result(one["Id"], (at, value), **rest) for one in returned]}

    return answer


@contextlib.asynccontextmanager
async def scripted(
    answers: Any, clock: Clock | None = None, **ways: Any
) -> AsyncIterator[tuple[CloudWatchSource, Scripted]]:
    """A source whose client answers so."""
    client = Scripted(answers)
    connection = Connection("eu-central-1", timeout=5)
    made = CloudWatchSource(SOURCE, connection, Ways(**ways), clock or Clock(), lambda _: client)
    try:
        yield made, client
    finally:
        made.close()


async def ask(source: CloudWatchSource, what: Any = None, ago: timedelta = timedelta()) -> Answer:
    async with asyncio.timeout(20):
        return await source.ask(Question(SOURCE, what or query(), ago))


async def samples(source: CloudWatchSource, what: Any = None, **rest: Any) -> Samples:
    answer = await ask(source, what, **rest)
    assert isinstance(answer, Samples), answer
    return answer


async def failure(source: CloudWatchSource, what: Any = None, **rest: Any) -> Failure:
    answer = await ask(source, what, **rest)
    assert isinstance(answer, Failure), answer
    return answer


def stored(url: str, values: Sequence[tuple[datetime, float]], **dimensions: str) -> None:
    """Put values of ModelLatency into moto's CloudWatch."""
    client = boto3.client(
        "cloudwatch", endpoint_url=url, region_name="eu-central-1",
        aws_access_key_id="testing", aws_secret_access_key="testing",  # noqa: S106  # moto's
    )  # fmt: skip
    named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    data = [
        {"MetricName": "ModelLatency", "Dimensions": named, "Timestamp": at, "Value": value}
        for at, value in values
    ]
    client.put_metric_data(Namespace="AWS/SageMaker", MetricData=data)


@contextlib.contextmanager
def against(url: str, clock: Clock, **connection: Any) -> Iterator[CloudWatchSource]:
    """A source that asks the server at `url`."""
    where = Connection(**{"region": "eu-central-1", "endpoint_url": url, **connection})
    source = CloudWatchSource(SOURCE, where, Ways(), clock, connect)
    try:
        yield source
    finally:
        source.close()
