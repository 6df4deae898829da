"""Measurements: `make bench NAME=x`; docs/performance.md says what they mean."""
