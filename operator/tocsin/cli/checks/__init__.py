"""What `tocsin validate` checks."""

from tocsin.cli.checks.validating import validate

__all__ = ["validate"]
