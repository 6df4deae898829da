"""Settings of the sources that rules name by addresses or pods of their own."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, StrictInt

from tocsin.api.closed import Closed
from tocsin.api.networks import Network
from tocsin.api.v1alpha1.types import Within

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
