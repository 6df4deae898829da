"""Prometheus, and what speaks its API: Thanos, Mimir, VictoriaMetrics."""

from tocsin.adapters.prometheus.source import PrometheusSource

__all__ = ["PrometheusSource"]
