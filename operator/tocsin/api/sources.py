"""Settings of the sources that rules name by addresses or pods of their own."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, StrictInt

from tocsin.api.closed import Closed
from tocsin.api.networks import Network
from tocsin.api.urls import check_url
from tocsin.api.v1alpha1.cloudwatchmetric import Period
from tocsin.api.v1alpha1.markers import Form
from tocsin.api.v1alpha1.types import Within

_REGION = Form("^[a-z]+(-[a-z0-9]+)+$", "a region, like eu-central-1")
_ROLE = Form("^arn:[-a-z]+:iam::[0-9]{12}:role/[!-~]+$", "the ARN of a role, like arn:aws:iam::…")


def _checked_url(url: str) -> str:
    check_url(url, example="https://monitoring.example.com", instead="leave it out")
    return url


Timeout = Annotated[timedelta, Within(timedelta(milliseconds=10), timedelta(minutes=5))]


class HttpSettings(Closed):
    """What `metric.http` of rules may reach and take."""

    allowed_networks: list[Network] = Field(default_factory=list, max_length=256)
    """Networks that are not public, which rules may ask all the same. Loopback, link-local and
    metadata addresses are opened only by a network that has nothing else in it. The API server's
    address stays closed. Default: none. Example: `[10.96.0.0/12]`."""

    timeout: Timeout = timedelta(seconds=10)
    """How long an answer may take: a duration from 10ms to 5m. Default: `10s`."""

    max_bytes: Annotated[StrictInt, Field(ge=1024, le=64 * 1024**2)] = 1024 * 1024
    """How large an answer may be, in bytes; a larger one is an error. Default: `1048576`
    (1 MiB)."""

    max_series: Annotated[StrictInt, Field(ge=1, le=100_000)] = 1000
    """How many items an answer may have; more are an error. Default: `1000`."""


class PodsSettings(Closed):
    """What `metric.pods` of rules may take."""

    timeout: Timeout = timedelta(seconds=5)
    """How long a pod's page may take: a duration from 10ms to 5m. Default: `5s`."""

    max_bytes: Annotated[StrictInt, Field(ge=1024, le=64 * 1024**2)] = 2 * 1024 * 1024
    """How large a page may be, in bytes. Default: `2097152` (2 MiB)."""

    max_series: Annotated[StrictInt, Field(ge=1, le=100_000)] = 1000
    """How many of a page's series one rule may read, buckets of histograms among them. Default:
    `1000`."""

    max_pods: Annotated[StrictInt, Field(ge=1, le=10_000)] = 200
    """How many pods a rule's workloads may have. Default: `200`."""


class CloudWatchSettings(Closed):
    """Amazon CloudWatch, in one region. Credentials are found as boto3 finds them."""

    region: Annotated[str, Field(max_length=63), _REGION]
    """The region that is asked. Example: `eu-central-1`."""

    role_arn: Annotated[str, Field(max_length=2048), _ROLE] | None = None
    """A role that is taken on first. Default: none. Example:
    `arn:aws:iam::123456789012:role/tocsin`."""

    endpoint_url: Annotated[str, Field(max_length=2048), AfterValidator(_checked_url)] | None = None
    """Where the API is, as with a VPC endpoint or in tests. Default: that of the region. Example:
    `https://vpce-1.monitoring.eu-central-1.vpce.amazonaws.com`."""

    period: Period = timedelta(minutes=1)
    """The length of intervals in rules that name none: 1s, 5s, 10s, 30s, or whole minutes.
    Default: `1m`."""

    delay: Annotated[timedelta, Within(timedelta(), timedelta(hours=1))] = timedelta(minutes=1)
    """How long after its end an interval counts as complete: a duration from 0s to 1h. Default:
    `1m`."""

    timeout: Timeout = timedelta(seconds=10)
    """How long an answer may take: a duration from 10ms to 5m. Default: `10s`."""

    max_series: Annotated[StrictInt, Field(ge=1)] = 500
    """How many series one rule may find, as by SEARCH; more are an error. Default: `500`."""
