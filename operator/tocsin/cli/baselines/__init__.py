"""Training data as counts: how files are read, what a column is, and the ConfigMap made of both."""

from tocsin.cli.baselines.making import make

__all__ = ["make"]
