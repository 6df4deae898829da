"""The rules that are measured, as Tocsin and as Prometheus are told them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bench.exporter import NAMESPACE

Json = dict[str, Any]
ENOUGH = 30
_BY = "by (namespace, pod, model)"


@dataclass(frozen=True)
class Rule:
    """A query of one series a model, the limit of its values, and how urgent beyond it is.

    `counts`, if any, is the query of how many samples a model has: it must have at least `ENOUGH`.
    """

    name: str
    query: str
    side: Literal["above", "below"]
    limit: str
    severity: str = "medium"
    counts: str | None = None

    @property
    def expression(self) -> str:
        """The rule as PromQL: what it returns is an alert."""
        beyond = f"({self.query}) {'>' if self.side == 'above' else '<'} {self.limit}"
        if self.counts is None:
            return beyond
        return f"{beyond} and on (namespace, pod, model) ({self.counts}) >= {ENOUGH}"


def unrelated(window: str) -> tuple[Rule, ...]:
    """20 rules of 20 queries, over rates and ranges of `window`; nothing can be shared.

    A quarter of them are quantiles of histograms, the dearest kind.
    """
    buckets = f"rate(ml_prediction_latency_seconds_bucket[{window}])"
    latency = f"sum by (le, namespace, pod, model) ({buckets})"
    errors = f'sum {_BY} (rate(ml_predictions_total{{status="error"}}[{window}]))'
    all_ = f"sum {_BY} (rate(ml_predictions_total[{window}]))"
    seconds = f"rate(ml_prediction_latency_seconds_sum[{window}])"
    count = f"rate(ml_prediction_latency_seconds_count[{window}])"
    fast = f'rate(ml_prediction_latency_seconds_bucket{{le="0.1"}}[{window}])'
    used, total = "nvidia_gpu_memory_used_bytes", "nvidia_gpu_memory_total_bytes"
    return (
        Rule("latency-p50", f"histogram_quantile(0.5, {latency})", "above", "0.1"),
        Rule("latency-p90", f"histogram_quantile(0.9, {latency})", "above", "0.15"),
        Rule("latency-p95", f"histogram_quantile(0.95, {latency})", "above", "0.18"),
        Rule("latency-p99", f"histogram_quantile(0.99, {latency})", "above", "0.2", "high"),
        Rule("latency-p999", f"histogram_quantile(0.999, {latency})", "above", "0.4", "high"),
        Rule("latency-mean", f"{seconds} / {count}", "above", "0.15"),
        Rule("slow-share", f"1 - {fast} / ignoring (le) {count}", "above", "0.1"),
        Rule("error-ratio", f"{errors} / {all_}", "above", "0.01", "critical"),
        Rule("throughput", all_, "below", "5", "low"),
        Rule("accuracy", "ml_model_accuracy", "below", "0.8", "high"),
        Rule("accuracy-mean", f"avg_over_time(ml_model_accuracy[{window}])", "below", "0.82"),
        Rule("drift", "ml_drift_score", "above", "0.2"),
        Rule("drift-max", f"max_over_time(ml_drift_score[{window}])", "above", "0.25"),
        Rule("low-confidence", "ml_low_confidence_ratio", "above", "0.2"),
        Rule(
            "low-confidence-mean",
            f"avg_over_time(ml_low_confidence_ratio[{window}])",
            "above",
            "0.25",
        ),
        Rule("gpu-memory", f"{used} / {total}", "above", "0.95", "critical"),
        Rule("null-features", "ml_feature_null_ratio", "above", "0.1"),
        Rule(
            "null-features-min", f"min_over_time(ml_feature_null_ratio[{window}])", "above", "0.08"
        ),
        Rule("queue", "ml_queue_length", "above", "100"),
        Rule("queue-p90", f"quantile_over_time(0.9, ml_queue_length[{window}])", "above", "100"),
    )


def brief(window: str) -> tuple[Rule, ...]:
    """Ten criteria that ML teams begin with, each with a limit for two severities: 20 rules.

    All of them ask for a minimum of samples, so 11 queries answer everything.
    """
    buckets = f"rate(ml_prediction_latency_seconds_bucket[{window}])"
    latency = f"histogram_quantile(0.99, sum by (le, namespace, pod, model) ({buckets}))"
    errors = f'sum {_BY} (rate(ml_predictions_total{{status="error"}}[{window}]))'
    all_ = f"sum {_BY} (rate(ml_predictions_total[{window}]))"
    fast = f'rate(ml_prediction_latency_seconds_bucket{{le="0.1"}}[{window}])'
    count = f"rate(ml_prediction_latency_seconds_count[{window}])"
    used, total = "nvidia_gpu_memory_used_bytes", "nvidia_gpu_memory_total_bytes"
    criteria: tuple[tuple[str, str, Literal["above", "below"], str, str], ...] = (
        ("error-ratio", f"{errors} / {all_}", "above", "0.01", "0.03"),
        ("latency", latency, "above", "0.2", "0.4"),
        ("slow-share", f"1 - {fast} / ignoring (le) {count}", "above", "0.05", "0.1"),
        ("accuracy", "ml_model_accuracy", "below", "0.8", "0.75"),
        ("drift", "ml_drift_score", "above", "0.2", "0.3"),
        ("low-confidence", "ml_low_confidence_ratio", "above", "0.2", "0.3"),
        ("null-features", "ml_feature_null_ratio", "above", "0.1", "0.15"),
        ("throughput", all_, "below", "5", "3"),
        ("gpu-memory", f"{used} / {total}", "above", "0.95", "0.97"),
        ("queue", "ml_queue_length", "above", "100", "150"),
    )
    counts = f"sum {_BY} (increase(ml_predictions_total[{window}]))"
    return tuple(
        Rule(f"{name}-{severity}", query, side, limit, severity, counts)
        for name, query, side, *limits in criteria
        for severity, limit in zip(("high", "critical"), limits, strict=True)
    )


def custom_resource(rule: Rule, interval: str, for_: str, namespace: str = NAMESPACE) -> Json:
    """The rule as a MLAlertRule."""
    metric = {"prometheus": {"query": rule.query}}
    counts = {"metric": {"prometheus": {"query": rule.counts}}, "atLeast": ENOUGH}
    return {
        "apiVersion": "tocsin.dev/v1alpha1",
        "kind": "MLAlertRule",
        "metadata": {"name": rule.name, "namespace": namespace},
        "spec": {
            "severity": rule.severity,
            "workloads": {},
            "criterion": {"threshold": {"metric": metric, rule.side: rule.limit}},
            "interval": interval,
            "for": for_,
            "summary": "{{ $workload.name }} is at {{ $value }} (limit {{ $threshold }})",
            **({"minSamples": counts} if rule.counts else {}),
        },
    }


def rule_file(rules: Iterable[Rule], interval: str, for_: str) -> Mapping[str, Any]:
    """The rules as a rule file, which Prometheus and vmalert read; one group."""
    alerts = [
        {
            "alert": rule.name,
            "expr": rule.expression,
            "for": for_,
            "labels": {"severity": rule.severity},
            "annotations": {"summary": "{{ $labels.model }} is at {{ $value }}"},
        }
        for rule in rules
    ]
    return {"groups": [{"name": "bench", "interval": interval, "rules": alerts}]}
