"""Settings of what rules can ask: a file names sources, and bounds the addresses of rules."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StrictInt

from tocsin.api.closed import Closed
from tocsin.api.networks import Network
from tocsin.api.urls import check_url
from tocsin.api.v1alpha1.cloudwatchmetric import Period
from tocsin.api.v1alpha1.forms import HEADER_NAME, LABEL_NAME
from tocsin.api.v1alpha1.markers import Form, Names
from tocsin.api.v1alpha1.types import Within

_REGION = Form("^[a-z]+(-[a-z0-9]+)+$", "a region, like eu-central-1")
_NOT_PLAIN: Final = {
    "authorization": "put token, or username and password, into files below credentialsDir",
    "cookie": "sources are asked without cookies",
    "host": "it is what url says",
}
_PLAIN_TEXT = Form("^[!-~]([ -~]*[!-~])?$", "a header's value: write ASCII on one line")
_ROLE = Form("^arn:[-a-z]+:iam::[0-9]{12}:role/[!-~]+$", "the ARN of a role, like arn:aws:iam::…")


def _checked_url(url: str) -> str:
    check_url(url, example="https://monitoring.example.com", instead="leave it out")
    return url


def _checked_prometheus(url: str) -> str:
    example, instead = "http://prometheus.monitoring:9090", "put it into files below credentialsDir"
    check_url(url, example=example, instead=instead)
    return url.rstrip("/")


def _plain(headers: dict[str, str]) -> dict[str, str]:
    for name in headers:
        if instead := _NOT_PLAIN.get(name.lower()):
            raise ValueError(f"{name} is not set here: {instead}")
    return headers


Timeout = Annotated[timedelta, Within(timedelta(milliseconds=10), timedelta(minutes=5))]


class PrometheusSettings(Closed):
    """A Prometheus, or what speaks its API."""

    url: Annotated[str, Field(max_length=2048), AfterValidator(_checked_prometheus)]
    """Where its API is, without /api/v1. Example: `http://prometheus.monitoring:9090`."""

    timeout: Timeout = timedelta(seconds=10)
    """How long an answer may take: a duration from 10ms to 5m. Default: `10s`."""

    max_series: Annotated[StrictInt, Field(ge=1)] = 20_000
    """How many series an answer may have; a larger one is an error. Default: `20000`."""

    max_bytes: Annotated[StrictInt, Field(ge=1024, le=1024**3)] = 10 * 1024 * 1024
    """How large an answer may be, in bytes, unpacked; a larger one is an error. Default:
    `10485760` (10 MiB)."""

    concurrency: Annotated[StrictInt, Field(ge=1, le=64)] = 8
    """How many queries are asked at once, 1 to 64. Default: `8`."""

    per_namespace: Annotated[StrictInt, Field(ge=1, le=64)] | None = None
    """How many of them the rules of one namespace may have open, 1 to 64. Default: half of
    `concurrency`, at least 1; all where only one namespace is watched."""

    credentials_dir: Path | None = None
    """A folder with the file `token`, or with `username` and `password`. Default: none."""

    ca_file: Path | None = None
    """Certificates that its own is checked against. Default: the system's."""

    headers: Annotated[
        dict[str, Annotated[str, Field(max_length=1024), _PLAIN_TEXT]],
        Field(max_length=16),
        Names(HEADER_NAME),
        AfterValidator(_plain),
    ] = Field(default_factory=dict)
    """Headers of every request, as for the tenant of Mimir. They are no secret: what proves who
    asks belongs in `credentialsDir`. Default: none. Example: `{X-Scope-OrgID: ml}`."""

    namespace_label: Annotated[str, Field(max_length=128), LABEL_NAME] | None = None
    """The label by which series say whose they are. With it each rule is given the series of its
    own namespace only: every selector of its query gets a matcher, and a query that cannot be
    kept to it is refused. Default: none; rules are given what they ask for. Example:
    `namespace`."""


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
