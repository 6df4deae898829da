"""PagerDuty, by its Events API v2."""

from tocsin.adapters.receivers.pagerduty.receiver import PagerDuty

__all__ = ["PagerDuty"]
