"""Constructs the sources that rules ask, and ends them."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Final, Protocol

from tocsin.adapters.http import HttpLimits, HttpSource
from tocsin.adapters.pods import PodsLimits, PodsSource
from tocsin.adapters.prometheus import PrometheusSource
from tocsin.adapters.prometheus.lines import Connection
from tocsin.adapters.transport import Guard, GuardedTransport
from tocsin.adapters.transport.addresses import Address
from tocsin.api.limits import Limits
from tocsin.api.settings import Settings
from tocsin.api.sources import CloudWatchSettings, PodsSettings, PrometheusSettings
from tocsin.core.label_bounds import LabelBounds
from tocsin.core.metrics import HTTP_SOURCE, PODS_SOURCE
from tocsin.ports import Clock, PodDirectory, SecretReader, Source

#: Pods may be anywhere but on loopback, link-local and metadata addresses.
_ANYWHERE: Final = (ip_network("0.0.0.0/0"), ip_network("::/0"))


class _Closing(Source, Protocol):
    def close(self) -> None:
        """Ask nothing more."""
        ...


@dataclass(frozen=True)
class Sources:
    """Sources by name, and the transports that some of them ask by."""

    by_name: Mapping[str, _Closing]
    transports: Collection[GuardedTransport]

    async def close(self) -> None:
        """Ask nothing more; what still hangs is not waited for."""
        for transport in self.transports:
            await transport.close()
        for source in self.by_name.values():
            source.close()


def build_sources(
    settings: Settings,
    secrets: SecretReader,
    pods: PodDirectory,
    clock: Clock,
    api_server: Collection[Address],
) -> Sources:
    """All that rules can ask of the outside; nothing that a rule names leads to `api_server`.

    To be called while a loop runs.
    """
    labels = _label_bounds(settings.limits)
    named: dict[str, _Closing] = {}
    for source in settings.sources:
        if source.prometheus:
            named[source.name] = _prometheus(source.name, source.prometheus, labels)
        if source.cloud_watch:
            named[source.name] = _cloud_watch(source.name, source.cloud_watch, clock, labels)
    http = settings.http
    reading = GuardedTransport(Guard(http.allowed_networks, api_server, "http.allowedNetworks"))
    limits = HttpLimits(http.timeout.total_seconds(), http.max_bytes, http.max_series, labels)
    to_pods = GuardedTransport(Guard(_ANYWHERE, api_server))
    built_in: dict[str, _Closing] = {
        HTTP_SOURCE: HttpSource(reading, secrets, clock, limits),
        PODS_SOURCE: PodsSource(to_pods, pods, time.monotonic, _pods_limits(settings.pods, labels)),
    }
    return Sources({**named, **built_in}, [reading, to_pods])


def _pods_limits(pods: PodsSettings, labels: LabelBounds) -> PodsLimits:
    timeout = pods.timeout.total_seconds()
    return PodsLimits(timeout, pods.max_bytes, pods.max_series, pods.max_pods, labels)


def _label_bounds(limits: Limits) -> LabelBounds:
    return LabelBounds(
        limits.labels_per_series, limits.label_name_length, limits.label_value_length
    )


def _cloud_watch(
    name: str, settings: CloudWatchSettings, clock: Clock, labels: LabelBounds
) -> _Closing:
    from tocsin.adapters import cloudwatch  # noqa: PLC0415  # boto3 costs 20 MiB: only who asks pays

    connection = cloudwatch.Connection(
        region=settings.region,
        role_arn=settings.role_arn,
        endpoint_url=settings.endpoint_url,
        timeout=settings.timeout.total_seconds(),
    )
    ways = cloudwatch.Ways(settings.period, settings.delay, settings.max_series, labels)
    return cloudwatch.CloudWatchSource(name, connection, ways, clock, cloudwatch.connect)


def _prometheus(name: str, prometheus: PrometheusSettings, labels: LabelBounds) -> PrometheusSource:
    connection = Connection(
        url=prometheus.url,
        timeout=prometheus.timeout.total_seconds(),
        max_series=prometheus.max_series,
        max_bytes=prometheus.max_bytes,
        concurrency=prometheus.concurrency,
        labels=labels,
        credentials=prometheus.credentials_dir,
        ca_file=prometheus.ca_file,
        headers=prometheus.headers,
    )
    return PrometheusSource(name, connection)
