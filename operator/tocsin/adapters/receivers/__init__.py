"""Turn notifications into requests: one folder or file for each kind of receiver."""

from tocsin.adapters.receivers.registry import AllReceivers

__all__ = ["AllReceivers"]
