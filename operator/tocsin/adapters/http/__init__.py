"""Addresses that rules name, which answer JSON."""

from tocsin.adapters.http.source import HttpLimits, HttpSource

__all__ = ["HttpLimits", "HttpSource"]
