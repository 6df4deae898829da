"""What `tocsin validate` checks."""

from tocsin.cli.checks.validating import Renderers, validate

__all__ = ["Renderers", "validate"]
