"""Turn notifications into requests: one folder or file for each kind of receiver."""

from tocsin.adapters.receivers.counting import CountedReceivers
from tocsin.adapters.receivers.registry import AllReceivers
from tocsin.adapters.receivers.templates import VARIABLES

__all__ = ["VARIABLES", "AllReceivers", "CountedReceivers"]
