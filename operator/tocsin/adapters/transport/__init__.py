"""HTTP with hosts that users name: guarded, so that nobody reaches by it what he must not."""

from tocsin.adapters.transport.addresses import Guard, addresses_of
from tocsin.adapters.transport.transport import GuardedTransport

__all__ = ["Guard", "GuardedTransport", "addresses_of"]
