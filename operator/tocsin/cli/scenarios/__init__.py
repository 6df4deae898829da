"""Scenarios: what would be told of alerts that come and go, played on a clock that is stepped."""
