"""The operator's own metrics, in Prometheus's exposition format."""

import math
import threading
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from tocsin.ports import Census


class Metrics:
    """Counters and gauges in a registry of their own."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        #: How many requests to the API server were answered with 403.
        self.forbidden = 0
        self._lock = threading.Lock()
        counter, gauge = partial(Counter, registry=registry), partial(Gauge, registry=registry)
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self._evaluations = counter(
            "tocsin_evaluations", "Evaluations, by how they ended.", ["outcome"]
        )
        self._durations = Histogram(
            "tocsin_evaluation_duration_seconds",
            "From asking the source to the decision.",
            registry=registry,
        )
        self._missed = counter(
            "tocsin_evaluations_missed", "Evaluations that were due and skipped."
        )
        self._answers = counter(
            "tocsin_source_answers", "Answers of sources, by outcome.", ["source", "outcome"]
        )
        self._samples = counter("tocsin_source_samples", "Samples read.", ["source"])
        self._held_back = counter(
            "tocsin_queries_held_back",
            "Queries that waited, as their namespace asks more than it may.",
            ["namespace"],
        )
        self._requests = counter(
            "tocsin_api_requests", "Requests to the API server.", ["verb", "kind", "code"]
        )
        self._notifications = counter(
            "tocsin_notifications",
            "What was sent to receivers, by kind of receiver and outcome.",
            ["kind", "outcome"],
        )
        self._renewals = counter(
            "tocsin_lease_renewals",
            "Attempts to renew the operator's Lease, by how they ended.",
            ["outcome"],
        )
        self._echo_age = gauge(
            "tocsin_lease_echo_age_seconds",
            "Since a renewal came back through the watch; NaN before the first one.",
        )
        self._leader = gauge(
            "tocsin_leader",
            "1 if this process leads: it decides, writes and tells; 0 if it is a standby.",
        )
        self._rules = gauge("tocsin_rules", "Rules, by state.", ["state"])
        self._alerts = gauge(
            "tocsin_alerts", "Alerts, by severity and state.", ["severity", "state"]
        )
        self._incidents = gauge(
            "tocsin_incidents_open", "Incidents that are not closed, by state.", ["state"]
        )
        self._unattributed = gauge(
            "tocsin_series_unattributed",
            "Series of the last answer that belong to no workload of the rule.",
            ["namespace", "rule"],
        )

    def evaluated(self, outcome: str, seconds: float) -> None:
        """One evaluation took `seconds` and ended as `outcome`."""
        self._evaluations.labels(outcome).inc()
        self._durations.observe(seconds)

    def missed(self, count: int) -> None:
        """`count` evaluations were due and skipped."""
        self._missed.inc(count)

    def answered(self, source: str, outcome: str, samples: int) -> None:
        """`source` answered a query with so many samples, or failed as `outcome` says."""
        self._answers.labels(source, outcome).inc()
        self._samples.labels(source).inc(samples)

    def held_back(self, namespace: str) -> None:
        """A query of a rule in `namespace` waits: its namespace asks more than it may."""
        self._held_back.labels(namespace).inc()

    def requested(self, verb: str, kind: str, code: str) -> None:
        """A request to the API server was answered with `code` (an HTTP status, or "none")."""
        self._requests.labels(verb, kind, code).inc()
        if code == "403":
            with self._lock:  # the elector's thread counts, too
                self.forbidden += 1

    def notified(self, kind: str, outcome: str) -> None:
        """A receiver of this kind was told of something, or of nothing, as `outcome` says."""
        self._notifications.labels(kind, outcome).inc()

    def renewed(self, outcome: str) -> None:
        """An attempt to renew the Lease ended as `outcome`."""
        self._renewals.labels(outcome).inc()

    def page(self, census: Census) -> tuple[bytes, str]:
        """The page that Prometheus reads, gauges as `census` says, and its content type."""
        for gauge in (self._rules, self._alerts, self._incidents, self._unattributed):
            gauge.clear()
        self._echo_age.set(math.nan if census.echo_age is None else census.echo_age)
        self._leader.set(census.leads)
        for state, count in census.rules.items():
            self._rules.labels(state).set(count)
        for (severity, state), count in census.alerts.items():
            self._alerts.labels(severity, state).set(count)
        for state, count in census.incidents.items():
            self._incidents.labels(state).set(count)
        for rule, count in census.unattributed.items():
            self._unattributed.labels(rule.namespace, rule.name).set(count)
        return generate_latest(self._registry), CONTENT_TYPE_LATEST
