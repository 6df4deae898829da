"""The one error of this package: a message to a person."""

from __future__ import annotations


class ClusterError(Exception):
    """What is wrong and the command that mends it."""
