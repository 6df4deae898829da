"""Metrics pages of pods, read without anything between."""

from tocsin.adapters.pods.source import PodsLimits, PodsSource

__all__ = ["PodsLimits", "PodsSource"]
