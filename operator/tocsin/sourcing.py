"""Constructs the sources that rules ask, and ends them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from tocsin.adapters.http import HttpLimits, HttpSource
from tocsin.adapters.prometheus import PrometheusSource
from tocsin.adapters.prometheus.lines import Connection
from tocsin.adapters.transport import Guard, GuardedTransport
from tocsin.adapters.transport.addresses import Address
from tocsin.api.limits import Limits
from tocsin.api.settings import Settings, SourceSettings
from tocsin.core.label_bounds import LabelBounds
from tocsin.core.metrics import HTTP_SOURCE
from tocsin.ports import Clock, SecretReader, Source


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
    settings: Settings, secrets: SecretReader, clock: Clock, api_server: Collection[Address]
) -> Sources:
    """All that rules can ask of the outside; no address that a rule names leads to `api_server`.

    To be called while a loop runs.
    """
    labels = _label_bounds(settings.limits)
    named = {source.name: _prometheus(source, labels) for source in settings.sources}
    http = settings.http
    reading = GuardedTransport(Guard(http.allowed_networks, api_server, "http.allowedNetworks"))
    limits = HttpLimits(http.timeout.total_seconds(), http.max_bytes, http.max_series, labels)
    built_in = {HTTP_SOURCE: HttpSource(reading, secrets, clock, limits)}
    return Sources({**named, **built_in}, [reading])


def _label_bounds(limits: Limits) -> LabelBounds:
    return LabelBounds(
        limits.labels_per_series, limits.label_name_length, limits.label_value_length
    )


def _prometheus(source: SourceSettings, labels: LabelBounds) -> PrometheusSource:
    prometheus = source.prometheus
    connection = Connection(
        url=prometheus.url,
        timeout=prometheus.timeout.total_seconds(),
        max_series=prometheus.max_series,
        max_bytes=prometheus.max_bytes,
        concurrency=prometheus.concurrency,
        labels=labels,
        credentials=prometheus.credentials_dir,
        ca_file=prometheus.ca_file,
    )
    return PrometheusSource(source.name, connection)
